#include "checks/wandb/plugin_trouble.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/plugin_hop.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool mentions(const ApiAnswer& answer, std::initializer_list<std::string_view> words) {
  const std::string lower = to_lower(answer.message);
  return std::any_of(words.begin(), words.end(), [&](auto word) { return lower.find(word) != std::string::npos; });
}

/// Whom the server itself does not reach, as its errors have it: `dial tcp 127.0.0.1:3306: connect: connection
/// refused`, `dial tcp: lookup api.wandb.ai on 10.96.0.10:53: no such host`. A name, or an address with its port; or
/// empty.
std::string unreached(const ApiAnswer& answer) {
  for (const std::string_view before : {": lookup ", "dial tcp "}) {
    const auto found = answer.message.find(before);
    if (found == std::string::npos) continue;
    const std::string rest = answer.message.substr(found + before.size());
    return rest.substr(0, std::min(rest.find(' '), rest.find(": ")));
  }
  return {};
}

std::string cause_of(const ApiAnswer& answer) {
  const int status = answer.http.status;
  if (const std::string target = unreached(answer); !target.empty()) {
    if (target.ends_with(":3306")) return "database-error";
    return target.ends_with(":6379") ? "redis-error" : "server-cannot-connect";
  }
  if (mentions(answer, {"origin not allowed"})) return "origin-refused";
  if (speaks_of_license(answer)) return "licence-refused";
  if (speaks_of_schema(answer)) return "old-server";
  if (mentions(answer, {"oom command", "redis"})) return "redis-error";
  if (mentions(answer, {"database", "mysql", "sql:", "too many connections", "deadlock", "incorrect string value"}))
    return "database-error";
  if (status == 413) return "body-too-large";
  if (status == 429 || answer.code == "RATE_LIMITED") return "rate-limited";
  if (status == 401 || answer.code == "UNAUTHENTICATED" ||
      mentions(answer, {"not logged in", "invalid api key", "relogin"})) {
    return "key-refused";
  }
  if (status == 403 || answer.code == "PERMISSION_ERROR" || mentions(answer, {"permission denied"}))
    return "permission-denied";
  if (status == 404 || status == 405) return "not-found";
  if (status >= 500 || mentions(answer, {"internal error", "internal server error"})) return "server-error";
  return answer.message.empty() ? "unexpected-answer" : "refused";
}

struct Advice {
  std::string expected, why, fix;
};

Advice advise(const std::string& cause, const WandbPlace& place, const Scene& scene) {
  const std::string key = scene.origin(place.setting.empty() ? "WANDB_API_KEY" : place.setting);
  if (cause == "origin-refused") {
    return {"Requests of pages at " + place.base + " are accepted.",
            "The server compares the address in the browser with the one in its own settings, and refuses every other: "
            "the app shows "
            "\"Unable to reach the backend api\", or empty tables.",
            "Both have to be the same to the letter, without a slash at the end. Where the server has its settings:\n" +
                scene.change("HOST", place.base) + "\nThen restart it, and open the app at that address only."};
  }
  if (cause == "licence-refused") {
    return {"A licence that is valid and covers this.",
            "Without a valid licence the server refuses runs, seats or the whole app.",
            "Open " + place.base +
                "/system-admin and see what it says of the licence. A new one is at https://deploy.wandb.ai; then:\n" +
                scene.change("LICENSE", "TEXT_OF_THE_LICENCE")};
  }
  if (cause == "old-server") {
    return {"A server that today's clients support.",
            "The server does not know what today's clients ask for; they fail in the same way, or go without.",
            "Update the server: https://docs.wandb.ai/platform/hosting/server-upgrade-process"};
  }
  if (cause == "database-error" || cause == "redis-error") {
    const std::string what = cause == "redis-error" ? "Redis" : "MySQL";
    return {"An answer without an error.",
            "The server has trouble with its " + what + "; what asked for it fails, for everybody.",
            "The server's log has the error in full. " + server_log() +
                (what == "MySQL" ? "\nThe checks of the database say more: wbverify --only 'mysql.*'"
                                 : "\nIf it is full (OOM command not allowed):\nredis-cli -h REDIS info "
                                   "memory\nredis-cli -h REDIS config get "
                                   "maxmemory")};
  }
  if (cause == "rate-limited") {
    return {
        "No limit that a single run meets.",
        "The clients slow down and try again; runs take longer and logs come late.",
        "Wait a minute and run wbverify again. If it stays so, raise the limits: global.api.rateLimits of the chart's "
        "values, or those of the proxy."};
  }
  if (cause == "key-refused") {
    return {"A key that the server knows.", "With this key nobody logs in: wandb login fails, and so does every run.",
            "Make a key at " + place.base + "/authorize and write it where the old one is, " + key + "."};
  }
  if (cause == "permission-denied") {
    return {"Leave to do this.", "The key is right, and what it belongs to may not do this.",
            "See who the key belongs to and what he is a member of at " + place.base +
                "/settings, or use a key of somebody who may: " + key + "."};
  }
  if (cause == "not-found") {
    return {"What was asked for is there.", "A part of the API is missing, or what was just made has gone again.",
            "If other checks of the API pass, the server is too old for this, or several servers with different "
            "databases take turns "
            "behind the balancer. " +
                server_log()};
  }
  if (cause == "unexpected-answer") {
    return {"The answer of a W&B server.", "Clients read the same members and fail on what is missing.",
            "Something changes the answers on the way, or another service answers in JSON. See the whole answer with "
            "the command below."};
  }
  return {"An answer without an error.", "The clients meet the same error: whatever needs this fails.",
          "The server's log has the reason. " + server_log()};
}

