#pragma once
#include "engine/plugin.hpp"

namespace wbverify {

/// Who we are to the server, and what it is. Reads only.
ProbeSpec wandb_probe();
/// What earlier runs of `wandb verify` and wbverify left. Reads only.
ProbeSpec wandb_leftovers_probe();
/// Runs, files, an artifact, a sweep: written, read back, removed.
ProbeSpec wandb_write_probe();
/// Removes the project that a run of wbverify made for itself.
std::vector<UndoSpec> wandb_undoers();
/// What executions of `wandb verify` left, and what runs of wbverify that no journal lists.
std::vector<LeftoverSpec> wandb_leftovers();

}  // namespace wbverify
