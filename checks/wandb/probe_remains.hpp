#pragma once
// How what stands on the server is removed: things by their ids, a project only when a complete look has shown it empty.
#include <string>
#include <vector>

#include "checks/wandb/probe_contents.hpp"

namespace wbverify {

/// A project's new name, asked for behind the last removal, in the same request.
struct WandbRename {
  enum class How {
    done,
    refused,   ///< or not answered
    unknown    ///< the server cannot rename projects
  };
  std::string from, to;
  How how = How::refused;
  ApiAnswer answer;
};

/// Removes them: runs with their files and artifacts, collections; sweeps, which no client can delete, are finished. One removal for
/// each, in the same order; `gone` says that the server acknowledged it. `rename` receives what became of it.
std::vector<WandbRemoval> remove_remains(WandbApi& api, const std::string& entity, const std::vector<WandbRemain>& remains, WandbRename* rename = nullptr);

/// What became of a project that was to go.
struct WandbEnd {
  enum class How {
    gone,     ///< deleted, by the server's word
    absent,   ///< there was none
    foreign,  ///< something of somebody else's is in it: it stays
    failed    ///< it stays, and should have gone
  };
  How how = How::failed;
  std::string text;     ///< why it stays, for people: what is in it, or what the server says
  ApiAnswer answer;     ///< the last one
};

/// Removes what is in a project of the owner's, then the project when nothing of anybody else is in it. It is renamed in between, so
/// that nothing that is written by its name gets in behind the look; when it stays, it gets its name back. Servers that
/// cannot rename are asked to delete right behind the look. `removals`: one for each of `remains`.
WandbEnd end_project(WandbApi& api, const std::string& entity, const std::string& project, const WandbOwner& owner, const std::string& quarantine,
                     const std::vector<WandbRemain>& remains, std::vector<WandbRemoval>& removals);

/// Removes the owner's things from the project and ends it, wherever an earlier attempt broke off: it may be in quarantine already.
WandbEnd clear_project(WandbApi& api, const std::string& entity, const std::string& tag);

}  // namespace wbverify
