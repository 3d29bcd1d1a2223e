#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

#include "checks/policy.hpp"
#include "checks/wandb/plugin_by_hand.hpp"
#include "checks/wandb/plugin_remedy.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_one_of(const std::string& code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool speaks_of(const Transfer& transfer, std::string_view words) {
  return to_lower(transfer.message).find(words) != std::string::npos;
}

/// The host of an authority, without its port.
std::string_view without_port(std::string_view authority) {
  const auto colon = authority.rfind(':');
  return colon == std::string_view::npos || authority.ends_with(']') ? authority : authority.substr(0, colon);
}

std::string signature_cause(const Transfer& transfer, const StoreView& store) {
  const std::string sent = store.origin.substr(std::min(store.origin.size(), store.origin.find("://") + 3));
  const std::string seen = to_lower(transfer.seen_host);
  if (seen.empty() || seen == sent) return "signature-mismatch";
  return seen == without_port(sent) ? "port-lost" : "host-rewritten";
}

/// What the signature of a URL has to do with it; empty when nothing.
std::string cause_of_signature(const Transfer& transfer, const StoreView& store) {
  const std::string& code = transfer.code;
  if (is_one_of(code, {"RequestTimeTooSkewed", "RequestNotReadyYet"}) || speaks_of(transfer, "not valid yet") ||
      speaks_of(transfer, "not yet valid")) {
    return "clock-skew";
  }
  if (is_one_of(code, {"RequestExpired", "ExpiredPresignRequest"}) || speaks_of(transfer, "request has expired") ||
      speaks_of(transfer, "signature expired") || speaks_of(transfer, "specified time frame")) {
    return "url-expired";
  }
  if (is_one_of(code, {"ExpiredToken", "TokenRefreshRequired", "InvalidToken", "InvalidSecurity"}))
    return "expired-token";
  if (is_one_of(code, {"InvalidAccessKeyId", "InvalidClientTokenId", "NoSuchAccessKey"})) return "unknown-access-key";
  if (speaks_of(transfer, "only one auth mechanism")) return "two-credentials";
  if (is_one_of(code, {"PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException"}) ||
      (speaks_of(transfer, "region") &&
       is_one_of(code, {"AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"}))) {
    return "wrong-region";
  }
  if (is_one_of(code, {"SignatureDoesNotMatch", "AuthenticationFailed"})) return signature_cause(transfer, store);
  return "";
}

/// A bare 403 for a URL that is out of its time by the store's clock: Ceph gives no reason.
std::string cause_of_time(const Transfer& transfer, const SignedUrl* url) {
  if (url == nullptr || url->signed_at == 0 || transfer.answer.status != 403) return "";
  const std::int64_t now = parse_http_date(transfer.answer.header("date")).value_or(transfer.answer.answered_at / 1000);
  if (url->expires > 0 && now > url->signed_at + url->expires) return "url-expired";
  return std::abs(now - url->signed_at) > policy::s3_clock_limit_seconds ? "clock-skew" : "";
}

/// What something in front of the store says instead of it; empty when the store itself speaks.
std::string cause_of_hop(const HttpAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return "html-page";
  if (answer.status >= 300 && answer.status < 400) return "redirected";
  if (answer.status == 502) return "bad-gateway";
  if (answer.status == 503) return "unavailable";
  if (answer.status == 504) return "gateway-timeout";
  if (answer.status == 404 || answer.status == 405) return "not-found";
  return "";
}

std::string cause_of(const StoreRefusal& refusal, const Transfer& transfer, const StoreView& store,
                     const SignedUrl* url) {
  if (auto cause = cause_of_signature(transfer, store); !cause.empty()) return cause;
  if (transfer.code == "AccessDenied") {
    if (auto cause = cause_of_time(transfer, url); !cause.empty()) return cause;
  }
  if (is_one_of(transfer.code, {"NoSuchBucket", "ContainerNotFound"})) return "no-such-bucket";
  if (transfer.code.empty()) {
    if (auto cause = cause_of_hop(transfer.answer); !cause.empty()) return cause;
  }
  return store_cause(refusal);
}

/// No answer came, or it was cut off.
Finding silence(const Transfer& transfer, const StoreView& store) {
  const HttpAnswer& answer = transfer.answer;
  Finding finding;
  finding.cause = answer.cause.empty() ? "interrupted" : answer.cause;
  const Blame blame = blame_from_name(answer.blame).value_or(answer.cause.empty() ? Blame::machine : Blame::target);
  finding.status = blame == Blame::target ? Status::fail : Status::unknown;
  if (finding.status == Status::unknown) finding.blame = blame;
  finding.expected = "An answer of the store.";
  finding.why =
      "Clients try again up to twenty times, with pauses of up to a minute: runs hang at their end for a quarter of an "
      "hour.";
  if (finding.cause == "closed" || finding.cause == "reset") {
    finding.fix =
        "Something between here and the store cuts the connection: a proxy that refuses bodies of this size without a "
        "word, a firewall that looks into them, or a store that crashes.\n" +
        lines_for_proxy(store, "client_max_body_size");
  } else if (finding.cause == "timed-out") {
    finding.fix =
        "The address accepts connections and does not answer. See whether anybody does there:\ncurl -sS -o /dev/null "
        "-m 10 -w "
        "'%{http_code} after %{time_total} s\\n' " +
        shell_quote(store.origin + "/") +
        "\nAny status, 403 too: the store lives and hangs at this request; its log and its disks tell why. None: the "
        "proxy in front waits for a "
        "store that is gone.";
  } else if (finding.cause.starts_with("tls-")) {
    finding.fix =
        "The store's certificate is what fails. The checks of it say more: wbverify --only "
        "'wandb.store,bucket.tls,tls.*'";
  } else {
    finding.fix = "See whether the store runs and can be reached from here: wbverify --only 'wandb.store,bucket.*'";
  }
  return finding;
}

}  // namespace

Finding store_refused(StoreVerb verb, const Transfer& transfer, std::string what, const WandbPlace& place,
                      const Scene& scene, const SignedUrl* url) {
  if (!transfer.tried) return interrupted(std::move(what));
  const StoreView store = store_of(transfer.answer, place);
  const HttpAnswer& answer = transfer.answer;
  Finding finding;
  if (!answer.answered()) {
    finding = silence(transfer, store);
  } else {
    const bool stranger = transfer.code.empty() && answer.body_bytes > 0;
    const StoreRefusal refusal{verb,     answer.status, transfer.code, transfer.message,
                               stranger, store.product, store.bucket,  ""};
    finding.cause = cause_of(refusal, transfer, store, url);
    finding.status = finding.cause == "store-busy" ? Status::unknown : Status::fail;
    if (finding.status == Status::unknown) finding.blame = Blame::target;
    const StoreAdvice advice = advise_on_transfer(finding.cause, refusal, transfer, store, scene);
    finding.expected = advice.expected;
    finding.why = advice.why;
    finding.fix = advice.fix;
  }
  finding.observed = std::move(what) + " fails. " + describe(transfer) + ".";
  if (answer.answered() && transfer.code.empty() && (answer.html || !answer.excerpt.empty()))
    finding.observed += " " + says(answer);
  finding.reproduce = verb == StoreVerb::put ? upload_by_hand({place}) : download_by_hand({place});
  finding.setting = store.on_host ? "HOST" : "BUCKET";
  return finding;
}

}  // namespace wbverify
