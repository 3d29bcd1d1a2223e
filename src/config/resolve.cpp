#include "config/resolve.hpp"

#include <algorithm>
#include <optional>

#include "config/expand.hpp"
#include "config/url.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_canonical(const Candidate& candidate) { return candidate.place.alias.empty(); }
bool is_misprint(const Variable& variable, const Candidate& candidate) {
  return !variable.misprint.empty() && candidate.place.alias == variable.misprint;
}
bool same_source(const Candidate& a, const Candidate& b) { return a.place.kind == b.place.kind && a.place.file == b.place.file; }

/// The variable that a name resembles when it is none itself.
const Variable* resembled(const std::string& name) {
  constexpr std::size_t shortest = 4;
  if (name.size() < shortest || name.size() > 64) return nullptr;
  return find_variable(nearest(name, variable_names()));
}

}  // namespace

std::string origin_text(const SettingView& place) {
  Scene scene;
  scene.settings[place.name] = place;
  return scene.origin(place.name);
}

void Resolver::add(const std::string& name, Candidate candidate) {
  values_[name] = candidate.value;
  const Variable* const variable = find_variable(name);
  if (variable == nullptr) {
    candidate.place.name = name;
    unknown_[name] = std::move(candidate);
    return;
  }
  candidate.place.name = std::string(variable->name);
  if (name != variable->name) candidate.place.alias = name;
  known_[candidate.place.name].push_back(std::move(candidate));
}

std::string Resolver::expanded(const std::string& value) const {
  return expand_references(value, [this](const std::string& name) -> std::optional<std::string> {
    const auto at = values_.find(name);
    return at == values_.end() ? std::nullopt : std::optional(at->second);
  });
}

void Resolver::report_conflict(const Variable& variable, const std::vector<Candidate>& candidates, const Candidate& winner, std::vector<SettingIssue>& issues) const {
  // The netrc is asked only when nobody else has a key; an empty one elsewhere is no other opinion.
  if (winner.place.kind == "netrc") return;
  const std::string value = expanded(winner.value);
  const auto shown = [&](const Candidate& candidate) {
    if (candidate.value.empty()) return origin_text(candidate.place) + " (empty)";
    return origin_text(candidate.place) + (variable.sensitivity == Sensitivity::open ? " (" + sanitize(candidate.value, 80) + ")" : "");
  };
  std::vector<std::string> others;
  bool one_file = true, aliases = false;
  for (const Candidate& candidate : candidates) {
    if (&candidate == &winner || expanded(candidate.value) == value) continue;
    others.push_back(shown(candidate));
    one_file = one_file && same_source(candidate, winner);
    aliases = aliases || candidate.place.alias != winner.place.alias;
  }
  if (others.empty()) return;
  SettingIssue issue;
  issue.setting = variable.name;
  issue.kind = "conflict";
  issue.cause = aliases ? "aliases-differ" : one_file ? "repeated" : "sources-differ";
  issue.observed = shown(winner) + " counts; another value stands at " + join(others, " and ") + ".";
  issue.expected = "One value. Names that mean the same must hold the same.";
  issue.fix = "Keep the right one and remove the " + std::string(others.size() == 1 ? "other." : "others.");
  issues.push_back(std::move(issue));
}

const Candidate& Resolver::winner_of(const Variable& variable, const std::vector<Candidate>& candidates) {
  const Candidate* winner = &candidates.front();
  for (const Candidate& candidate : candidates) {
    if (is_misprint(variable, candidate) && !is_misprint(variable, *winner)) continue;
    // The later source wins; within one source the proper name does.
    const bool weaker = same_source(candidate, *winner) && is_canonical(*winner) && !is_canonical(candidate);
    if (!weaker) winner = &candidate;
  }
  return *winner;
}

std::optional<Resolved> Resolver::strongest(std::string_view name) const {
  const Variable* const variable = find_variable(name);
  const auto at = variable == nullptr ? known_.end() : known_.find(std::string(variable->name));
  if (at == known_.end()) return std::nullopt;
  const Candidate& winner = winner_of(*variable, at->second);
  return Resolved{variable, winner.place, expanded(winner.value), is_misprint(*variable, winner)};
}

std::vector<Resolved> Resolver::settle(std::vector<SettingIssue>& issues) const {
  std::vector<Resolved> out;
  for (const Variable& variable : variables()) {
    const auto at = known_.find(std::string(variable.name));
    if (at == known_.end()) continue;
    const Candidate& winner = winner_of(variable, at->second);
    report_conflict(variable, at->second, winner, issues);
    out.push_back({&variable, winner.place, expanded(winner.value), is_misprint(variable, winner)});
  }
  for (const Resolved& stranger : misspelt()) {
    SettingIssue issue;
    issue.setting = stranger.place.name;
    issue.kind = "suspicious";
    issue.cause = "misspelt-name";
    issue.observed = "No server reads a variable of the name " + stranger.place.name + ".";
    issue.expected = nearest(stranger.place.name, variable_names()) + ", probably.";
    issue.fix = "Correct the name.";
    issues.push_back(std::move(issue));
  }
  return out;
}

std::vector<Resolved> Resolver::misspelt() const {
  std::vector<Resolved> out;
  for (const auto& [name, candidate] : unknown_) {
    if (const Variable* const variable = resembled(name)) out.push_back({variable, candidate.place, candidate.value, false});
  }
  return out;
}

}  // namespace wbverify
