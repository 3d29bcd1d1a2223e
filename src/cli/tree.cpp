#include "cli/tree.hpp"

#include <algorithm>

#include "config/config_file.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// An option that takes one value, which `read` accepts or refuses with what is expected instead.
template <class Read>
CLI::Option* add_value(CLI::App& command, const std::string& name, const std::string& type,
                       const std::string& description, Read read) {
  return command
      .add_option_function<std::string>(
          name,
          [name, read](const std::string& value) {
            const std::string expected = read(value);
            if (!expected.empty()) throw CLI::ValidationError(name + " " + sanitize(value, 80), expected);
          },
          description)
      ->type_name(type)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                      const std::string& type, const std::string& description) {
  return command.add_option(name, values, description)->type_name(type)->allow_extra_args(false);
}

/// A value that looks like an option is a value forgotten.
std::string file_name(const std::string& value) {
  return value.empty() || value.starts_with("--") ? "a file name is expected" : "";
}

}  // namespace

Tree::Tree(Arguments& arguments) : arguments_(arguments), app_("", "wbverify") {
  app_.set_help_flag();
  app_.require_subcommand(1);

  CLI::App& run = command("run", "Verify the installation and print a report (the default)");
  add_sources(run);
  add_selection(run);
  add_timing(run);
  add_fail_on(run);
  add_format(run, {"terminal", "json"});
  add_files(run);
  add_look(run);
  run.add_flag("--no-progress", arguments_.no_progress, "No progress line")->group("Output");

  CLI::App& plan = command("plan", "Print every host, query and object that a run would touch");
  add_sources(plan);
  add_selection(plan);
  add_format(plan, {"terminal", "json"});
  add_colour(plan);

  CLI::App& config = command("config", "Print every setting and where it came from, without secrets");
  add_sources(config);
  add_format(config, {"terminal", "json"});

  CLI::App& list = command("list", "Print all checks, or those that the patterns name");
  list.add_option("PATTERN", arguments_.patterns, "Id, glob (mysql.*), service or tag");
  add_format(list, {"terminal", "json", "markdown"});
  add_colour(list);

  CLI::App& explain = command("explain", "Say what a check looks at, why it matters and how to mend it");
  explain.add_option("ID", arguments_.operand, "Id of a check, or the cause of a failure")->required();
  add_format(explain, {"terminal", "markdown"});
  add_colour(explain);

  CLI::App& replay = command("replay", "Judge a recorded run again, without the network");
  add_value(replay, "FILE", "", "What --record wrote, - for standard input", [this](const std::string& value) {
    arguments_.operand = value;
    return file_name(value);
  })->required();
  add_fail_on(replay);
  add_format(replay, {"terminal", "json"});
  add_value(replay, "--output", "FILE", "Write the JSON report there as well", [this](const std::string& value) {
    arguments_.output = value;
    return file_name(value);
  })->group("Output");
  add_look(replay);

  CLI::App& cleanup = command("cleanup", "Remove what a killed run left behind");
  cleanup.add_flag("--dry-run", arguments_.dry_run, "Only print what would be removed");
  cleanup.add_flag("--wandb-verify", arguments_.wandb_verify, "Also what wandb verify left on the server, after showing it");
  cleanup.add_flag("--all", arguments_.all, "Also what wbverify left that no journal here lists, older than an hour, after showing it");
  cleanup.add_flag("--yes", arguments_.yes, "Remove that without asking");
  add_timing(cleanup);
  add_sources(cleanup);

  CLI::App& version = command("version", "Print the versions of wbverify and its libraries");
  version.add_flag("--short", arguments_.short_version, "Only the version of wbverify");

  command("schema", "Print the JSON Schema of the report");
}

CLI::App& Tree::command(const std::string& name, const std::string& description) {
  CLI::App& command = *app_.add_subcommand(name, description);
  command.set_help_flag("-h,--help", "Print this help")->group("Help");
  return command;
}

void Tree::add_sources(CLI::App& command) {
  const std::string group = "Where the settings are";
  add_value(command, "--config", "FILE", "Instead of /etc/wbverify/wbverify.yaml", [this](const std::string& value) {
    arguments_.config_file = value;
    return file_name(value);
  })->group(group);
  add_list(command, "--env-file", arguments_.env_files, "FILE", "Environment file of the server; repeatable")
      ->group(group);
  add_list(command, "--ca-file", arguments_.ca_files, "FILE", "PEM file of a CA to trust as well; repeatable")
      ->group(group);
  add_value(command, "--dns-server", "ADDR:PORT", "Resolve names there, not at the system's servers",
            [this](const std::string& value) {
              const auto server = parse_dns_server(value);
              if (!server)
                return std::string("an IP address with a port is expected, such as 192.0.2.1:53 or [2001:db8::1]:53");
              arguments_.dns_server = *server;
              return std::string();
            })
      ->group(group);
  add_value(command, "--api-key-file", "FILE", "W&B API key to log in with, alone on one line",
            [this](const std::string& value) {
              arguments_.api_key_file = value;
              return file_name(value);
            })
      ->group(group);
  add_list(command, "--entity", arguments_.entities, "NAME",
           "Team or user where runs are made, instead of the key's default; repeatable")
      ->check(
          [](const std::string& value) {
            return is_entity_name(value)
                       ? std::string()
                       : "a team's or user's name is expected, as in HOST/NAME, not " + sanitize(value, 80);
          },
          "")
      ->group(group);
}

