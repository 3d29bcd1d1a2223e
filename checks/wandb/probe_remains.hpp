#pragma once
// What stands on the server under a name that `wandb verify` or wbverify gives, and how it is removed.
#include <string>
#include <vector>

#include "checks/wandb/probe_api.hpp"

namespace wbverify {

struct WandbRemain {
  std::string kind;         ///< `run`, `artifact` (a collection with its versions), `sweep`, `project`
  std::string id;           ///< the server's, opaque
  std::string name, project;
  std::string by;           ///< `wbverify`, `wandb verify`
  std::string group;        ///< what was made together: the tag of a run of wbverify, the prefix of an execution of `wandb verify`, `project`
  std::string created_at;   ///< as the server writes it
  std::vector<std::string> versions;   ///< ids of an artifact's versions
  std::string state;        ///< of a sweep
};

/// The project that `wandb verify` uses.
inline constexpr std::string_view wandb_verify_project = "verify";

/// Everything of ours and of `wandb verify` in the entity. A project stands last, and only when nothing of anybody else is in it.
std::vector<WandbRemain> look_for_remains(WandbApi& api, const std::string& entity, ApiAnswer& answer);

/// The entity in which this account writes by default; empty when the server names none.
std::string default_entity(WandbApi& api, ApiAnswer& answer);

/// Removes them: runs with their files and artifacts, collections, projects; sweeps, which no client can delete, are finished. One
/// removal for each, in the same order; `gone` says that the server acknowledged it.
std::vector<WandbRemoval> remove_remains(WandbApi& api, const std::string& entity, const std::vector<WandbRemain>& remains);

}  // namespace wbverify
