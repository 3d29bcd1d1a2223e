#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "checks/bucket/facts.hpp"

namespace wbverify {

/// What a bucket's rules say about a request from a page. The best that any rule offers.
enum class RuleVerdict { no_rule, other_origin, other_method, headers_missing, allowed };
RuleVerdict judge_rules(const std::vector<CorsRule>& rules, std::string_view origin, std::string_view method, const std::vector<std::string>& headers);

/// Whether pages of the origin get to see the header in answers to that method.
bool rules_expose(const std::vector<CorsRule>& rules, std::string_view origin, std::string_view method, std::string_view header);

/// Headers that a browser sends with an upload and that need leave.
const std::vector<std::string>& upload_header_names();

/// The preflight as every service's is judged.
CorsExchange exchange_of(const Preflight& preflight);

const Preflight* find_preflight(const BucketReadFacts& facts, std::string_view method);
/// Whether the browser's own question for that method was answered with yes.
bool preflight_passes(const BucketReadFacts& facts, std::string_view method);

/// The rules could be read: `rules` is all there is.
bool rules_are_known(const BucketReadFacts& facts);

}  // namespace wbverify
