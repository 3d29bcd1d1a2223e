#include "engine/plan.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>

#include "util/text.hpp"

namespace wbverify {
namespace {

bool names_check(const std::string& pattern, const Plugin& plugin, const CheckSpec& check) {
  if (pattern == plugin.service || glob_match(pattern, check.id)) return true;
  if (std::find(check.tags.begin(), check.tags.end(), pattern) != check.tags.end()) return true;
  const auto slash = pattern.find('/');
  return slash != std::string::npos && glob_match(pattern.substr(0, slash), check.id);
}

/// Patterns as globs over ids, services and tags resolved to what they mean.
std::vector<std::string> resolve(const std::vector<std::string>& patterns, const std::vector<Plugin>& catalog, const char* option) {
  std::vector<std::string> out;
  for (const auto& pattern : patterns) {
    bool matched = false;
    std::vector<std::string> words;
    for (const auto& plugin : catalog) {
      words.push_back(plugin.service);
      for (const auto& check : plugin.checks) {
        words.push_back(check.id);
        words.insert(words.end(), check.tags.begin(), check.tags.end());
        if (!names_check(pattern, plugin, check)) continue;
        const bool row = pattern.find('/') != std::string::npos;
        const bool row_exists = check.rows.empty() || std::any_of(check.rows.begin(), check.rows.end(), [&](const auto& name) {
                                  return glob_match(pattern, check.id + "/" + name);
                                });
        if (row && !row_exists) continue;
        matched = true;
        out.push_back(row ? pattern : check.id);
      }
    }
    if (matched) continue;
    const std::string near = nearest(pattern, words);
    throw SelectionError(std::string(option) + " " + sanitize(pattern, 100) + ": no check, service or tag of that name" +
                         (near.empty() ? "" : "; nearest is " + near) + " (wbverify list shows them all)");
  }
  return out;
}

}  // namespace

bool selects(const std::vector<std::string>& patterns, std::string_view check, std::string_view id) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return glob_match(pattern, check) || glob_match(pattern, id); });
}

Plan make_plan(const std::vector<Plugin>& catalog, const Settings& settings, const Selection& selection) {
  Plan plan;
  plan.left_out = resolve(selection.skip, catalog, "--skip");
  plan.shown = selection.only.empty() ? std::vector<std::string>{"*"} : resolve(selection.only, catalog, "--only");

  std::map<std::string, const CheckSpec*> checks;
  std::map<std::string, const ProbeSpec*> probes;
  for (const auto& plugin : catalog) {
    for (const auto& probe : plugin.probes) probes[probe.id] = &probe;
    for (const auto& check : plugin.checks) checks[check.id] = &check;
  }

  // What is selected, and all that it needs.
  std::set<std::string> wanted_checks, wanted_probes;
  std::deque<std::string> open;
  const auto want = [&](const std::string& need) {
    const std::string id = need.substr(0, need.find('/'));
    if (!checks.contains(id)) throw std::logic_error("the catalogue has no check " + id + ", which is needed");
    if (std::find(plan.needed.begin(), plan.needed.end(), need) == plan.needed.end()) plan.needed.push_back(need);
    if (wanted_checks.insert(id).second) open.push_back(id);
  };
  const auto whole_check_left_out = [&](const std::string& id) {
    return std::find(plan.left_out.begin(), plan.left_out.end(), id) != plan.left_out.end();
  };
  const auto shown = [&](const CheckSpec& check) {
    return std::any_of(plan.shown.begin(), plan.shown.end(), [&](const std::string& pattern) {
      return glob_match(pattern.substr(0, pattern.find('/')), check.id);
    });
  };
  const auto is_left = [&](const std::string& pattern) {
    if (pattern.find('/') != std::string::npos) return !selects(plan.left_out, pattern.substr(0, pattern.find('/')), pattern);
    return std::any_of(checks.begin(), checks.end(), [&](const auto& check) { return glob_match(pattern, check.first) && !whole_check_left_out(check.first); });
  };
  if (!checks.empty() && std::none_of(plan.shown.begin(), plan.shown.end(), is_left)) {
    throw SelectionError(selection.only.empty() ? "no check is left: --skip removes every check" : "no check is left: --skip removes everything that --only names");
  }
  for (const auto& [id, check] : checks) {
    if (shown(*check) && !whole_check_left_out(id)) want(id);
  }
  // A check that is selected is not needed by that alone.
  plan.needed.clear();
  while (!open.empty()) {
    const CheckSpec& check = *checks.at(open.front());
    open.pop_front();
    if (whole_check_left_out(check.id)) continue;
    for (const auto& need : check.needs) want(need);
    std::deque<std::string> probe_ids{check.probe};
    while (!probe_ids.empty()) {
      const auto found = probes.find(probe_ids.front());
      probe_ids.pop_front();
      if (found == probes.end()) throw std::logic_error("the catalogue has a probe less than " + check.id + " needs");
      if (!wanted_probes.insert(found->first).second) continue;
      for (const auto& need : found->second->needs) want(need);
      for (const auto& read : found->second->reads) probe_ids.push_back(read);
    }
  }

  std::map<std::string, std::string> reasons;
  for (const auto& plugin : catalog) {
    for (const auto& probe : plugin.probes) {
      PlannedProbe planned;
      planned.spec = &probe;
      planned.wanted = wanted_probes.contains(probe.id);
      if (probe.skip) planned.skip_reason = probe.skip(settings);
      if (planned.skip_reason.empty() && selection.read_only && probe.writes) {
        planned.skip_reason = "It writes, and --read-only was given.";
      }
      if (planned.skip_reason.empty() && !planned.wanted) {
        const bool selected = std::any_of(plugin.checks.begin(), plugin.checks.end(), [&](const CheckSpec& check) { return check.probe == probe.id && shown(check); });
        planned.skip_reason = selected ? "Left out by --skip." : "Not selected by --only.";
      }
      reasons[probe.id] = planned.skip_reason;
      plan.probes.push_back(std::move(planned));
    }
    for (const auto& check : plugin.checks) {
      PlannedCheck planned;
      planned.spec = &check;
      planned.plugin = &plugin;
      planned.skip_reason = reasons[check.probe];
      planned.wanted = wanted_checks.contains(check.id) || shown(check);
      plan.checks.push_back(std::move(planned));
    }
  }
  return plan;
}

}  // namespace wbverify
