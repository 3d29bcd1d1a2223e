#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "config/variables.hpp"

namespace wbverify {

/// Why the secret protects little, or cannot be kept out of reports: `same-as-name` (a user, host, database or path of `names`), `ordinary-word`,
/// `short` (fewer than 8 characters); empty when it is none of these.
std::string weakness_of(std::string_view secret, const std::vector<std::string>& names);

/// Adds an issue of kind `weak-secret` when the value of the variable is, or holds, such a secret. Never shows it.
void report_weak_secrets(const Variable& variable, const std::string& value, std::vector<SettingIssue>& issues);

}  // namespace wbverify
