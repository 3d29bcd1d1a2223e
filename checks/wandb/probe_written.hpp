#pragma once
// What is written to a run, and how what comes back differs from it.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "checks/wandb/facts_answer.hpp"

namespace wbverify::wandb_written {

/// The configuration in the server's form, each key wrapped in {"value": …}.
std::string config();
/// The body of the first file_stream request: history, summary, console.
std::string stream();
/// Console lines without their time stamps.
std::vector<std::string> console();

/// The four parts of a run as it was read (`project.run` of the document). Nothing: all is as it was written.
std::vector<WandbDifference> config_differences(const nlohmann::json& run);
std::vector<WandbDifference> history_differences(const nlohmann::json& run);
std::vector<WandbDifference> summary_differences(const nlohmann::json& run);
std::vector<WandbDifference> console_differences(const nlohmann::json& run);

/// The same for any two values; numbers may differ in their last digits. At most 50.
std::vector<WandbDifference> differences(const nlohmann::json& written, const nlohmann::json& read, const std::string& path = {});

/// Fresh bytes, which no server can have already.
std::string random_bytes(std::size_t size);

}  // namespace wbverify::wandb_written
