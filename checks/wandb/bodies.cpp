#include <fmt/format.h>

#include <algorithm>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_hop.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct Case {
  const WandbWriteFacts& facts;
  const Scene& scene;
};

struct Row {
  const char* name;
  const char* title;
  const char* to;   ///< where the body goes, in a sentence
  const char* why;  ///< what fails without it
};

constexpr Row rows[] = {
    {"graphql", "Large requests pass to /graphql", "/graphql",
     "Configurations, summaries and tables of real runs come as large requests: small runs work, and large ones fail "
     "when "
     "they start or end."},
    {"file-stream", "Large pages of history pass (file_stream)", "file_stream",
     "The SDK sends history and console lines in pages of up to 10 MiB, and tries a refused one again for days: the "
     "run "
     "works on, its charts stop, and its last lines are lost."},
    {"store", "Large files pass to the store", "the store",
     "Checkpoints and data sets go to the store in requests of up to 2 GiB: small files upload and large ones never "
     "do."},
};

std::string amount(std::uint64_t bytes) {
  if (bytes >= 1048576 && bytes % 1048576 == 0) return fmt::format("{} MiB", bytes / 1048576);
  if (bytes >= 1000000 && bytes % 1000000 == 0) return fmt::format("{} MB", bytes / 1000000);
  return fmt::format("{} bytes", bytes);
}

/// IIS says 404 (its 404.13) where others say 413. Small bodies to the same path were answered.
bool is_iis_limit(const HttpAnswer& http) {
  return http.status == 404 && http.header("server").find("Microsoft-IIS") != std::string::npos;
}

bool is_limit(const ApiAnswer& answer) {
  if (answer.http.status == 413 || answer.code == "EntityTooLarge" || is_iis_limit(answer.http)) return true;
  const std::string message = to_lower(answer.message);
  return !answer.ok() && message.find("too large") != std::string::npos;
}

bool is_cut(const HttpAnswer& http) { return !http.answered() && (http.cause == "reset" || http.cause == "closed"); }

/// The body came to its end. An error of the server itself proves that as well, unless it breaks down over it.
bool arrived(const WandbBody& body) {
  const HttpAnswer& http = body.answer.http;
  if (http.status >= 200 && http.status < 300) return body.path == "store" ? !http.html : body.answer.json;
  return body.path != "store" && body.answer.json && http.status >= 400 && http.status < 500 && http.status != 429;
}

Transfer transfer_of(const WandbBody& body) {
  Transfer transfer;
  transfer.tried = true;
  transfer.answer = body.answer.http;
  transfer.code = body.answer.code;
  transfer.message = body.answer.message;
  return transfer;
}

/// What was found by searching for the limit; empty when it was not searched.
std::string limits(const WandbBody& body) {
  if (body.refused == 0) return body.passed == 0 ? "" : amount(body.passed) + " pass as well";
  const auto known =
      std::find_if(std::begin(policy::wandb_body_limits), std::end(policy::wandb_body_limits),
                   [&](const auto& limit) { return body.passed <= limit.bytes && limit.bytes < body.refused; });
  std::string out = body.passed == 0 ? "" : amount(body.passed) + " pass, ";
  out += amount(body.refused) + " do not";
  if (known != std::end(policy::wandb_body_limits))
    out += fmt::format(", as it is with {} unless told otherwise", known->who);
  return out;
}

std::string without_query(const std::string& url) { return url.substr(0, url.find('?')); }

std::string reproduce(const WandbBody& body, const WandbPlace& place) {
  const std::string json = curl_login(place) + " -H 'Content-Type: application/json' --data-binary @- ";
  if (body.path == "graphql") {
    return fmt::format(
        R"({{ printf '{{"query":"{{viewer{{id}}}}"'; head -c {} /dev/zero | tr '\0' ' '; printf '}}'; }} | {})",
        body.bytes, curl_command(place, std::string(trim(json)) + " " + shell_operand(place.base + "/graphql")));
  }
  const std::string& asked = body.answer.http.url;
  if (body.path == "file-stream") {
    const std::string url = asked.empty() ? place.base + "/files/ENTITY/PROJECT/RUN/file_stream" : without_query(asked);
    return fmt::format(R"({{ printf '{{'; head -c {} /dev/zero | tr '\0' ' '; printf '}}'; }} | {})", body.bytes,
                       curl_command(place, std::string(trim(json)) + " " + shell_operand(url)));
  }
  const std::string url = asked.empty() ? "URL-OF-AN-OBJECT" : without_query(asked);
  return fmt::format("head -c {} /dev/zero | {}", body.bytes,
                     curl_command(place, "-X PUT --data-binary @- " + shell_operand(url)));
}

std::string lift(const WandbBody& body, const WandbPlace& place) {
  if (is_iis_limit(body.answer.http)) {
    return "The limit is that of IIS. In web.config, under system.webServer/security/requestFiltering:\n"
           "<requestLimits maxAllowedContentLength=\"4294967295\" />";
  }
  if (body.path == "store" && !store_of(body.answer.http, place).on_host) {
    return proxy_lines("client_max_body_size") +
           "\nThe command below sends without a signature: the store itself answers it with 403, a proxy's limit with "
           "413.";
  }
  return body.answer.http.answered() ? body_limit(body.answer).fix : nginx_lines("client_max_body_size");
}

