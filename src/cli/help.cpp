#include <algorithm>

#include "cli/tree.hpp"
#include "report/layout.hpp"
#include "report/reporters.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t width = 80;

/// `  left        right`, the right side wrapped in its column.
std::string two_columns(const std::string& left, const std::string& right, std::size_t column) {
  std::string out = "  " + left;
  if (left.size() + 4 > column) {
    out += "\n" + std::string(column, ' ');
  } else {
    out += std::string(column - left.size() - 2, ' ');
  }
  const auto lines = wrap(right, width - column);
  for (const auto& line : lines) out += (&line == &lines.front() ? "" : std::string(column, ' ')) + line + "\n";
  return out;
}

std::string name_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  std::string out = join(names, ", ");
  if (option.get_items_expected_max() > 0 && !option.get_positional()) out += " " + option.get_type_name();
  return out;
}

std::string options_of(const CLI::App& command) {
  constexpr std::size_t column = 31;
  std::vector<std::string> groups;
  for (const CLI::Option* option : command.get_options()) {
    const auto& group = option->get_group();
    if (!option->get_positional() && std::find(groups.begin(), groups.end(), group) == groups.end())
      groups.push_back(group);
  }
  // Help itself stands last.
  std::stable_partition(groups.begin(), groups.end(), [](const auto& group) { return group != "Help"; });
  std::string out;
  for (const auto& group : groups) {
    out += "\n" + group + ":\n";
    for (const CLI::Option* option : command.get_options()) {
      if (!option->get_positional() && option->get_group() == group)
        out += two_columns(name_of(*option), option->get_description(), column);
    }
  }
  return out;
}

}  // namespace

std::string command_help(const CLI::App& command) {
  std::string usage = "Usage: wbverify " + command.get_name() + " [OPTIONS]", positionals;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    usage += option->get_required() ? " " + option->get_name() : " [" + option->get_name() + "…]";
    positionals += two_columns(option->get_name(), option->get_description(), 31);
  }
  return usage + "\n\n" + command.get_description() + ".\n" + (positionals.empty() ? "" : "\n" + positionals) +
         options_of(command);
}

std::string program_help(const Tree& tree, const CLI::App& run) {
  std::string out =
      "Usage: wbverify [COMMAND] [OPTIONS]\n\n"
      "Verifies a self-hosted W&B Server: names what is wrong and how to mend it.\n\n"
      "Commands:\n";
  for (const auto& name : tree.commands())
    out += two_columns(name, run.get_parent()->get_subcommand(name)->get_description(), 12);
  out += "\nOptions of run, also without the word (wbverify COMMAND --help for the others):\n" + options_of(run) +
         "\nExit status:\n";
  for (const int status : {0, 1, 2, 3, 64, 70, 74, 77, 78})
    out += two_columns(std::to_string(status), exit_status_meaning(status), 8);
  return out +
         "\nExamples:\n"
         "  wbverify --env-file /etc/wandb.env           verify what that file describes\n"
         "  wbverify --only mysql --only bucket -v       two services, every check\n"
         "  wbverify --wait 10m --format json            after an upgrade, from a script\n"
         "  wbverify explain mysql.login                 what that check means\n";
}

}  // namespace wbverify
