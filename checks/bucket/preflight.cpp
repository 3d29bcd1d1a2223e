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
  std::string cause = preflight_cause(preflight, page);
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
  const CorsHeaders& cors = cause == "missing-on-answer" || preflight_cause(preflight, facts.place.page_origin).empty() ? facts.list_cors : preflight.cors;
  if (cause == "missing-on-answer") return "The preflight is answered with yes, but the answer to the request itself has no Access-Control-Allow-Origin.";
  const std::string origins = clean(join(cors.allow_origin, " and "), 200);
  if (cause == "two-origins") return "The answer has more than one Access-Control-Allow-Origin: " + origins + ".";
  if (cause == "other-origin") return "The answer allows the origin " + origins + ".";
  if (cause == "method-not-listed") return "The answer allows " + (cors.allow_methods.empty() ? "no method" : join(cors.allow_methods, ", ")) + ".";
  if (cause == "headers-not-listed") return "The answer allows the headers " + (cors.allow_headers.empty() ? "none" : join(cors.allow_headers, ", ")) + ", asked for were " + preflight.request_headers + ".";
  if (cause == "redirected") return "The preflight is answered with " + show(preflight.answer) + ", a redirect, which browsers do not follow.";
  if (cause == "refused") return "The preflight is answered with " + show(preflight.answer) + ".";
  return "The preflight is answered with " + std::to_string(preflight.answer.status) + ", without any Access-Control-Allow-Origin.";
}

std::string fix_for(const std::string& cause, const BucketReadFacts& facts) {
  const std::string product = bucket_product(facts);
  const std::string allow = allow_origin(facts.place, product, facts.rules);
  if (cause == "two-origins") {
    return "Store and proxy both add the header, and browsers refuse two. Take it out of the proxy: remove add_header Access-Control-Allow-Origin from its nginx configuration, or enable-cors from the annotations of the ingress.";
  }
  if (cause == "options-swallowed") {
    return "The store allows this origin, so a proxy in front answers OPTIONS by itself. Let it go through: remove the block that begins with if ($request_method = OPTIONS) from its nginx configuration.";
  }
  if (cause == "missing-on-answer") return "The header has to come with every answer, not with OPTIONS alone.\n" + allow;
  if (speaks_for_itself(facts.preflights.front().answer) || cause == "redirected") {
    return "Something in front of the store answers OPTIONS by itself. Let the method through, without a login (nginx: limit_except and auth_request are the usual ones).\nThen the store's own leave:\n" + allow;
  }
  return allow;
}

std::string reproduce(const Preflight& preflight, const BucketReadFacts& facts) {
  const std::string key = (facts.place.prefix.empty() ? "" : facts.place.prefix + "/") + "preflight.bin";
  std::string words = "-i -X OPTIONS -H " + shell_quote("Origin: " + facts.place.page_origin) + " -H " + shell_quote("Access-Control-Request-Method: " + preflight.method);
  if (!preflight.request_headers.empty()) words += " -H " + shell_quote("Access-Control-Request-Headers: " + preflight.request_headers);
  return curl_command(facts.place, words + " " + shell_quote(facts.place.address.url(key)));
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
  finding.expected = "A 2xx answer with one Access-Control-Allow-Origin, " + page + " or *, that lists the method and the headers.";
  finding.why = "Browsers ask the bucket by themselves before they load or upload from a page of W&B. At anything but a clear yes they stop, and the console shows an error of CORS; the command line is not concerned.";
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
  finding.why = "An upload in parts is put together by the ETag of each part; a page that cannot read it cannot finish the upload.";
  finding.fix = allow_origin(facts.place, bucket_product(facts), facts.rules);
  finding.setting = "BUCKET";
  return finding;
}

bool hides_etag(const BucketReadFacts& facts) {
  if (rules_are_known(facts) || !facts.list.ok()) return false;
  const auto& exposed = facts.list_cors.expose_headers;
  return std::none_of(exposed.begin(), exposed.end(), [](const std::string& name) { return iequals(name, "etag") || name == "*"; });
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
