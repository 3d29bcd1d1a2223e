#include "walk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "checks/catalog.hpp"
#include "engine/judging.hpp"
#include "engine/record.hpp"
#include "fuzz/mutation.hpp"
#include "healthy.hpp"
#include "report/reporters.hpp"
#include "support/project_file.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify::walk {
namespace {

using fuzz::Random;
using nlohmann::json;
using Path = std::vector<std::string>;

json& at(json& value, const Path& path, std::size_t length) {
  json* found = &value;
  for (std::size_t i = 0; i < length; ++i) found = found->is_array() ? &(*found)[std::stoul(path[i])] : &(*found)[path[i]];
  return *found;
}

std::string normal(const json& root, const Path& path, const std::set<std::string>& maps) {
  std::string out;
  const json* value = &root;
  for (const auto& step : path) {
    const bool element = value->is_array() || maps.contains(out);
    value = value->is_array() ? &(*value)[std::stoul(step)] : &(*value)[step];
    out += "/" + (element ? std::string("*") : step);
  }
  return out;
}

void visit(const json& value, Path& path, const std::function<void(const Path&, const json&)>& see) {
  see(path, value);
  const auto into = [&](const std::string& step, const json& child) {
    path.push_back(step);
    visit(child, path, see);
    path.pop_back();
  };
  if (value.is_object()) {
    for (const auto& [name, child] : value.items()) into(name, child);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) into(std::to_string(i), value[i]);
  }
}

bool is_empty(const json& value) { return value.is_null() || (value.is_structured() && value.empty()); }

/// The facts as the probe's type keeps them; a discarded value when it refuses them.
json kept(const ProbeSpec& probe, const json& facts) {
  try {
    return parse_json(probe.decode(dump_json(facts)).encode());
  } catch (const json::exception&) {
    return json(json::value_t::discarded);
  }
}

/// Words and numbers that checks and clients know.
struct Vocabulary {
  std::vector<std::string> words;
  std::vector<std::int64_t> numbers = {0, 1, -1, 200, 204, 206, 301, 302, 307, 401, 403, 404, 413, 500, 502, 503, 599, 3306};
};

const Vocabulary& vocabulary() {
  static const Vocabulary known = [] {
    namespace fs = std::filesystem;
    std::set<std::string> words;
    std::set<std::int64_t> numbers;
    const std::regex word("\"([A-Za-z0-9_.:/*@ -]{1,40})\""), number("\\b[0-9]{1,12}\\b");
    for (const char* folder : {"checks", "src/clients"}) {
      for (const auto& entry : fs::recursive_directory_iterator(test::project_file(folder))) {
        if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
        std::ifstream in(entry.path());
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        for (std::sregex_iterator i(text.begin(), text.end(), word), end; i != end; ++i) words.insert((*i)[1]);
        for (std::sregex_iterator i(text.begin(), text.end(), number), end; i != end; ++i) numbers.insert(std::stoll((*i)[0]));
      }
    }
    Vocabulary out;
    out.words.assign(words.begin(), words.end());
    out.words.insert(out.words.end(), {"", "10.0.0.5", "127.0.0.1", "::1", "https://wandb.example.com", "db.example.com"});
    out.numbers.insert(out.numbers.end(), numbers.begin(), numbers.end());
    return out;
  }();
  return known;
}

void change_one(json& facts, Random& random) {
  std::vector<Path> all;
  Path path;
  visit(facts, path, [&](const Path& place, const json& value) {
    if (!place.empty() && !value.is_object()) all.push_back(place);
  });
  const Path& place = all[random.below(all.size())];
  json& value = at(facts, place, place.size());
  const auto& [words, numbers] = vocabulary();
  if (value.is_boolean()) {
    value = !value.get<bool>();
  } else if (value.is_string()) {
    value = random.below(4) == 0 ? "" : words[random.below(words.size())];
  } else if (value.is_number()) {
    value = numbers[random.below(numbers.size())];
  } else if (value.is_array() && !value.empty()) {
    if (random.below(2) == 0) {
      value.erase(random.below(value.size()));
    } else {
      value.push_back(json(value[random.below(value.size())]));
    }
  }
}

