#include "answers.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/project_file.hpp"

namespace wbverify::fuzz {

const std::vector<RecordedAnswer>& recorded_answers() {
  static const std::vector<RecordedAnswer> answers = [] {
    std::vector<RecordedAnswer> out;
    for (const auto& file : std::filesystem::directory_iterator(test::project_file("tests/fuzz/answers"))) {
      std::ifstream stream(file.path(), std::ios::binary);
      if (file.path().extension() == ".json")
        out.push_back({file.path().stem(), {std::istreambuf_iterator<char>(stream), {}}});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
  }();
  return answers;
}

}  // namespace wbverify::fuzz