Advice cannot_connect(const std::string& target) {
  const bool name = target.find(':') == std::string::npos;
  const std::string look = name ? "getent hosts " + shell_quote(target)
                                : "curl -sv -m 5 " + shell_quote("telnet://" + target) + " < /dev/null";
  return {"The server reaches " + target + ".",
          "Not this machine but the server asks there, for what was asked of it: its name servers, its firewall or its "
          "proxy do not let it. Whatever needs the same fails, for everybody.",
          "Ask from where the server runs. With Docker:\ndocker exec wandb-local " + look +
              "\nWith Kubernetes:\nkubectl exec -n NAMESPACE deploy/wandb-app -- " + look +
              "\nThen let it through, or correct the setting that names " + target + "."};
}

Finding silence(const WandbPlace& place, const ApiAnswer& answer) {
  Finding finding;
  finding.cause = answer.http.cause.empty() ? "interrupted" : answer.http.cause;
  const Blame blame =
      blame_from_name(answer.http.blame).value_or(finding.cause == "interrupted" ? Blame::machine : Blame::target);
  // Other paths of HOST are answered, so who is asked and keeps silent is at fault; what happens on the way is not.
  finding.status = blame == Blame::target ? Status::fail : Status::unknown;
  if (finding.status == Status::unknown) finding.blame = blame;
  finding.observed = describe(answer) + ".";
  finding.expected = "An answer in JSON.";
  finding.why = "Clients wait and try again, for days if need be: runs hang without a word.";
  if (finding.cause == "timed-out" && blame == Blame::target) {
    finding.fix =
        "HOST answers and this question is not answered: the API server hangs, most often because it waits for its "
        "database. "
        "Its log says so. " +
        server_log();
  } else if (finding.cause.starts_with("tls-")) {
    finding.fix = "The checks of TLS say more: wbverify --only 'tls.*'";
  } else if (blame == Blame::target) {
    finding.fix =
        "HOST answers and the connection breaks at this question: the API server crashes or is being restarted, or a "
        "firewall looks into the request. " +
        reach_the_server("");
  } else {
    finding.fix = "Run wbverify again from a machine with a steady connection to " + place.host + ".";
  }
  return finding;
}

}  // namespace

bool speaks_of_license(const ApiAnswer& answer) {
  return mentions(answer, {"license", "licence", "grace period", "compact jws"});
}

bool speaks_of_schema(const ApiAnswer& answer) {
  return mentions(
      answer, {"cannot query field", "unknown argument", "unknown type", "unknown field", "is not defined by type"});
}

Finding trouble(const WandbPlace& place, const ApiAnswer& answer, const Scene& scene) {
  if (!answer.asked) return interrupted(answer.operation.empty() ? "This" : answer.operation);
  Finding finding;
  if (!answer.http.answered()) {
    finding = silence(place, answer);
  } else {
    finding.status = Status::fail;
    finding.observed = tell(answer);
    if (!answer.json) {
      HopTrouble hop = hop_trouble(place, answer, scene);
      finding.cause = std::move(hop.cause);
      finding.expected = std::move(hop.expected);
      finding.why = std::move(hop.why);
      finding.fix = std::move(hop.fix);
    } else {
      finding.cause = cause_of(answer);
      if (finding.cause == "body-too-large") {
        HopTrouble limit = body_limit(answer);
        finding.expected = std::move(limit.expected);
        finding.why = std::move(limit.why);
        finding.fix = std::move(limit.fix);
      } else {
        Advice advice = finding.cause == "server-cannot-connect" ? cannot_connect(unreached(answer))
                                                                 : advise(finding.cause, place, scene);
        finding.expected = std::move(advice.expected);
        finding.why = std::move(advice.why);
        finding.fix = std::move(advice.fix);
      }
    }
    if (finding.cause == "old-server") finding.status = Status::warn;
    if (finding.cause == "rate-limited") {
      finding.status = Status::unknown;
      finding.blame = Blame::target;
    }
  }
  const bool graphql = answer.http.url.empty() || answer.http.url.find("/graphql") != std::string::npos;
  finding.reproduce = graphql ? curl_graphql(place, "{ viewer { entity } }")
                              : curl_command(place, std::string(trim(curl_login(place) + " -X " + shell_quote(answer.http.method) +
                                                                     " " + shell_operand(answer.http.url))));
  finding.setting = finding.cause == "key-refused" && !place.setting.empty() ? place.setting
                    : finding.cause == "licence-refused"                     ? "LICENSE"
                                                                             : "HOST";
  return finding;
}

}  // namespace wbverify
