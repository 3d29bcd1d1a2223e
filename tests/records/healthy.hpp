#pragma once
#include <map>
#include <string>
#include <vector>

namespace wbverify::walk {
/// Facts of healthy services by probe, as JSON texts, where the tests of its checks have some.
const std::map<std::string, std::vector<std::string>>& healthy_facts();
}  // namespace wbverify::walk
