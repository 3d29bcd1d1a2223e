#include <algorithm>

#include "cli/tree.hpp"
#include "config/config_file.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string in_quotes(const std::string& word) { return "`" + sanitize(word, 80) + "`"; }

std::string with_nearest(const std::string& text, const std::string& near, const std::string& otherwise) {
  return text + "; " + (near.empty() ? otherwise : "nearest is " + near);
}

[[noreturn]] void unexpected(const CLI::App& command, const std::string& word) {
  if (!word.starts_with('-'))
    throw UsageError(command.get_name() + " takes no further word, and " + in_quotes(word) + " is one");
  std::vector<std::string> options;
  for (const CLI::Option* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) options.push_back("--" + name);
  }
  const std::string name = word.substr(0, word.find('='));
  throw UsageError(with_nearest(command.get_name() + " has no option " + in_quotes(name), nearest(name, options),
                                "see wbverify " + command.get_name() + " --help"));
}

/// Where the command stands: the first word that is neither an option nor the value of one.
std::size_t command_place(const std::vector<std::string>& arguments, Tree& tree) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") break;
    if (!word.starts_with('-') || word == "-") return i;
    if (!word.starts_with("--") || word == "--help" || word == "--version") continue;
    const CLI::Option* option = tree.find(word.substr(0, word.find('=')));
    if (option == nullptr) unexpected(*tree.app().get_subcommand("run"), word);
    if (option->get_items_expected_max() > 0 && word.find('=') == std::string::npos) ++i;
  }
  return arguments.size();
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& given) {
  Arguments arguments;
  Tree tree(arguments);
  CLI::App& app = tree.app();
  const CLI::App& run = *app.get_subcommand("run");
  std::vector<std::string> words = given;

  const std::size_t place = command_place(words, tree);
  const auto asked = [&](const char* option) {
    return std::find(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(place), option) !=
           words.begin() + static_cast<std::ptrdiff_t>(place);
  };
  if (asked("--help") || asked("-h")) throw HelpRequest(program_help(tree, run));
  std::string name = "run";
  if (asked("--version")) {
    name = "version";
    words = {"--short"};
  } else if (place < words.size()) {
    name = words[place];
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(place));
    if (name == "help") {
      if (words.empty()) throw HelpRequest(program_help(tree, run));
      name = words.front();
      words = {"--help"};
    }
    const auto commands = tree.commands();
    if (std::find(commands.begin(), commands.end(), name) == commands.end()) {
      throw UsageError(with_nearest("there is no command " + in_quotes(name), nearest(name, commands),
                                    "wbverify --help lists them all"));
    }
  }
  arguments.command = name;
  const CLI::App& command = *app.get_subcommand(name);
  if (std::find(words.begin(), words.end(), "--help") != words.end() ||
      std::find(words.begin(), words.end(), "-h") != words.end()) {
    throw HelpRequest(command_help(command));
  }

  words.insert(words.begin(), name);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(std::move(words));
  } catch (const CLI::ExtrasError&) {
    const auto rest = app.remaining(true);
    unexpected(command, rest.empty() ? std::string() : rest.front());
  } catch (const CLI::RequiredError& error) {
    throw UsageError(name + ": " + sanitize(error.what(), 300));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    throw UsageError(sanitize(text.substr(0, text.find(':')), 80) + " needs a value");
  } catch (const CLI::ParseError& error) {
    throw UsageError(sanitize(error.what(), 300));
  }

  if (arguments.entities.size() > most_entities) throw UsageError("--entity: at most " + std::to_string(most_entities) + " can be given");
  if (arguments.verbose && arguments.quiet) throw UsageError("--verbose and --quiet contradict each other");
  const int on_stdout = (arguments.format == Format::json ? 1 : 0) + (arguments.output == "-" ? 1 : 0) +
                        (arguments.record == "-" ? 1 : 0);
  if (on_stdout > 1) throw UsageError("only one of --format json, --output - and --record - can go to standard output");
  return arguments;
}

}  // namespace wbverify
