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

CorsExchange exchange_of(const Preflight& preflight) {
  const S3Answer& answer = preflight.answer;
  return {preflight.method, preflight.request_headers, answer.status, answer.cause, preflight.cors};
}

const Preflight* find_preflight(const BucketReadFacts& facts, std::string_view method) {
  const auto at = std::find_if(facts.preflights.begin(), facts.preflights.end(), [&](const Preflight& p) { return p.method == method; });
  return at == facts.preflights.end() ? nullptr : &*at;
}

bool preflight_passes(const BucketReadFacts& facts, std::string_view method) {
  const Preflight* preflight = find_preflight(facts, method);
  return preflight != nullptr && preflight_cause(exchange_of(*preflight), facts.place.page_origin).empty();
}

bool rules_are_known(const BucketReadFacts& facts) {
  // MinIO says that there are none whatever the preflight does: its rules are for the whole store.
  const std::string& product = facts.cors.product.empty() ? facts.anonymous.product : facts.cors.product;
  if (facts.cors.code == "NoSuchCORSConfiguration") return product != "MinIO";
  return facts.cors.ok() && facts.rules_cause.empty();
}

}  // namespace wbverify
