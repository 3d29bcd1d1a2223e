#include "checks/shared/cors.hpp"

#include <fmt/format.h>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_cors.hpp"
#include "checks/wandb/plugin_store.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "Browsers on HOST may upload to the store and download from it";

struct Case {
  const WandbPlace& place;
  std::string page;  ///< the origin that browsers send
};

/// One direction: the question before, and the request itself.
struct Direction {
  const char* verb;  ///< `PUT`
  const StorePreflight& preflight;
  const Transfer& transfer;
  const SignedUrl& url;
};

CorsHeaders headers_of(const Transfer& transfer) {
  return {transfer.allow_origin, {}, {}, transfer.expose_headers, false};
}

CorsExchange exchange_of(const StorePreflight& preflight) {
  const HttpAnswer& answer = preflight.answer;
  return {preflight.method,
          preflight.request_headers,
          answer.status,
          answer.cause,
          {preflight.allow_origin, preflight.allow_methods, preflight.allow_headers, {}, false}};
}

bool is_open(const Case& at, const Transfer& transfer) {
  return transfer.with_origin && transfer.ok() && answer_cause(headers_of(transfer), at.page).empty();
}

std::string cause_of(const Case& at, const Direction& way) {
  std::string cause = preflight_cause(exchange_of(way.preflight), at.page);
  // The store itself lets the page in, so the question never got to it.
  return cause == "no-cors-headers" && is_open(at, way.transfer) ? "options-swallowed" : cause;
}

Finding wrong(std::string cause, const Case& at, const Direction& way) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.expected = expected_of_preflight(at.page);
  finding.why = why_preflight();
  finding.reproduce = "curl -sS" + curl_options(at.place.ca_file) + " " +
                      curl_preflight(at.page, way.preflight.method, way.preflight.request_headers, way.url.url);
  finding.setting = "BUCKET";
  return finding;
}

/// The check that tells what became of the transfer.
std::string_view teller_of(const Direction& way) {
  return std::string_view(way.verb) == "PUT" ? "wandb.upload" : "wandb.download";
}

Finding preflight_row(const Case& at, const Direction& way) {
  const HttpAnswer& answer = way.preflight.answer;
  if (!way.preflight.tried) return interrupted(fmt::format("A browser's question for {}", way.verb));
  const std::string cause = cause_of(at, way);
  if (cause.empty())
    return passed(way.preflight.allow_origin.front() == "*" ? "allowed, from everywhere (*)"
                                                            : "allowed from " + at.page);
  // Some stores look at the signature, and at its time, when a browser asks.
  if (answer.status >= 400 && way.transfer.tried && way.transfer.answer.status == answer.status)
    return skipped(fmt::format("The store refuses the URL itself, as {} says.", teller_of(way)));
  Finding finding = wrong(cause, at, way);
  const StoreView store = store_of(answer, at.place);
  if (!answer.answered()) {
    const Blame blame = blame_from_name(answer.blame).value_or(Blame::target);
    finding.status = blame == Blame::target ? Status::fail : Status::unknown;
    if (finding.status == Status::unknown) finding.blame = blame;
    finding.observed = describe(answer) + ".";
    finding.fix =
        "Other methods are answered and OPTIONS is not: a firewall or a proxy in front of the store drops it. Let it "
        "through, without a "
        "log-in. nginx: limit_except and auth_request are the usual ones.";
    return finding;
  }
  finding.observed = fmt::format("Asked as a browser on {} asks, for {} at {}: {}", at.page, way.verb, store.origin,
                                 describe_preflight(cause, exchange_of(way.preflight), status_words(answer.status)));
  const bool proxy = cause == "redirected" || (cause == "refused" && answer.html);
  if (cause == "two-origins" || cause == "options-swallowed") {
    finding.fix = fix_cors_at_proxy(cause);
  } else {
    finding.fix = (proxy ? std::string(fix_cors_at_proxy(cause)) + "\nThen the store's own leave:\n" : "") +
                  let_pages_in(store, at.page);
  }
  return finding;
}

Finding etag_hidden(const Case& at, const Direction& way, const StoreView& store) {
  Finding finding = wrong("etag-not-exposed", at, way);
  finding.status = Status::warn;
  finding.observed =
      "The answer to an upload from " + at.page + " does not name ETag in Access-Control-Expose-Headers.";
  finding.expected = "Access-Control-Expose-Headers with ETag.";
  finding.why = why_etag();
  finding.fix = let_pages_in(store, at.page);
  return finding;
}

