#include "engine/record.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "core/redactor.hpp"
#include "engine/judging.hpp"
#include "util/json.hpp"
#include "util/json_members.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {
constexpr const char* record_schema = "wbverify-record/1";

/// Every string and every key. What was received in them is redacted already; this is for what was taken as it came: tokens, names.
class Redaction {
 public:
  void go(nlohmann::json& json) {
    if (json.is_string()) {
      json = redacted(json.get_ref<const std::string&>());
    } else if (json.is_array()) {
      for (auto& child : json) go(child);
    } else if (json.is_object()) {
      nlohmann::json out = nlohmann::json::object();
      for (auto& [key, value] : json.items()) {
        go(value);
        // Two keys that became one are both kept.
        std::string name = redacted(key);
        while (out.contains(name)) name += "'";
        out[name] = std::move(value);
      }
      json = std::move(out);
    }
  }

 private:
  /// A record says the same few hundred names thousands of times.
  const std::string& redacted(const std::string& text) {
    const auto [known, fresh] = known_.try_emplace(text);
    if (fresh) known->second = Redactor::process().redact(text, Wrote::us);
    return known->second;
  }

  std::unordered_map<std::string, std::string> known_;
};

/// What our own records never hold: control characters, line ends among them, what turns or hides text, and bytes that are no UTF-8.
bool is_clean(const std::string& text) {
  const auto visible = [](std::string_view from) {
    std::string out;
    for (const char c : from) {
      if (c != ' ') out += c;
    }
    return out;
  };
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) return false;
  }
  return visible(sanitize(text, 2 * text.size() + 16)) == visible(text);
}

/// A record may come from anybody: each text in it is made as harmless as those that probes bring.
void clean_up(nlohmann::json& value) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    if (!is_clean(text)) text = sanitize(text, std::max<std::size_t>(text.size(), 16));
  } else if (value.is_array()) {
    for (auto& element : value) clean_up(element);
  } else if (value.is_object()) {
    nlohmann::json renamed = nlohmann::json::object();
    for (auto& [name, member] : value.items()) {
      clean_up(member);
      renamed[is_clean(name) ? name : sanitize(name)] = std::move(member);
    }
    value = std::move(renamed);
  }
}
}  // namespace

NLOHMANN_JSON_SERIALIZE_ENUM(Blame, {{Blame::none, "none"},
                                     {Blame::target, "target"},
                                     {Blame::path, "path"},
                                     {Blame::machine, "machine"},
                                     {Blame::tool, "tool"}})
WBVERIFY_JSON(SettingView, name, alias, kind, file, line, value)
WBVERIFY_JSON(Scene, run_id, started, settings, home, options)
WBVERIFY_JSON(RunInfo, id, version, started, duration_ms, deadline_ms, attempts, interrupted, exit_status, target)
WBVERIFY_JSON(ProbeInfo, id, started_ms, duration_ms, attempts, round_trips, outcome)

std::string encode_record(const Record& record) {
  nlohmann::json probes = nlohmann::json::array();
  for (const auto& [id, probe] : record.probes) {
    nlohmann::json row = {{"info", probe.info},     {"cause", probe.cause}, {"reason", probe.reason},
                          {"blame", probe.blame},   {"blocked_by", probe.blocked_by},
                          {"facts", nullptr}};
    if (!probe.hindrance.empty()) row["hindrance"] = probe.hindrance;
    if (!probe.facts.empty()) row["facts"] = parse_json(probe.facts);
    probes.push_back(std::move(row));
  }
  nlohmann::json root = {{"schema", record_schema},     {"scene", record.scene},   {"run", record.run},
                               {"probes", std::move(probes)}, {"checks", record.checks}, {"shown", record.shown},
                               {"left_out", record.left_out}, {"needed", record.needed}, {"not_judged", record.not_judged}};
  Redaction().go(root);
  return dump_json(root, 1) + "\n";
}

Result<Record> decode_record(std::string_view text) {
  try {
    nlohmann::json root = parse_json(text);
    clean_up(root);
    const std::string schema = root.is_object() ? root.value("schema", std::string()) : std::string();
    if (schema != record_schema) {
      return fail({"malformed", "This is no record of wbverify: \"schema\" is " + (schema.empty() ? "absent" : sanitize(schema, 60)) +
                                    ", expected " + record_schema + ".",
                   Blame::machine, false});
    }
    Record record;
    root.at("scene").get_to(record.scene);
    root.at("run").get_to(record.run);
    root.at("checks").get_to(record.checks);
    root.at("not_judged").get_to(record.not_judged);
    root.at("shown").get_to(record.shown);
    root.at("left_out").get_to(record.left_out);
    // Older records say nothing of it, and showed everything that did not pass.
    record.needed = root.value("needed", std::vector<std::string>{"*"});
    for (const auto& row : root.at("probes")) {
      ProbeRecord probe;
      row.at("info").get_to(probe.info);
      row.at("cause").get_to(probe.cause);
      row.at("reason").get_to(probe.reason);
      row.at("blame").get_to(probe.blame);
      row.at("blocked_by").get_to(probe.blocked_by);
      probe.hindrance = row.value("hindrance", "");
      if (!row.at("facts").is_null()) probe.facts = dump_json(row.at("facts"));
      record.probes[probe.info.id] = std::move(probe);
    }
    return record;
  } catch (const nlohmann::json::exception& error) {
    return fail({"malformed", sanitize(error.what()), Blame::machine, false});
  }
}

Result<Report> judge_record(const Record& record, const std::vector<Plugin>& catalog) {
  std::vector<const CheckSpec*> checks;
  std::map<std::string, const ProbeSpec*> probes;
  Report report;
  report.run = record.run;
  for (const auto& plugin : catalog) {
    for (const auto& probe : plugin.probes) {
      probes[probe.id] = &probe;
      const auto recorded = record.probes.find(probe.id);
      if (recorded != record.probes.end()) report.probes.push_back(recorded->second.info);
    }
    for (const auto& check : plugin.checks) {
      // A check younger than the record is judged too, when its probe brought facts then.
      const bool unwanted = std::find(record.not_judged.begin(), record.not_judged.end(), check.id) != record.not_judged.end();
      if (!unwanted && record.probes.contains(check.probe)) checks.push_back(&check);
    }
  }
  Judging judging(checks, record.scene, record.shown, record.left_out, record.needed);
  for (const auto& [id, probe] : record.probes) {
    const auto spec = probes.find(id);
    if (spec == probes.end()) continue;
    Facts facts;
    try {
      if (!probe.facts.empty()) facts = spec->second->decode(probe.facts);
    } catch (const std::exception& error) {
      return fail({"malformed", "The facts of probe " + id + ": " + sanitize(error.what()), Blame::machine, false});
    }
    judging.probe_ended(probe, std::move(facts));
  }
  judging.settle();
  judging.close();
  for (std::size_t i = 0; i < checks.size(); ++i) {
    auto results = judging.results(i);
    if (results) std::move(results->begin(), results->end(), std::back_inserter(report.results));
  }
  return report;
}

}  // namespace wbverify
