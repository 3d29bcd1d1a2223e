#pragma once
#include <string>

namespace wbverify::test {
/// The path of a file of the project, given from the project's folder: tests/data/….
std::string project_file(const std::string& name);
}  // namespace wbverify::test
