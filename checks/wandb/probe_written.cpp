#include "checks/wandb/probe_written.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "clients/graphql.hpp"
#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify::wandb_written {
namespace {

using nlohmann::json;

constexpr std::size_t most_differences = 50, shown_limit = 80;
constexpr int steps = 10;   ///< with `loss`; one more has everything else
/// The key that `wandb verify` uses: an escape that is none, and a blank at the end.
constexpr const char* odd_key = "HT%3ML ";
constexpr const char* foreign_key = "genauigkeit_ü";
constexpr const char* beyond_key = "score_𝒲🚀";   // characters of four bytes: MySQL's old utf8 has none of them

json config_values() {
  return {{"epochs", 4},
          {"stringTest", "A test config"},
          {"dictTest", {{"config_val", 2}, {"deeper", {{"list", {1, json::array({2, 3})}}}}}},
          {"listTest", {0, "one", "2", true, nullptr, 2.5}},
          {"unicode", "naïve Ω 漢字"},
          {"four_bytes", "🚀 𝒲"}};
}

json last_row() {
  return {{"dict", {{"val1", 1.0}, {"val2", 2}}}, {odd_key, 7}, {foreign_key, 0.5}, {beyond_key, 0.25}};
}

json summary_values() {
  json out = last_row();
  out["loss"] = 0.1;
  out["unicode"] = "naïve Ω 漢字";
  out["four_bytes"] = "🚀 𝒲";
  return out;
}

std::string history_line(int step) {
  json row = step < steps ? json{{"loss", 1.0 / (step + 1)}} : last_row();
  row["_step"] = step;
  row["_runtime"] = step;
  row["_timestamp"] = 1700000000 + step;
  std::string text = dump_json(row);
  // JSON has no such numbers; clients send them as bare words.
  if (step == steps) text.insert(text.size() - 1, R"(,"not_a_number":NaN,"infinite":Infinity)");
  return text;
}

std::string shown(const json& value) { return for_display(dump_json(value), shown_limit); }

/// The highest character's length in UTF-8.
int widest(std::string_view text) {
  int out = 1;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out = std::max(out, byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1);
  }
  return out;
}

std::string kind_of_change(std::string_view written, std::string_view otherwise) {
  const int width = widest(written);
  return width == 4 ? "four-byte-characters" : width > 1 ? "non-ascii" : std::string(otherwise);
}

bool same_number(double a, double b) { return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)); }

void compare(const json& written, const json& read, const std::string& path, std::vector<WandbDifference>& out);

/// A key that is not there may have come back as another one.
WandbDifference missing_key(const std::string& key, const json& value, const json& read, const std::string& path) {
  WandbDifference difference{path, shown(value), "", kind_of_change(key, "missing")};
  if (read.is_object() && !key.empty() && trim(key) != key && read.contains(std::string(trim(key)))) difference.kind = "key-changed";
  return difference;
}

void compare(const json& written, const json& read, const std::string& path, std::vector<WandbDifference>& out) {
  if (out.size() >= most_differences) return;
  if (written.is_object()) {
    if (!read.is_object()) {
      out.push_back({path, shown(written), shown(read), "changed"});
      return;
    }
    for (const auto& [key, value] : written.items()) {
      const std::string place = path.empty() ? key : path + "." + key;
      const auto found = read.find(key);
      if (found == read.end()) {
        out.push_back(missing_key(key, value, read, place));
      } else {
        compare(value, *found, place, out);
      }
    }
  } else if (written.is_array()) {
    if (!read.is_array() || read.size() != written.size()) {
      out.push_back({path, shown(written), shown(read), "changed"});
      return;
    }
    for (std::size_t i = 0; i < written.size(); ++i) compare(written[i], read[i], path + "[" + std::to_string(i) + "]", out);
  } else if (written.is_number() && read.is_number()) {
    if (!same_number(written.get<double>(), read.get<double>())) out.push_back({path, shown(written), shown(read), "number"});
  } else if (written != read) {
    out.push_back({path, shown(written), shown(read), written.is_string() ? kind_of_change(written.get<std::string>(), "changed") : "changed"});
  }
}

/// JSON text in which numbers that JSON does not have may stand as bare words.
json read_text(const json& run, std::string_view member) {
  const json* const found = json_at(run, member);
  if (found == nullptr) return nullptr;
  return found->is_string() ? json_inside(found->get_ref<const std::string&>()) : *found;
}

bool is_one_of(const json& value, std::initializer_list<const char*> words) {
  if (value.is_null()) return true;   // what JSON makes of them
  return value.is_string() && std::any_of(words.begin(), words.end(), [&](const char* word) { return iequals(value.get_ref<const std::string&>(), word); });
}

