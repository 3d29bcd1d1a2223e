#pragma once
// The rules by which one setting follows from another. Each returns what does not fit, nothing when all does.
#include <span>

#include "checks/config/facts.hpp"

namespace wbverify::fitting {

using Rule = Findings (*)(const ConfigFacts& facts, const Scene& scene);
std::span<const Rule> rules();

Findings queue_of_the_bucket(const ConfigFacts& facts, const Scene& scene);
Findings region_of_the_bucket(const ConfigFacts& facts, const Scene& scene);
Findings keys_of_the_bucket(const ConfigFacts& facts, const Scene& scene);
Findings mixed_content(const ConfigFacts& facts, const Scene& scene);
Findings pairs(const ConfigFacts& facts, const Scene& scene);
Findings login(const ConfigFacts& facts, const Scene& scene);
Findings open_doors(const ConfigFacts& facts, const Scene& scene);

/// The value of a setting as it may be shown; empty when it is not set.
std::string value_of(const Scene& scene, const std::string& setting);
bool is_set(const Scene& scene, const std::string& setting);
/// A finding about one setting, with the row of its name.
Finding about(const std::string& setting, Status status, std::string cause, std::string title);

}  // namespace wbverify::fitting
