#include "checks/wandb/plugin_readback.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/policy.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using Differences = std::vector<WandbDifference>;

bool has_kind(const Differences& differences, std::string_view kind) {
  return std::any_of(differences.begin(), differences.end(),
                     [&](const auto& difference) { return difference.kind == kind; });
}

std::string cause_of(const Differences& differences) {
  // A row that is missing as a whole says more than its keys.
  if (differences.empty() || has_kind(differences, "missing")) return "lost";
  if (has_kind(differences, "four-byte-characters") || has_kind(differences, "non-ascii")) return "characters-lost";
  if (has_kind(differences, "key-changed")) return "keys-changed";
  return has_kind(differences, "number") ? "numbers-changed" : "differs";
}

/// The first three, and how many more.
std::string examples(const Differences& differences) {
  constexpr std::size_t most = 3;
  std::vector<std::string> out;
  for (const auto& difference : differences) {
    if (out.size() == most) break;
    out.push_back(
        difference.read.empty()
            ? fmt::format("\"{}\" (written {}) is missing", difference.key, difference.written)
            : fmt::format("\"{}\" was written {} and is {}", difference.key, difference.written, difference.read));
  }
  std::string text = join(out, "; ");
  if (differences.size() > most) text += fmt::format("; and {} more", differences.size() - most);
  return text;
}

std::string database_fix() {
  return "The database, its tables or the connection to it hold characters of another set than utf8mb4. This names "
         "each of them, with "
         "the statement that mends it:\nwbverify --only mysql.charset\nFor the database itself:\nALTER DATABASE "
         "wandb_local CHARACTER "
         "SET utf8mb4 COLLATE utf8mb4_general_ci;\nWithout access to MySQL from here, where the server runs:\nmysql -e "
         "'SELECT "
         "table_schema, table_name, table_collation FROM information_schema.tables WHERE table_schema = "
         "\"wandb_local\"'";
}

Finding late(const RunPart& part) {
  Finding finding;
  finding.status = Status::warn;
  finding.cause = "late";
  finding.observed =
      fmt::format("{} came back as it was written, {} after the run had ended.", part.what, spoken_ms(part.visible_ms));
  finding.expected = fmt::format("Within {}.", spoken_ms(policy::wandb_late_ms));
  finding.why = "Pages lag behind their runs, and scripts that read a run right after its end find nothing.";
  finding.fix =
      "The workers that write it are behind their work: too few of them, too little CPU, or a slow database.\n" +
      std::string(stream_workers()) + "\nThe database's own pace: wbverify --only mysql.latency,mysql.variables";
  return finding;
}

}  // namespace

double waited_ms(const WandbRun& run) {
  const auto from = run.finish.http.answered_at, until = run.read.http.answered_at;
  return from == 0 || until < from ? 0 : static_cast<double>(until - from);
}

std::string spoken_ms(double ms) {
  return ms < 1000 ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.1f} s", ms / 1000);
}

std::string ask_for_run(const WandbPlace& place, const WandbRun& run, std::string_view members) {
  return curl_graphql(place, fmt::format("{{project(entityName:\"{}\",name:\"{}\"){{run(name:\"NAME\"){{{}}}}}}}",
                                         run.entity, run.project, members));
}

bool as_metrics(const ApiAnswer& answer, const WandbRun& run, const WandbPlace& place, const Scene& scene) {
  return run.stream.asked && !run.stream.ok() && !answer.ok() &&
         trouble(place, run.stream, scene).cause == trouble(place, answer, scene).cause;
}

std::string_view stream_workers() {
  return "With Kubernetes:\nkubectl get pods -n NAMESPACE | grep -E 'filestream|history|flat-run|app'\nkubectl logs -n "
         "NAMESPACE "
         "deploy/wandb-filestream --tail 100\nkubectl logs -n NAMESPACE deploy/wandb-app --tail 100\nWith "
         "Docker:\ndocker logs --tail "
         "200 wandb-local";
}

Finding judge_part(const RunPart& part, const WandbRun& run, const WandbPlace& place, const Scene& scene) {
  const bool came = part.visible_ms >= 0 && part.differences.empty();
  if (came && part.visible_ms <= policy::wandb_late_ms)
    return passed(fmt::format("the same after {}", spoken_ms(part.visible_ms)));
  Finding finding;
  if (came) {
    finding = late(part);
  } else {
    finding.status = Status::fail;
    finding.cause = cause_of(part.differences);
    finding.observed =
        fmt::format("{} is not as it was written, {} after the run had ended", part.what, spoken_ms(waited_ms(run)));
    finding.observed += part.differences.empty() ? "." : ": " + examples(part.differences) + ".";
    finding.expected = "Every value and every key as it was written.";
    finding.why = part.why;
    if (finding.cause == "characters-lost") {
      const bool four = has_kind(part.differences, "four-byte-characters") && !has_kind(part.differences, "non-ascii");
      finding.observed += four ? " Only characters of four bytes in UTF-8 are concerned, which MySQL's utf8mb3 lacks."
                               : " Only characters beyond ASCII are concerned.";
      finding.fix = database_fix();
    } else if (finding.cause == "lost") {
      finding.fix = part.lost;
    } else {
      finding.fix =
          "Something rewrites bodies between here and the server (a web application firewall, a proxy that parses "
          "JSON), or the "
          "server stores them in another form. Ask it past every proxy, where it runs; if the values are right there, "
          "look at "
          "the proxy's rules. " +
          server_log();
    }
  }
  finding.reproduce = ask_for_run(place, run, "state config summaryMetrics historyKeys");
  finding.setting = finding.cause == "characters-lost" && scene.find("MYSQL") != nullptr ? "MYSQL" : "HOST";
  return finding;
}

}  // namespace wbverify
