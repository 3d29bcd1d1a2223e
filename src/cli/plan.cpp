#include "engine/plan.hpp"

#include <algorithm>

#include "cli/commands.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

std::vector<Touch> touches_of(const PlannedProbe& probe, const Settings& settings) {
  return probe.skip_reason.empty() && probe.spec->touches ? probe.spec->touches(settings) : std::vector<Touch>();
}

/// Ids of the checks that look at the probe's facts.
std::vector<std::string> checks_of(const Plan& plan, const std::string& probe) {
  std::vector<std::string> ids;
  for (const auto& check : plan.checks) {
    if (check.wanted && check.spec->probe == probe) ids.push_back(check.spec->id);
  }
  return ids;
}

std::string as_json(const Plan& plan, const Settings& settings) {
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
                      {"runs", probe.skip_reason.empty()},
                      {"reason", fit(exact, probe.skip_reason)},
                      {"writes", probe.spec->writes},
                      {"needs", probe.spec->needs},
                      {"checks", checks_of(plan, probe.spec->id)},
                      {"touches", std::move(touches)}});
  }
  return dump_json(nlohmann::ordered_json({{"schema", "wbverify-plan/1"}, {"probes", std::move(probes)}}), 2) + "\n";
}

void put_hanging(std::string& out, const std::string& first, std::size_t indent, const std::string& text,
                 const TerminalStyle& style) {
  const auto lines = wrap(fit(style, text), static_cast<std::size_t>(style.width) - indent);
  for (const auto& line : lines) out += (&line == &lines.front() ? first : std::string(indent, ' ')) + line + "\n";
}

std::string as_text(const Plan& plan, const Settings& settings, const TerminalStyle& style) {
  std::string out, skipped;
  std::size_t running = 0, writing = 0;
  for (const auto& probe : plan.probes) {
    if (!probe.skip_reason.empty()) {
      put_hanging(skipped, pad(probe.spec->id, 16) + "  ", 18, probe.skip_reason, style);
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
    context.out << as_json(plan, settings);
  } else {
    context.out << as_text(plan, settings, style_of(arguments, context, context.out));
  }
  return 0;
}

}  // namespace wbverify