Finding answer_row(const Case& at, const Direction& way, const Finding& before) {
  if (!way.transfer.tried) return interrupted(fmt::format("A {} from a page", way.verb));
  if (!way.transfer.with_origin) return skipped(fmt::format("The {} was sent without an origin.", way.verb));
  if (!way.transfer.ok()) return skipped(fmt::format("The {} itself failed, as {} says.", way.verb, teller_of(way)));
  if (before.status == Status::fail && before.cause != "options-swallowed")
    return skipped("Not judged: the browser stops at its question.");
  const CorsHeaders headers = headers_of(way.transfer);
  const StoreView store = store_of(way.transfer.answer, at.place);
  const std::string cause = answer_cause(headers, at.page);
  if (cause.empty()) {
    const bool put = way.transfer.answer.method == "PUT";
    if (put && !exposes_etag(headers)) return etag_hidden(at, way, store);
    return passed(put ? "let in, ETag exposed" : "let in");
  }
  Finding finding = wrong(cause == "no-cors-headers" ? "missing-on-answer" : cause, at, way);
  finding.expected = "One Access-Control-Allow-Origin, " + at.page + " or *, on the answer itself.";
  if (finding.cause == "missing-on-answer") {
    finding.observed = fmt::format(
        "The question before is answered with yes, but the answer to the {} itself has no Access-Control-Allow-Origin.",
        way.verb);
    finding.fix = "The header has to come with every answer, not with OPTIONS alone.\n" + let_pages_in(store, at.page);
    return finding;
  }
  CorsExchange exchange;
  exchange.cors = headers;
  finding.observed = fmt::format("The {} itself, sent from a page on {}: {}", way.verb, at.page,
                                 describe_preflight(cause, exchange, ""));
  finding.fix = cause == "two-origins" ? std::string(fix_cors_at_proxy(cause)) : let_pages_in(store, at.page);
  return finding;
}

/// The question's row and the request's, or nothing where the URL is on the page's own origin.
void add_rows(Findings& findings, const Case& at, const Direction& way, const char* name) {
  const bool put = std::string_view(way.verb) == "PUT";
  Finding before, after;
  if (origin_of(way.url) == at.page) {
    before = after = skipped("HOST itself takes and gives files: for browsers that is no other origin.");
  } else if (way.url.url.empty()) {
    before = after = skipped("The server gives no such URL, or does not list the file.");
  } else {
    before = preflight_row(at, way);
    after = answer_row(at, way, before);
  }
  before.row = std::string(name) + "-preflight";
  before.title =
      put ? "The store tells browsers that they may upload" : "The store tells browsers that they may download";
  after.row = name;
  after.title = put ? "Pages get to see that an upload is done" : "Pages get to see what they download";
  findings.push_back(std::move(before));
  findings.push_back(std::move(after));
}

Findings judge(const WandbWriteFacts& facts, const Scene&) {
  return each_entity(facts, title, [&](const WandbRun&, const WandbFiles& files) -> Findings {
    if (files.files.empty()) return {interrupted("A browser's question")};
    const WandbFile& file = files.files.front();
    const Case at{facts.place, UrlParts{facts.place.scheme, facts.place.host, "/", facts.place.port}.origin()};
    if (origin_of(file.upload) == at.page && origin_of(file.direct) == at.page)
      return {skipped("HOST itself takes and gives files: for browsers that is no other origin.")};
    static const SignedUrl none;
    Findings findings;
    add_rows(findings, at, {"PUT", files.put_preflight, file.put, file.upload}, "upload");
    const bool unlisted = !file.registered && !files.get_preflight.tried;
    add_rows(findings, at, {"GET", files.get_preflight, file.by_direct, unlisted ? none : file.direct}, "download");
    return merge_alike(std::move(findings));
  });
}

}  // namespace

CheckSpec wandb_cors_check() {
  CheckSpec spec;
  spec.id = "wandb.cors";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.store"};
  spec.by_part = true;
  spec.explained_by = bucket_checks_for_browsers();
  spec.tags = {"cors"};
  spec.rows = {"upload-preflight", "upload", "download-preflight", "download"};
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