const Plugin& plugin_of(const ProbeSpec& probe) {
  for (const auto& plugin : catalog()) {
    if (std::any_of(plugin.probes.begin(), plugin.probes.end(), [&](const auto& each) { return &each == &probe; })) return plugin;
  }
  throw std::out_of_range(probe.id);
}

ProbeRecord record_of(const ProbeSpec& probe, const std::string& facts) {
  ProbeRecord record;
  record.info.id = probe.id;
  record.info.outcome = "done";
  record.facts = facts;
  return record;
}

}  // namespace

const std::vector<const ProbeSpec*>& probes() {
  static const std::vector<const ProbeSpec*> all = [] {
    std::vector<const ProbeSpec*> out;
    for (const auto& plugin : catalog()) {
      for (const auto& probe : plugin.probes) out.push_back(&probe);
    }
    return out;
  }();
  return all;
}

std::string Place::str() const { return "/" + join(path, "/") + (is_name ? " (name)" : ""); }

Shape shape_of(const ProbeSpec& probe) {
  Shape shape;
  json facts = kept(probe, json::object());
  std::set<std::string> seen;
  for (bool more = true; more;) {
    more = false;
    Path path, empty;
    visit(facts, path, [&](const Path& place, const json& value) {
      if (!more && is_empty(value) && !seen.contains("/" + join(place, "/"))) {
        more = true;
        empty = place;
      }
    });
    if (!more) break;
    seen.insert("/" + join(empty, "/"));
    const bool map = at(facts, empty, empty.size()).is_object(), list = at(facts, empty, empty.size()).is_array();
    bool filled = false;
    for (const json& inside : {json("x"), json::object(), json(0), json(true), json::array()}) {
      json tried = facts;
      at(tried, empty, empty.size()) = map ? json{{"name", inside}} : list ? json::array({inside}) : inside;
      tried = kept(probe, tried);
      if (tried.is_discarded() || is_empty(at(tried, empty, empty.size()))) continue;
      facts = std::move(tried);
      filled = true;
      break;
    }
    if (!filled) shape.unfilled.push_back("/" + join(empty, "/"));
    if (map) shape.maps.insert(normal(facts, empty, shape.maps));
  }
  Path path;
  json named = facts;
  visit(facts, path, [&](const Path& place, const json& value) {
    if (value.is_string()) at(named, place, place.size()) = place.back();
  });
  shape.filled = dump_json(named);
  return shape;
}

std::vector<Place> texts(const Shape& shape, const json& facts) {
  std::vector<Place> out;
  Path path;
  visit(facts, path, [&](const Path& place, const json& value) {
    if (value.is_string()) out.push_back({place, false});
    if (!value.is_object() || !shape.maps.contains(normal(facts, place, shape.maps))) return;
    for (const auto& [name, element] : value.items()) {
      Path inside = place;
      inside.push_back(name);
      out.push_back({std::move(inside), true});
    }
  });
  return out;
}

void put(json& facts, const Place& place, const std::string& text) {
  json& holder = at(facts, place.path, place.path.size() - 1);
  if (place.is_name) {
    json element = std::move(holder[place.path.back()]);
    holder.erase(place.path.back());
    holder[text] = std::move(element);
  } else {
    at(facts, place.path, place.path.size()) = text;
  }
}

std::vector<Place> new_kinds(const Shape& shape, const json& facts, const std::vector<Place>& places, std::set<std::string>& seen) {
  std::vector<Place> out;
  for (const auto& place : places) {
    if (seen.insert(normal(facts, place.path, shape.maps) + (place.is_name ? " (name)" : "")).second) out.push_back(place);
  }
  return out;
}