Finding too_large(const Row& row, const WandbBody& body, const Case& at) {
  const HttpAnswer& http = body.answer.http;
  const bool cut = is_cut(http);
  Finding finding;
  finding.status = Status::fail;
  finding.cause = cut ? http.cause : "body-too-large";
  const std::string found = limits(body);
  finding.observed = fmt::format(
      "{} to {} {} {}{}", amount(body.bytes), row.to,
      cut ? "are cut off on the way:" : "are refused:", cut ? describe(body.answer) + "." : tell(body.answer),
      found.empty() ? "" : " By trial, " + found + ".");
  finding.expected = fmt::format("{} pass to {}.", amount(body.bytes), row.to);
  finding.why = row.why;
  finding.fix = (cut ? "Small bodies pass, so something on the way ends large ones: most often a proxy that closes the "
                       "connection at its limit, or a firewall that scans bodies. "
                     : "") +
                lift(body, at.facts.place);
  finding.reproduce = reproduce(body, at.facts.place);
  finding.setting = body.path == "store" && !store_of(http, at.facts.place).on_host ? "BUCKET" : "HOST";
  return finding;
}

Finding too_slow(const Row& row, const WandbBody& body, const Case& at) {
  Finding finding = too_large(row, body, at);
  finding.cause = "request-timeout";
  finding.fix =
      "Whatever answers gave up while the body was on its way. Give it more time, or the machine a faster line. In "
      "nginx:\n"
      "  client_body_timeout 300s;\nIn HAProxy:\n  timeout http-request 300s\n  timeout client 300s";
  return finding;
}

Finding judge_body(const Row& row, const WandbBody& body, const Case& at) {
  const ApiAnswer& answer = body.answer;
  if (!answer.asked) return interrupted(fmt::format("{} to {}", amount(body.bytes), row.to));
  if (body.path == "store" && answer.operation != "PUT") {
    return skipped(
        answer.ok() ? std::string("Not tried: the store of the URL that was given cannot be sent to, see wandb.store.")
                    : "Not tried: the server gives no URL to send it to. " + tell(answer));
  }
  // The run of the metrics is the one of the first entity, and so is that of the bodies.
  if (body.path == "file-stream" && !at.facts.runs.empty() &&
      as_metrics(answer, at.facts.runs.front(), at.facts.place, at.scene))
    return skipped("Small ones are not taken either, for the same reason as wandb.history says.");
  if (is_limit(answer) || is_cut(answer.http)) return too_large(row, body, at);
  if (answer.http.status == 408) return too_slow(row, body, at);
  if (arrived(body)) {
    const std::string found = limits(body);
    return passed(
        fmt::format("{} in {:.0f} ms{}", amount(body.bytes), body.duration_ms, found.empty() ? "" : "; " + found));
  }
  if (body.path == "store")
    return store_refused(StoreVerb::put, transfer_of(body), "The upload of " + amount(body.bytes), at.facts.place,
                         at.scene);
  Finding finding = trouble(at.facts.place, answer, at.scene);
  if (finding.cause == "interrupted") return finding;
  finding.observed =
      fmt::format("Small requests to {} are answered, {} are not: {}", row.to, amount(body.bytes), finding.observed);
  finding.why = row.why;
  finding.reproduce = reproduce(body, at.facts.place);
  return finding;
}

/// Why a body was not sent, when the run did not end early.
Finding not_sent(const Row& row, const Case& at) {
  const WandbWriteFacts& facts = at.facts;
  if (std::string_view(row.name) == "store" && !facts.place.deep)
    return skipped("A large file is sent with --deep only.");
  if (!facts.runs.empty() && facts.runs.front().create.asked && !facts.runs.front().create.ok()) {
    return skipped("Not tried: no run could be made, see wandb.entity.");
  }
  if (facts.cause == "no-entity") return skipped("Not tried: there is nowhere to make a run, see wandb.entity.");
  return facts.cause.empty() ? interrupted(std::string("A large body to ") + row.to) : not_written(facts);
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  const Case at{facts, scene};
  Findings findings;
  for (const Row& row : rows) {
    const auto body =
        std::find_if(facts.bodies.begin(), facts.bodies.end(), [&](const auto& each) { return each.path == row.name; });
    findings.push_back(body == facts.bodies.end() ? not_sent(row, at) : judge_body(row, *body, at));
    findings.back().row = row.name;
    findings.back().title = row.title;
  }
  return findings;
}

}  // namespace

CheckSpec wandb_bodies_check() {
  CheckSpec spec;
  spec.id = "wandb.bodies";
  spec.probe = "wandb.write";
  spec.title = "Large requests and files pass";
  spec.needs = {"wandb.login"};
  spec.tags = {"limits"};
  for (const Row& row : rows) spec.rows.emplace_back(row.name);
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
