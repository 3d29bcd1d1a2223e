#pragma once
#include "engine/plugin.hpp"

namespace wbverify {

/// Who we are to the server, and what it is. Reads only.
ProbeSpec wandb_probe();
/// What earlier runs of `wandb verify` and wbverify left. Reads only.
ProbeSpec wandb_leftovers_probe();
/// Runs, files, an artifact, a sweep: written, read back, removed.
ProbeSpec wandb_write_probe();
/// Removes what a run of wbverify left, or an execution of `wandb verify`.
std::vector<UndoSpec> wandb_undoers();
/// What executions of `wandb verify` left.
LeftoverSpec wandb_verify_leftovers();

}  // namespace wbverify
