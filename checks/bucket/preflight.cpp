#include <algorithm>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/facts_cors.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// The signed listing was asked with the page's origin: whether its answer lets the page read it.
bool answers_are_open(const BucketReadFacts& facts) { return facts.list.ok() && answer_cause(facts.list_cors, facts.place.page_origin).empty(); }

std::string cause_for(const Preflight& preflight, const BucketReadFacts& facts) {
  const std::string& page = facts.place.page_origin;
  std::string cause = preflight_cause(exchange_of(preflight), page);
  if (cause == "no-cors-headers") {
    // The store itself lets the page in, so the question never got to it.
    const bool by_rules = rules_are_known(facts) && judge_rules(facts.rules, page, preflight.method, {}) == RuleVerdict::allowed;
    if (answers_are_open(facts) || by_rules) return "options-swallowed";
    return bucket_product(facts) == "MinIO" ? "origin-not-allowed" : cause;
  }
  if (!cause.empty() || preflight.method != "GET" || !facts.list.ok()) return cause;
  cause = answer_cause(facts.list_cors, page);
  return cause == "no-cors-headers" ? "missing-on-answer" : cause;
}

std::string seen(const Preflight& preflight, const std::string& cause, const BucketReadFacts& facts) {
  if (cause == "missing-on-answer") return "The preflight is answered with yes, but the answer to the request itself has no Access-Control-Allow-Origin.";
  CorsExchange exchange = exchange_of(preflight);
  if (preflight_cause(exchange, facts.place.page_origin).empty()) exchange.cors = facts.list_cors;
  return describe_preflight(cause, exchange, show(preflight.answer));
}

std::string fix_for(const std::string& cause, const BucketReadFacts& facts) {
  const std::string product = bucket_product(facts);
  const std::string allow = allow_origin(facts.place, product, facts.rules);
  if (cause == "two-origins" || cause == "options-swallowed") return std::string(fix_cors_at_proxy(cause));
  if (cause == "missing-on-answer") return "The header has to come with every answer, not with OPTIONS alone.\n" + allow;
  if (speaks_for_itself(facts.preflights.front().answer) || cause == "redirected") {
    return std::string(fix_cors_at_proxy(cause)) + "\nThen the store's own leave:\n" + allow;
  }
  return allow;
}

std::string reproduce(const Preflight& preflight, const BucketReadFacts& facts) {
  const std::string key = (facts.place.prefix.empty() ? "" : facts.place.prefix + "/") + "preflight.bin";
  return curl_command(facts.place, curl_preflight(facts.place.page_origin, preflight.method, preflight.request_headers, facts.place.address.url(key)));
}

Finding judge_one(const Preflight& preflight, const std::string& cause, const BucketReadFacts& facts) {
  const std::string& page = facts.place.page_origin;
  const bool head_rule_missing = preflight.method == "HEAD" && rules_are_known(facts) && judge_rules(facts.rules, page, "HEAD", {}) == RuleVerdict::other_method;
  if (!cause.empty() && head_rule_missing) return skipped("No rule allows HEAD, as bucket.cors-rules says.");
  if (cause.empty()) {
    const bool everybody = preflight.cors.allow_origin.front() == "*";
    return passed(everybody ? "allowed, from everywhere (*)" : "allowed from " + page);
  }
  if (preflight.answer.status == 0) return no_answer(preflight.answer, "The preflight for " + preflight.method);
  Finding finding;
  finding.status = preflight.method == "HEAD" ? Status::warn : Status::fail;
  finding.cause = cause;
  finding.observed = "Asked as a browser on " + page + " asks, for " + preflight.method + ": " + seen(preflight, cause, facts);
  finding.expected = expected_of_preflight(page);
  finding.why = why_preflight();
  finding.fix = fix_for(cause, facts);
  finding.reproduce = reproduce(preflight, facts);
  finding.setting = "BUCKET";
  return finding;
}

/// Where the rules cannot be read, the answer itself tells whether pages see the ETag.
Finding etag_hidden(const BucketReadFacts& facts) {
  Finding finding;
  finding.status = Status::warn;
  finding.cause = "etag-not-exposed";
  finding.observed = "The answer to a request from " + facts.place.page_origin + " does not name ETag in Access-Control-Expose-Headers.";
  finding.expected = "Access-Control-Expose-Headers with ETag.";
  finding.why = why_etag();
  finding.fix = allow_origin(facts.place, bucket_product(facts), facts.rules);
  finding.setting = "BUCKET";
  return finding;
}

bool hides_etag(const BucketReadFacts& facts) {
  if (rules_are_known(facts) || !facts.list.ok()) return false;
  return !exposes_etag(facts.list_cors);
}

Findings judge(const BucketReadFacts& facts, const Scene&) {
  const BucketPlace& place = facts.place;
  if (place.proxied) return {skipped("Browsers get files through HOST (BUCKET_PROXY), never from the bucket.")};
  if (place.page_origin.empty() || facts.preflights.empty()) return {skipped("HOST is not known, so neither is the origin that browsers send.")};
  std::vector<std::string> causes;
  for (const auto& preflight : facts.preflights) causes.push_back(cause_for(preflight, facts));
  const bool all_alike = !causes.front().empty() && std::all_of(causes.begin(), causes.end(), [&](const auto& cause) { return cause == causes.front(); });
  if (all_alike) return {judge_one(facts.preflights.front(), causes.front(), facts)};
  Findings findings;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    const Preflight& preflight = facts.preflights[i];
    findings.push_back(causes[i].empty() && i == 0 && hides_etag(facts) ? etag_hidden(facts) : judge_one(preflight, causes[i], facts));
    findings.back().row = preflight.method;
    findings.back().title = "A browser on HOST may " + preflight.method + " objects";
  }
  return findings;
}

}  // namespace

CheckSpec bucket_preflight_check() {
  CheckSpec spec;
  spec.id = "bucket.preflight";
  spec.probe = "bucket";
  spec.title = "The store tells browsers on HOST that they may read and write";
  spec.needs = {"bucket.cors-rules", "bucket.endpoint", "config.required/HOST", "config.well-formed/HOST"};
  spec.tags = {"cors"};
  spec.rows = {"GET", "PUT", "HEAD"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
