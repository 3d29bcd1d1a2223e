#pragma once
// One function a command, each in the file of its name. They return the exit status; what goes wrong on the way is
// thrown and told by cli_main.
#include <stop_token>
#include <string>

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "config/settings.hpp"
#include "engine/plan.hpp"

namespace wbverify {

int run_command(const Arguments& arguments, Context& context);
int plan_command(const Arguments& arguments, Context& context);
int config_command(const Arguments& arguments, Context& context);
int list_command(const Arguments& arguments, Context& context);
int explain_command(const Arguments& arguments, Context& context);
int replay_command(const Arguments& arguments, Context& context);
int cleanup_command(const Arguments& arguments, Context& context);
int version_command(const Arguments& arguments, Context& context);
int schema_command(const Arguments& arguments, Context& context);

/// 16 hexadecimal digits from the kernel's random numbers.
std::string new_run_id();
/// The settings that the arguments and the environment lead to. Throws ConfigError.
Settings settings_of(const Arguments& arguments, const Context& context);
/// Throws SelectionError.
Plan plan_of(const Arguments& arguments, const Settings& settings);

/// Undoes what dead runs left behind in the systems to which the plan writes, and tells about it: a line for each system and
/// outcome, however many things there are.
void undo_dead_runs(const Plan& plan, const Settings& settings, Context& context, Deadline deadline, const std::stop_token& stop);

}  // namespace wbverify
