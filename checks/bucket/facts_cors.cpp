#include "checks/bucket/facts_cors.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace wbverify {
namespace {

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& w) { return iequals(w, word); });
}

/// One star stands for anything, as S3 has it.
bool star_matches(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  return text.size() + 1 >= pattern.size() && text.starts_with(pattern.substr(0, star)) && text.ends_with(pattern.substr(star + 1));
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return star_matches(pattern, text); });
}

bool allows_headers(const CorsRule& rule, const std::vector<std::string>& headers) {
  std::vector<std::string> patterns;
  for (const auto& pattern : rule.headers) patterns.push_back(to_lower(pattern));
  return std::all_of(headers.begin(), headers.end(), [&](const std::string& header) { return any_matches(patterns, to_lower(header)); });
}

}  // namespace

RuleVerdict judge_rules(const std::vector<CorsRule>& rules, std::string_view origin, std::string_view method, const std::vector<std::string>& headers) {
  RuleVerdict best = rules.empty() ? RuleVerdict::no_rule : RuleVerdict::other_origin;
  for (const auto& rule : rules) {
    if (!any_matches(rule.origins, origin)) continue;
    const RuleVerdict verdict = !contains(rule.methods, method)        ? RuleVerdict::other_method
                                : !allows_headers(rule, headers) ? RuleVerdict::headers_missing
                                                                 : RuleVerdict::allowed;
    best = std::max(best, verdict);
  }
  return best;
}

bool rules_expose(const std::vector<CorsRule>& rules, std::string_view origin, std::string_view method, std::string_view header) {
  return std::any_of(rules.begin(), rules.end(), [&](const CorsRule& rule) {
    return any_matches(rule.origins, origin) && contains(rule.methods, method) && (contains(rule.expose, header) || contains(rule.expose, "*"));
  });
}

const std::vector<std::string>& upload_header_names() {
  static const std::vector<std::string> names = {"content-md5", "content-type"};
  return names;
}

std::string answer_cause(const CorsHeaders& cors, std::string_view origin) {
  if (cors.allow_origin.empty()) return "no-cors-headers";
  if (cors.allow_origin.size() > 1 || cors.allow_origin.front().find(',') != std::string::npos) return "two-origins";
  const std::string& allowed = cors.allow_origin.front();
  return allowed == "*" || allowed == origin ? "" : "other-origin";
}

std::string preflight_cause(const Preflight& preflight, std::string_view origin) {
  const S3Answer& answer = preflight.answer;
  if (answer.status == 0) return answer.cause.empty() ? "stopped" : answer.cause;
  if (answer.status >= 300 && answer.status < 400) return "redirected";
  if (!answer.ok()) return "refused";
  if (auto cause = answer_cause(preflight.cors, origin); !cause.empty()) return cause;
  // Fetch standard §3.2.5: GET, HEAD and POST need not be listed; a star counts as long as no cookies are sent.
  const bool listed = contains(preflight.cors.allow_methods, preflight.method) || contains(preflight.cors.allow_methods, "*");
  if (!listed && preflight.method != "GET" && preflight.method != "HEAD") return "method-not-listed";
  const auto& headers = preflight.cors.allow_headers;
  for (const auto& header : split(preflight.request_headers, ',')) {
    if (!header.empty() && !contains(headers, header) && !contains(headers, "*")) return "headers-not-listed";
  }
  return "";
}

const Preflight* find_preflight(const BucketReadFacts& facts, std::string_view method) {
  const auto at = std::find_if(facts.preflights.begin(), facts.preflights.end(), [&](const Preflight& p) { return p.method == method; });
  return at == facts.preflights.end() ? nullptr : &*at;
}

bool preflight_passes(const BucketReadFacts& facts, std::string_view method) {
  const Preflight* preflight = find_preflight(facts, method);
  return preflight != nullptr && preflight_cause(*preflight, facts.place.page_origin).empty();
}

bool rules_are_known(const BucketReadFacts& facts) {
  // MinIO says that there are none whatever the preflight does: its rules are for the whole store.
  const std::string& product = facts.cors.product.empty() ? facts.anonymous.product : facts.cors.product;
  if (facts.cors.code == "NoSuchCORSConfiguration") return product != "MinIO";
  return facts.cors.ok() && facts.rules_cause.empty();
}

}  // namespace wbverify
