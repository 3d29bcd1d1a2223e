#pragma once
// Answers of the API as they were recorded from the sandbox's server. README.md says how.
#include <string>
#include <vector>

namespace wbverify::fuzz {

struct RecordedAnswer {
  std::string name;  ///< `Session-new`
  std::string body;
};

/// All of tests/fuzz/answers, by name.
const std::vector<RecordedAnswer>& recorded_answers();

}  // namespace wbverify::fuzz