/// Metrics by their full names: `dict.val1`.
void flatten(const json& value, const std::string& path, std::vector<std::string>& names) {
  for (const auto& [key, inner] : value.items()) {
    const std::string name = path.empty() ? key : path + "." + key;
    if (inner.is_object()) {
      flatten(inner, name, names);
    } else {
      names.push_back(name);
    }
  }
}

}  // namespace

std::string config() {
  const json values = config_values();
  json out = json::object();
  for (const auto& [key, value] : values.items()) out[key] = {{"value", value}};
  return dump_json(out);
}

std::vector<std::string> console() { return {"wbverify writes to the console", "a line beyond ASCII: naïve Ω 漢字"}; }

std::string stream() {
  json history = json::array(), lines = json::array();
  for (int step = 0; step <= steps; ++step) history.push_back(history_line(step));
  for (const auto& line : console()) lines.push_back("2026-01-01T00:00:00.000000 " + line);
  const json body = {{"files",
                      {{"wandb-history.jsonl", {{"offset", 0}, {"content", history}}},
                       {"wandb-summary.json", {{"offset", 0}, {"content", {dump_json(summary_values())}}}},
                       {"output.log", {{"offset", 0}, {"content", lines}}}}}};
  return dump_json(body);
}

std::vector<WandbDifference> differences(const json& written, const json& read, const std::string& path) {
  std::vector<WandbDifference> out;
  compare(written, read, path, out);
  return out;
}

std::vector<WandbDifference> config_differences(const json& run) {
  const json read = read_text(run, "config");
  json values = json::object();
  if (read.is_object()) {
    for (const auto& [key, value] : read.items()) values[key] = value.is_object() && value.contains("value") ? value["value"] : value;
  }
  return differences(config_values(), values);
}

std::vector<WandbDifference> summary_differences(const json& run) { return differences(summary_values(), read_text(run, "summaryMetrics")); }

std::vector<WandbDifference> history_differences(const json& run) {
  std::vector<WandbDifference> out;
  json rows = json::object();
  if (const json* const lines = json_at(run, "history"); lines != nullptr && lines->is_array()) {
    for (const auto& line : *lines) {
      const json row = line.is_string() ? json_inside(line.get_ref<const std::string&>()) : line;
      rows[std::to_string(json_number(row, "_step", -1))] = row;
    }
  }
  for (int step = 0; step <= steps; ++step) {
    const std::string name = std::to_string(step);
    const json written = step < steps ? json{{"loss", 1.0 / (step + 1)}} : last_row();
    if (!rows.contains(name)) {
      out.push_back({"step " + name, shown(written), "", "missing"});
      continue;
    }
    compare(written, rows[name], "step " + name, out);
    if (step < steps) continue;
    for (const auto& [key, words] : {std::pair{"not_a_number", std::pair{"NaN", "nan"}}, std::pair{"infinite", std::pair{"Infinity", "inf"}}}) {
      const json value = rows[name].contains(key) ? rows[name][key] : json("absent");
      if (!is_one_of(value, {words.first, words.second})) out.push_back({std::string("step ") + name + "." + key, words.first, shown(value), "number"});
    }
  }
  // The index by which pages and clients find metrics.
  const json keys = read_text(run, "historyKeys");
  const json* const index = json_at(keys, "keys");
  if (index == nullptr || !index->is_object() || !out.empty()) return out;
  std::vector<std::string> names = {"loss"};
  flatten(last_row(), "", names);
  for (const auto& name : names) {
    if (!index->contains(name)) out.push_back(missing_key(name, name, *index, "historyKeys " + name));
  }
  return out;
}

std::vector<WandbDifference> console_differences(const json& run) {
  std::vector<std::string> lines;
  if (const json* const edges = json_at(run, "logLines.edges"); edges != nullptr && edges->is_array()) {
    for (const auto& edge : *edges) lines.push_back(json_raw(edge, "node.line"));
  }
  std::vector<WandbDifference> out;
  const auto written = console();
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool there = std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return line.find(written[i]) != std::string::npos; });
    if (!there) out.push_back({"line " + std::to_string(i + 1), written[i], i < lines.size() ? for_display(lines[i], shown_limit) : "", i < lines.size() ? kind_of_change(written[i], "changed") : "missing"});
  }
  return out;
}

std::string random_bytes(std::size_t size) {
  std::random_device source;
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; i += sizeof(unsigned)) {
    const unsigned value = source();
    for (std::size_t k = 0; k < sizeof(unsigned) && i + k < size; ++k) out[i + k] = static_cast<char>(value >> (8 * k));
  }
  return out;
}

}  // namespace wbverify::wandb_written
