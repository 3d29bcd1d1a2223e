#pragma once
// The chains of dependent requests of the writing probe. Each runs in a thread of its own, over the same connections.
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "checks/wandb/probe_api.hpp"
#include "checks/wandb/probe_remains.hpp"

namespace wbverify {

/// What was made, with the server's ids, so that it can be removed without asking for them. Thread-safe.
class Made {
 public:
  void add(WandbRemain remain);
  /// For an answer without an id. Unless it is a refusal, something may have been made: only a look can tell.
  void came_without(const ApiAnswer& answer);
  bool is_unsure() const;
  std::vector<WandbRemain> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<WandbRemain> remains_;
  bool unsure_ = false;
};

/// How long something that was written may take to become visible.
inline constexpr std::chrono::milliseconds wandb_visible_limit{10000};

/// A pause that ends early when the probe has to. False when it did.
bool pause_for(const WandbApi& api, std::chrono::milliseconds time);

/// History, console and files of a run, until it is finished; then everything is read back.
void run_and_files(WandbApi& api, WandbRun& run, WandbFiles& files);
/// An artifact logged by `run.name` and used by the run `consumer`. With --deep one file of it goes up in parts.
void log_and_use_artifact(WandbApi& api, const WandbRun& run, const std::string& consumer, WandbArtifact& artifact, std::vector<WandbMultipart>& multipart, Made& made);
/// A sweep, an agent, one run of it.
void run_sweep(WandbApi& api, const WandbRun& run, WandbSweep& sweep, Made& made);
/// Large bodies to each path; with --deep to the store too, and the limits where something is refused.
void send_large_bodies(WandbApi& api, const WandbRun& run, std::vector<WandbBody>& bodies);

}  // namespace wbverify
