#include "engine/plan.hpp"

#include <algorithm>

#include "checks/catalog.hpp"
#include "cli/commands.hpp"
#include "cli/leftovers.hpp"
#include "engine/journal_file.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

std::vector<Touch> touches_of(const PlannedProbe& probe, const Settings& settings) {
  return probe.skip_reason.empty() && probe.spec->touches ? probe.spec->touches(settings) : std::vector<Touch>();
}

/// Why the probe does nothing here; empty when it runs. One that has nothing to touch waits for a setting that is missing or wrong.
std::string why_left_out(const PlannedProbe& probe, const Settings& settings) {
  if (!probe.skip_reason.empty() || !probe.spec->touches || !probe.spec->touches(settings).empty()) return probe.skip_reason;
  return "A setting that it needs is missing or wrong: wbverify config shows them.";
}

/// What dead runs left in the systems to which the plan writes: removed first.
std::vector<LeftoverCount> left_behind(const Plan& plan, const Settings& settings, const Context& context) {
  return count_left(scan_journals(journal_directory(context.environment)).leftovers, undoers_of(catalog(), plan), settings, true);
}

/// Ids of the checks that look at the probe's facts.
std::vector<std::string> checks_of(const Plan& plan, const std::string& probe) {
  std::vector<std::string> ids;
  for (const auto& check : plan.checks) {
    if (check.wanted && check.spec->probe == probe) ids.push_back(check.spec->id);
  }
  return ids;
}

std::string as_json(const Plan& plan, const Settings& settings, const std::vector<LeftoverCount>& left) {
  const TerminalStyle exact{false, true, false, false, 120, 0};
  nlohmann::ordered_json probes = nlohmann::ordered_json::array();
  for (const auto& probe : plan.probes) {
    nlohmann::ordered_json touches = nlohmann::ordered_json::array();
    for (const auto& touch : touches_of(probe, settings)) {
      touches.push_back({{"target", fit(exact, touch.target)},
                         {"action", fit(exact, touch.action)},
                         {"writes", touch.writes},
                         {"bytes", fit(exact, touch.bytes)}});
    }
    probes.push_back({{"id", probe.spec->id},
                      {"runs", why_left_out(probe, settings).empty()},
                      {"reason", fit(exact, why_left_out(probe, settings))},
                      {"writes", probe.spec->writes},
                      {"needs", probe.spec->needs},
                      {"checks", checks_of(plan, probe.spec->id)},
                      {"touches", std::move(touches)}});
  }
  nlohmann::ordered_json left_behind = nlohmann::ordered_json::array();
  for (const auto& [kind, where, count] : left) left_behind.push_back({{"kind", fit(exact, kind)}, {"target", fit(exact, where)}, {"count", count}});
  return dump_json(nlohmann::ordered_json({{"schema", "wbverify-plan/1"}, {"probes", std::move(probes)}, {"left_behind", std::move(left_behind)}}), 2) + "\n";
}

void put_hanging(std::string& out, const std::string& first, std::size_t indent, const std::string& text,
                 const TerminalStyle& style) {
  const auto lines = wrap(fit(style, text), static_cast<std::size_t>(style.width) - indent);
  for (const auto& line : lines) out += (&line == &lines.front() ? first : std::string(indent, ' ')) + line + "\n";
}

std::string as_text(const Plan& plan, const Settings& settings, const std::vector<LeftoverCount>& left, const TerminalStyle& style) {
  std::string out, skipped;
  for (const auto& [kind, where, count] : left) {
    if (out.empty()) out = paint(style, Ink::strong, "First") + "  " + paint(style, Ink::aside, "what earlier runs left behind") + "\n";
    out += "  " + fit(style, where) + "\n";
    put_hanging(out, "    " + paint(style, Ink::warn, "write") + "  ", 11, "look for " + count_of(count, kind) + ", and remove what is there", style);
  }
  if (!left.empty()) out += '\n';
  std::size_t running = 0, writing = 0;
  for (const auto& probe : plan.probes) {
    if (const std::string reason = why_left_out(probe, settings); !reason.empty()) {
      put_hanging(skipped, pad(probe.spec->id, 16) + "  ", 18, reason, style);
      continue;
    }
    ++running;
    writing += probe.spec->writes ? 1 : 0;
    const std::size_t checks = checks_of(plan, probe.spec->id).size();
    out += paint(style, Ink::strong, probe.spec->id) + "  " +
           paint(style, Ink::aside, "for " + count_of(checks, "check")) + "\n";
    std::string target;
    for (const auto& touch : touches_of(probe, settings)) {
      if (touch.target != target) out += "  " + fit(style, touch.target) + "\n";
      target = touch.target;
      put_hanging(out, "    " + (touch.writes ? paint(style, Ink::warn, "write") : "read ") + "  ", 11,
                  touch.action + (touch.bytes.empty() ? "" : ", " + touch.bytes), style);
    }
    if (target.empty()) out += "  nothing outside this machine\n";
    out += '\n';
  }
  if (!skipped.empty()) out += paint(style, Ink::strong, "Left out") + "\n" + skipped + "\n";
  const std::string writers = writing == 0 ? "none of them writes"
                                           : std::to_string(writing) + " of them " +
                                                 (writing == 1 ? "writes" : "write") + ", unless --read-only is given";
  return out + count_of(running, "probe") + (running == 1 ? " runs; " : " run; ") + writers + ".\n";
}

}  // namespace

int plan_command(const Arguments& arguments, Context& context) {
  const Settings settings = settings_of(arguments, context);
  const Plan plan = plan_of(arguments, settings);
  if (arguments.format == Format::json) {
    context.out << as_json(plan, settings, left_behind(plan, settings, context));
  } else {
    context.out << as_text(plan, settings, left_behind(plan, settings, context), style_of(arguments, context, context.out));
  }
  return 0;
}

}  // namespace wbverify
