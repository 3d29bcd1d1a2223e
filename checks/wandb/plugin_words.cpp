#include "checks/wandb/plugin_words.hpp"

#include <fmt/format.h>

#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {

std::string describe(const ApiAnswer& answer) {
  std::string out = answer.operation.empty() ? "" : answer.operation + ", ";
  out += describe(answer.http);
  if (!answer.message.empty()) {
    out += ", \"" + answer.message + "\"";
    if (!answer.code.empty()) out += " (" + answer.code + ")";
  } else if (answer.json && !answer.usable) {
    out += answer.where.empty() ? ", without the data that was asked for"
                                : ", and " + answer.where + " is missing or of a wrong type";
  }
  return out;
}

std::string tell(const ApiAnswer& answer) {
  const std::string said = answer.json ? "" : says(answer.http);
  return describe(answer) + "." + (said.empty() ? "" : " " + said);
}

std::string curl_login(const WandbPlace& place) {
  if (place.access == "api-key") return " -u \"api:$WANDB_API_KEY\"";
  if (place.access == "identity-token") return " -H \"Authorization: Bearer $WANDB_ACCESS_TOKEN\"";
  return "";
}

std::string curl_command(const WandbPlace& place, std::string_view words) {
  return "curl -sS -i --max-time 30" + curl_options(place.ca_file) + " " + std::string(words);
}

std::string curl_graphql(const WandbPlace& place, std::string_view document, std::string_view variables) {
  nlohmann::json body = {{"query", document}};
  if (!variables.empty()) body["variables"] = try_parse_json(variables);
  const std::string text = dump_json(body);
  return curl_command(place, std::string(trim(curl_login(place) + " -H 'Content-Type: application/json' -d " +
                                              shell_quote(text) + " " + shell_operand(place.base + "/graphql"))));
}

std::string server_log() {
  return "With Docker:\ndocker logs --tail 100 wandb-local\nWith Kubernetes:\nkubectl logs -n NAMESPACE "
         "deploy/wandb-app --tail 100";
}

std::string nginx_lines(std::string_view first) {
  std::string lines;
  for (const std::string_view line : {"proxy_set_header Host $http_host;", "client_max_body_size 0;",
                                      "proxy_request_buffering off;", "proxy_set_header X-Forwarded-Proto $scheme;"}) {
    const std::string indented = "  " + std::string(line) + "\n";
    lines = line.starts_with(first) ? indented + lines : lines + indented;
  }
  return "In the nginx in front of W&B (its server or location block), then nginx -s reload:\n" + lines +
         "ingress-nginx: the annotation nginx.ingress.kubernetes.io/proxy-body-size: \"0\".";
}

Finding interrupted(std::string what) {
  Finding finding;
  finding.status = Status::unknown;
  finding.cause = "interrupted";
  finding.observed = std::move(what) + " was not tried: the run ended early.";
  finding.blame = Blame::machine;
  finding.fix = "Give wbverify more time, such as --timeout 2m, and let it end by itself.";
  finding.setting = "HOST";
  return finding;
}

Finding untold(const WandbFacts& facts, std::string_view what, std::string_view part) {
  if (!facts.session.asked) return interrupted("This");
  Finding finding = skipped(fmt::format("The server does not tell {}.", what));
  for (const auto& unknown : facts.session.unknown) {
    if (unknown.find(part) == std::string::npos) continue;
    finding.cause = "old-server";
    finding.observed = fmt::format("The server is too old to tell {}: its API has no {}.", what, unknown);
    return finding;
  }
  if (!facts.session.ok()) {
    finding.observed =
        fmt::format("The server does not tell {} to who cannot log in: {}.", what, describe(facts.session));
  }
  return finding;
}

Finding not_written(const WandbWriteFacts& facts) {
  Finding finding = interrupted("This");
  if (facts.cause.empty()) return finding;
  finding.cause = facts.cause;
  finding.observed = facts.text.empty() ? "Nothing was written to the server." : facts.text;
  if (!finding.observed.ends_with('.')) finding.observed += '.';
  finding.blame = blame_from_name(facts.blame).value_or(Blame::target);
  finding.fix.clear();
  return finding;
}

Findings each_entity(const WandbWriteFacts& facts, std::string_view title, const EntityJudge& judge) {
  if (facts.runs.empty()) return {not_written(facts)};
  static const WandbFiles none;
  Findings out;
  for (std::size_t i = 0; i < facts.runs.size(); ++i) {
    const WandbRun& run = facts.runs[i];
    const bool given_up = !run.create.asked && !facts.cause.empty();
    for (Finding& finding :
         given_up ? Findings{not_written(facts)} : judge(run, i < facts.files.size() ? facts.files[i] : none)) {
      if (facts.runs.size() > 1) {
        finding.row = finding.row.empty() ? run.entity : run.entity + "/" + finding.row;
        finding.title = fmt::format("{} ({})", finding.title.empty() ? title : finding.title, run.entity);
        finding.observed = "In " + run.entity + ": " + finding.observed;
      }
      out.push_back(std::move(finding));
    }
  }
  return out;
}

Findings in_first_entity(Findings findings, const WandbWriteFacts& facts, const std::string& entity) {
  if (facts.runs.size() < 2 || entity.empty()) return findings;
  for (Finding& finding : findings) {
    finding.row = finding.row.empty() ? entity : entity + "/" + finding.row;
    finding.observed = "In " + entity + ": " + finding.observed;
  }
  return findings;
}

}  // namespace wbverify