void Tree::add_selection(CLI::App& command) {
  const std::string group = "Which checks";
  add_list(command, "--only", arguments_.only, "PATTERN", "Only these: id, mysql.*, service, tag; repeatable")
      ->delimiter(',')
      ->group(group);
  add_list(command, "--skip", arguments_.skip, "PATTERN", "All but these; repeatable")->delimiter(',')->group(group);
  command.add_flag("--read-only", arguments_.read_only, "Leave out everything that writes to a service")->group(group);
  command
      .add_flag("--deep", arguments_.deep, "Also transfer large files: 64 MiB, and find the size limits")
      ->group(group);
}

void Tree::add_timing(CLI::App& command) {
  const std::string group = "Time";
  const auto duration = [](std::chrono::milliseconds& into, std::chrono::milliseconds least) {
    return [&into, least](const std::string& value) {
      const auto parsed = parse_duration(value);
      if (!parsed) return std::string("a whole number and a unit are expected, such as 20s, 2m or 1500ms");
      if (*parsed < least) return "at least " + std::to_string(least.count()) + "ms are needed";
      into = *parsed;
      return std::string();
    };
  };
  using std::chrono::milliseconds;
  add_value(command, "--timeout", "DURATION", "Time limit, 50ms or more: 20s, 2m (default 60s)",
            duration(arguments_.timeout, milliseconds(50)))
      ->group(group);
  if (command.get_name() != "run") return;
  add_value(command, "--wait", "DURATION", "Run again until nothing fails, this long at most",
            duration(arguments_.wait, milliseconds(0)))
      ->group(group);
}

void Tree::add_fail_on(CLI::App& command) {
  add_value(command, "--fail-on", "fail|warn", "When the exit status is not 0 (default fail)",
            [this](const std::string& value) {
              if (value != "fail" && value != "warn") return std::string("fail or warn is expected");
              arguments_.fail_on = value == "warn" ? FailOn::warn : FailOn::fail;
              return std::string();
            })
      ->group("Output");
}

void Tree::add_format(CLI::App& command, std::vector<std::string> formats) {
  const std::string type = join(formats, "|");
  add_value(
      command, "--format", type, "What to print (default terminal)",
      [this, formats = std::move(formats)](const std::string& value) {
        if (std::find(formats.begin(), formats.end(), value) == formats.end())
          return join(formats, " or ") + " is expected";
        arguments_.format = value == "json" ? Format::json : value == "markdown" ? Format::markdown : Format::terminal;
        return std::string();
      })
      ->group("Output");
}

void Tree::add_files(CLI::App& command) {
  add_value(command, "--output", "FILE", "Write the JSON report there as well", [this](const std::string& value) {
    arguments_.output = value;
    return file_name(value);
  })->group("Output");
  add_value(command, "--record", "FILE", "Write what was seen there, for wbverify replay",
            [this](const std::string& value) {
              arguments_.record = value;
              return file_name(value);
            })
      ->group("Output");
}

void Tree::add_look(CLI::App& command) {
  command.add_flag("-v,--verbose", arguments_.verbose, "Every check on a line of its own")->group("Output");
  command.add_flag("-q,--quiet", arguments_.quiet, "Only what did not pass")->group("Output");
  add_colour(command);
}

void Tree::add_colour(CLI::App& command) {
  add_value(command, "--color", "auto|always|never", "Colours (default auto)", [this](const std::string& value) {
    if (value != "auto" && value != "always" && value != "never")
      return std::string("auto, always or never is expected");
    arguments_.colour = value == "always"  ? ColourChoice::always
                        : value == "never" ? ColourChoice::never
                                           : ColourChoice::automatic;
    return std::string();
  })->group("Output");
}

std::vector<std::string> Tree::commands() const {
  std::vector<std::string> names;
  for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

const CLI::Option* Tree::find(const std::string& option) const {
  for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
    if (const CLI::Option* found = command->get_option_no_throw(option)) return found;
  }
  return nullptr;
}

}  // namespace wbverify
