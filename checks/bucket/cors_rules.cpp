#include <algorithm>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/facts_cors.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "checks/policy.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string listed_origins(const std::vector<CorsRule>& rules) {
  std::vector<std::string> origins;
  for (const auto& rule : rules) {
    for (const auto& origin : rule.origins) {
      if (std::find(origins.begin(), origins.end(), origin) == origins.end()) origins.push_back(origin);
    }
  }
  return for_display(join(origins, ", "), 200);
}

std::string host_of(std::string_view origin) {
  const auto slashes = origin.find("://");
  std::string_view rest = slashes == std::string_view::npos ? origin : origin.substr(slashes + 3);
  return to_lower(rest.substr(0, rest.find_first_of(":/")));
}

/// What is nearly right about the origins that are listed.
std::string almost(const std::vector<CorsRule>& rules, const std::string& page) {
  for (const auto& rule : rules) {
    for (const auto& origin : rule.origins) {
      if (host_of(origin) != host_of(page)) continue;
      if (origin.ends_with('/')) return " " + origin + " ends with a slash; an origin has none.";
      if (origin.find("://") == std::string::npos) return " " + origin + " lacks its scheme.";
      if (to_lower(origin) == page) return " Upper and lower case count: browsers send lower case.";
      if (origin.substr(0, origin.find(':')) != page.substr(0, page.find(':'))) return " " + origin + " differs in its scheme.";
      return " " + origin + " differs in its port.";
    }
  }
  return "";
}

struct Verdict {
  std::string cause, observed, why;
  Status status = Status::fail;
};

/// The first thing that keeps a page from using the bucket and that no preflight contradicts: something in front may add the
/// headers that the bucket lacks.
Verdict judge_methods(const BucketReadFacts& facts) {
  const std::string& page = facts.place.page_origin;
  for (const std::string_view method : policy::cors_methods) {
    const bool upload = method == "PUT";
    const RuleVerdict verdict = judge_rules(facts.rules, page, method, upload ? upload_header_names() : std::vector<std::string>());
    if (verdict == RuleVerdict::allowed || preflight_passes(facts, method)) continue;
    const std::string what = upload ? "uploads from a page fail" : "the page cannot show files, media and tables";
    switch (verdict) {
      case RuleVerdict::no_rule:
        return {"no-cors-rules", "The bucket has no CORS rules.", "A browser on " + page + " refuses every answer of a bucket that does not name that origin: " + what + ". The command line is not concerned."};
      case RuleVerdict::other_origin:
        return {"origin-not-allowed", "No rule allows the origin " + page + "; the rules allow " + listed_origins(facts.rules) + "." + almost(facts.rules, page),
                "Origins are compared character by character, scheme and port included: " + what + " in the browser."};
      case RuleVerdict::other_method:
        if (method == "HEAD") return {"no-head-rule", "No rule allows HEAD from " + page + ".", "W&B asks for GET, PUT and HEAD; without HEAD pages cannot look at a file before they load it.", Status::warn};
        return {upload ? "no-put-rule" : "no-get-rule", "No rule allows " + std::string(method) + " from " + page + ".", "The browser asks the bucket first whether it may, and is told no: " + what + "."};
      case RuleVerdict::headers_missing:
        return {"headers-not-allowed", "The rule for " + std::string(method) + " does not allow the headers " + join(upload_header_names(), " and ") + ".", "Browsers send these headers with an upload and ask for leave first."};
      case RuleVerdict::allowed: break;
    }
  }
  if (!rules_expose(facts.rules, page, "PUT", "ETag") && !facts.rules.empty()) {
    return {"etag-not-exposed", "The rules do not expose the header ETag.", std::string(why_etag()), Status::warn};
  }
  return {};
}

Finding unreadable(const BucketReadFacts& facts) {
  const S3Answer& answer = facts.cors;
  const std::string product = bucket_product(facts);
  if (answer.status == 0) return no_answer(answer, "The question for the CORS rules");
  if (answer.code == "AccessDenied" || answer.status == 403) {
    Finding finding;
    finding.status = Status::warn;
    finding.cause = "not-readable";
    finding.observed = "The keys may not read the CORS rules: " + show(answer) + ". What browsers are told is judged by bucket.preflight.";
    finding.expected = "Leave to read them, s3:GetBucketCORS, which is among the rights that W&B asks for.";
    finding.why = "W&B's own page for a bucket reads the rules to tell whether browsers can use it.";
    finding.fix = give_policy(facts.place, product);
    finding.reproduce = aws_command(facts.place, "s3api get-bucket-cors --bucket " + shell_quote(facts.place.address.bucket));
    finding.setting = "BUCKET";
    return finding;
  }
  if (product == "MinIO") return skipped("MinIO has one rule for the whole store instead of rules for a bucket; bucket.preflight judges it.");
  return skipped("The store has no rules that can be read (" + show(answer) + "); bucket.preflight judges what browsers are told.");
}

Findings judge(const BucketReadFacts& facts, const Scene&) {
  const BucketPlace& place = facts.place;
  if (place.proxied) return {skipped("Browsers get files through HOST (BUCKET_PROXY), never from the bucket.")};
  if (place.page_origin.empty()) return {skipped("HOST is not known, so neither is the origin that browsers send.")};
  if (!place.has_keys) return {skipped("Rules are read with keys, and there are none; bucket.preflight judges what browsers are told.")};
  if (!rules_are_known(facts)) return {unreadable(facts)};
  const Verdict verdict = judge_methods(facts);
  if (verdict.cause.empty()) {
    Finding finding = passed(facts.rules.empty() ? "none, but what stands in front of the bucket lets " + place.page_origin + " in" : "GET, PUT and HEAD from " + place.page_origin);
    if (judge_rules(facts.rules, "https://any.example", "GET", {}) == RuleVerdict::allowed) finding.observed += ", and from everywhere else (*), as W&B's own modules set it";
    finding.setting = "BUCKET";
    return {finding};
  }
  Finding finding;
  finding.status = verdict.status;
  finding.cause = verdict.cause;
  finding.observed = verdict.observed;
  finding.expected = "A rule that allows GET, PUT and HEAD from " + place.page_origin + " with any header, and exposes ETag.";
  finding.why = verdict.why;
  finding.fix = allow_origin(place, bucket_product(facts), facts.rules);
  finding.reproduce = aws_command(place, "s3api get-bucket-cors --bucket " + shell_quote(place.address.bucket));
  finding.setting = "BUCKET";
  return {finding};
}

}  // namespace

CheckSpec bucket_cors_rules_check() {
  CheckSpec spec;
  spec.id = "bucket.cors-rules";
  spec.probe = "bucket";
  spec.title = "The bucket's rules let pages of HOST in";
  spec.needs = {"bucket.exists", "bucket.region", "config.required/HOST", "config.well-formed/HOST"};
  spec.tags = {"cors"};
  return make_check<BucketReadFacts>(std::move(spec), judge);
}

}  // namespace wbverify
