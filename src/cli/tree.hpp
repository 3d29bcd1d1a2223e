#pragma once
// The command tree. The only header of this room that sees CLI11, and included by two files alone: it is heavy.
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/arguments.hpp"

namespace wbverify {

/// Every command with its options, bound to one Arguments.
class Tree {
 public:
  explicit Tree(Arguments& arguments);
  CLI::App& app() { return app_; }
  std::vector<std::string> commands() const;
  /// The option of that name, of whatever command; null when no command has it.
  const CLI::Option* find(const std::string& option) const;

 private:
  CLI::App& command(const std::string& name, const std::string& description);
  void add_sources(CLI::App& command);
  void add_selection(CLI::App& command);
  void add_timing(CLI::App& command);
  void add_fail_on(CLI::App& command);
  void add_format(CLI::App& command, std::vector<std::string> formats);
  void add_files(CLI::App& command);
  void add_look(CLI::App& command);
  void add_colour(CLI::App& command);

  Arguments& arguments_;
  CLI::App app_;
};

/// The help of one command.
std::string command_help(const CLI::App& command);
/// The help of the program: commands, options of a run, exit statuses, examples.
std::string program_help(const Tree& tree, const CLI::App& run);

}  // namespace wbverify
