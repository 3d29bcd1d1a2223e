#pragma once
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "report/reporters.hpp"

namespace wbverify {

enum class Format { terminal, json, markdown };
enum class ColourChoice { automatic, always, never };

/// Everything that the command line said. Nothing after this looks at argv.
struct Arguments {
  std::string command;                ///< `run` when none was named
  std::string operand;                ///< ID of explain, FILE of replay
  std::vector<std::string> patterns;  ///< of list

  std::string config_file;
  std::vector<std::string> env_files, ca_files;
  std::string dns_server;  ///< `192.0.2.1:53`, `[2001:db8::1]:53`
  std::string api_key_file;
  std::vector<std::string> entities;

  std::vector<std::string> only, skip;
  bool read_only = false;
  bool deep = false;

  std::chrono::milliseconds timeout{60000};
  std::chrono::milliseconds wait{0};  ///< 0: one attempt
  std::optional<FailOn> fail_on;      ///< none: FailOn::fail, or for a replay what the run was judged with

  Format format = Format::terminal;
  std::string output, record;  ///< files, `-` for standard output; empty: none
  bool verbose = false, quiet = false, no_progress = false;
  ColourChoice colour = ColourChoice::automatic;

  bool dry_run = false;        ///< cleanup
  bool wandb_verify = false;   ///< cleanup: what `wandb verify` left, too
  bool all = false;            ///< cleanup: what wbverify left and no journal lists, too
  bool yes = false;            ///< cleanup: without asking
  bool short_version = false;  ///< version
};

/// The command line is wrong: exit status 64. what() says what to write instead.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Help was asked for: what() is its text, exit status 0.
class HelpRequest : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `arguments` without the program's name. Throws UsageError and HelpRequest.
Arguments parse_arguments(const std::vector<std::string>& arguments);

/// `20s`, `2m`, `1h`, `1500ms`; nothing for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// An IP address with or without a port, as `192.0.2.1:53` or `[2001:db8::1]:53`; nothing for anything else.
std::optional<std::string> parse_dns_server(const std::string& text);

}  // namespace wbverify