json sprinkled(json facts, const std::vector<Place>& places, std::uint64_t number, const std::function<std::string()>& text) {
  Random random(number);
  const std::size_t one_of = std::size_t{2} << number % 3;
  for (const auto& place : places) {
    if (!place.is_name && random.below(one_of) == 0) put(facts, place, text());
  }
  return facts;
}

std::vector<json> bases(const ProbeSpec& probe, const Shape& shape) {
  // About as long for the largest facts as for all others.
  const int steps = shape.filled.size() > 20000 ? 15 : 300;
  std::vector<json> pool;
  std::set<std::string> seen;
  const auto is_new = [&](const json& facts) {
    bool found = false;
    for (const auto& result : judge(probe, dump_json(facts), scene())) {
      const Finding& finding = result.finding;
      const std::string_view fix = finding.fix, how = finding.reproduce;
      found = seen.insert(result.check + "|" + std::string(name(finding.status)) + "|" + finding.cause + "|" + std::string(fix.substr(0, 12)) + "|" + std::string(how.substr(0, 12))).second || found;
    }
    return found;
  };
  std::vector<std::string> first = {shape.filled};
  if (const auto healthy = healthy_facts().find(probe.id); healthy != healthy_facts().end()) first.insert(first.end(), healthy->second.begin(), healthy->second.end());
  for (const auto& text : first) {
    pool.push_back(parse_json(text));
    is_new(pool.back());
  }
  Random random(1);
  for (int step = 0; step < steps; ++step) {
    json facts = pool[random.below(pool.size())];
    for (std::size_t times = 1 + random.below(4); times > 0; --times) change_one(facts, random);
    facts = kept(probe, facts);
    if (!facts.is_discarded() && is_new(facts)) pool.push_back(std::move(facts));
  }
  return pool;
}

Scene scene() {
  Scene out;
  out.run_id = "0123456789abcdef";
  out.started = 1795608000000;   // 2026-11-25 12:00:00 UTC
  out.home = "/etc/wandb.env";
  int line = 0;
  for (const char* name : {"HOST", "MYSQL", "BUCKET", "WANDB_API_KEY"}) out.settings[name] = {name, "", "env-file", "/etc/wandb.env", ++line, "value"};
  out.options = {"--env-file", "/etc/wandb.env"};
  return out;
}

std::vector<CheckResult> judge(const ProbeSpec& probe, const std::string& facts, const Scene& scene) {
  std::vector<CheckResult> out;
  const ProbeRecord record = record_of(probe, facts);
  const Facts decoded = probe.decode(facts);
  for (const auto& plugin : catalog()) {
    for (const auto& check : plugin.checks) {
      if (check.probe != probe.id) continue;
      Judging judging({&check}, scene, {"*"}, {}, {"*"});
      judging.probe_ended(record, decoded);
      judging.settle();
      if (auto results = judging.results(0)) std::move(results->begin(), results->end(), std::back_inserter(out));
    }
  }
  return out;
}

std::string replayed(const ProbeSpec& probe, const std::string& facts) {
  Record record;
  record.scene = scene();
  record.probes[probe.id] = record_of(probe, facts);
  return decode_record(encode_record(record)).value().probes.at(probe.id).facts;
}

std::string shown(const ProbeSpec& probe, const std::string& facts, const Scene& scene) {
  Report report;
  report.run.target = "https://wandb.example.com";
  report.results = judge(probe, facts, scene);
  const ProbeRecord ended = record_of(probe, facts);
  report.probes.push_back(ended.info);
  std::ostringstream out;
  TerminalStyle style;
  style.verbose = style.unicode = true;
  style.width = 120;
  TerminalReporter terminal(out, style);
  terminal.heading(report.run);
  for (const auto& result : report.results) terminal.result(plugin_of(probe), result);
  terminal.pause();
  terminal.finish(report, {});
  Record record;
  record.scene = scene;
  record.run = report.run;
  record.probes[probe.id] = ended;
  return out.str() + render_json(report) + encode_record(record);
}

}  // namespace wbverify::walk
