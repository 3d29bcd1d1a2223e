#include "config/env_file.hpp"

#include <algorithm>

#include "config/issues.hpp"
#include "config/load.hpp"
#include "config/own_file.hpp"
#include "config/variables.hpp"
#include "core/secret.hpp"
#include "util/text.hpp"
#include "util/utf8.hpp"

namespace wbverify {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t\r\f\v";

/// Everything Docker refuses ends here.
[[noreturn]] void refuse(const std::string& path, int number, std::string_view line, std::size_t offset, const std::string& text) {
  throw ConfigError(78, path + " line " + std::to_string(number) + " column " + std::to_string(column_of(line, offset)) + ": " + text);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

/// Whether a line without a = is the name of a variable. Anything else, such as the second half of a wrapped key, is not shown.
bool is_shown_as_name(std::string_view text) {
  constexpr std::size_t longest = 40;
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  constexpr std::size_t longest_word = 16;
  if (find_variable(text) != nullptr) return true;
  return text.size() <= (text.find('_') == std::string_view::npos ? longest_word : longest) && text.find_first_not_of(letters) == std::string_view::npos;
}

/// Why a name with a blank is none; the name itself is shown only when it looks like one.
void refuse_name(const std::string& path, int number, std::string_view line, std::string_view name, std::size_t start, bool has_value) {
  const std::size_t blank = name.find_first_of(" \t");
  const std::string_view first = name.substr(0, blank);
  const std::string_view last = name.substr(name.find_last_of(" \t") + 1);
  const std::string shown(trim(name.ends_with(' ') || name.ends_with('\t') ? first : last));
  const std::string right = is_shown_as_name(shown) && has_value ? " Write " + shown + "=VALUE." : " Write NAME=VALUE.";
  if (first == "export" || first == "set" || first == "declare") {
    refuse(path, number, line, start, "the line begins with " + std::string(first) + ", which is shell; Docker refuses the file." + right);
  }
  if (has_value && is_name(first) && trim(name.substr(blank)).empty()) {
    refuse(path, number, line, start + blank, "a blank stands before the =; Docker refuses the file." + right);
  }
  if (!has_value) refuse(path, number, line, start + blank, "this is no setting: it has no = and more than one word." + right);
  refuse(path, number, line, start + blank, "a blank stands within the name; Docker refuses the file." + right);
}

class Reader {
 public:
  Reader(const std::string& path, const std::map<std::string, std::string>& environment) : path_(path), environment_(environment) {}

  EnvFile read(std::string_view text) {
    if (text.starts_with(byte_order_mark)) {
      text.remove_prefix(byte_order_mark.size());
      note("byte-order-mark", 1, "begins with a byte order mark", "Docker skips it, a shell and Kubernetes take it for a part of the first name.", "sed -i '1s/^\\xEF\\xBB\\xBF//' " + shell_quote(path_));
    }
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      ++number_;
      read_line(text.substr(start, end - start));
      start = end + 1;
    }
    if (crlf_ > 0) {
      note("carriage-returns", crlf_, "has Windows line ends", "Docker takes them off, a shell keeps them as part of each value.", "sed -i 's/\\r$//' " + shell_quote(path_));
    }
    return std::move(out_);
  }

 private:
  void note(std::string_view cause, int line, const std::string& observed, const std::string& expected, const std::string& fix) {
    SettingIssue issue;
    issue.setting = path_;
    issue.kind = "suspicious";
    issue.cause = cause;
    issue.observed = path_ + " " + observed + " (line " + std::to_string(line) + ").";
    issue.expected = expected;
    issue.fix = fix;
    out_.issues.push_back(std::move(issue));
  }

  void read_line(std::string_view line) {
    if (line.size() >= longest_value) refuse(path_, number_, line.substr(0, 1), 0, "the line is longer than 64 KiB; Docker refuses the file.");
    if (const auto fault = utf8_fault(line); fault != std::string_view::npos) {
      refuse(path_, number_, line, fault, "a byte that is not UTF-8; this is not an environment file of lines NAME=VALUE, or it has another encoding.");
    }
    if (line.ends_with('\r')) {
      if (crlf_ == 0) crlf_ = number_;
      line.remove_suffix(1);
    }
    const std::size_t start = line.find_first_not_of(blanks);
    if (start == std::string_view::npos || line[start] == '#') return;
    const std::size_t equals = line.find('=', start);
    const std::string_view name = line.substr(start, equals == std::string_view::npos ? equals : equals - start);
    if (name.empty()) refuse(path_, number_, line, start, "no name stands before the =. Write NAME=VALUE.");
    if (name.find_first_of(" \t") != std::string_view::npos) refuse_name(path_, number_, line, name, start, equals != std::string_view::npos);
    if (const auto zero = line.find('\0'); zero != std::string_view::npos) refuse(path_, number_, line, zero, "a zero byte; this is not an environment file of lines NAME=VALUE.");
    EnvLine entry;
    entry.name = name;
    entry.line = number_;
    if (equals != std::string_view::npos) {
      entry.value = line.substr(equals + 1);
    } else {
      const auto given = environment_.find(entry.name);
      entry.from_environment = true;
      if (given == environment_.end()) {
        const std::string line_number = std::to_string(number_);
        if (is_shown_as_name(name)) {
          note("name-alone", number_, "has " + entry.name + " without a value, and the environment has none", "NAME=VALUE, or the name alone while the environment holds its value.", "Write " + entry.name + "=VALUE.");
        } else {
          [[maybe_unused]] const Secret unseen{std::string(name)};
          note("not-a-setting", number_, "has a line that is not a setting; the value of the line before it may have been wrapped", "NAME=VALUE on one line, however long the value is.",
               "Join line " + line_number + " with the line before it, or remove it: sed -n " + (number_ > 1 ? std::to_string(number_ - 1) + "," : "") + line_number + "p " + shell_quote(path_));
        }
        return;
      }
      entry.value = given->second;
    }
    out_.lines.push_back(std::move(entry));
  }

  const std::string& path_;
  const std::map<std::string, std::string>& environment_;
  EnvFile out_;
  int number_ = 0;
  int crlf_ = 0;   ///< first line that ends so
};

}  // namespace

EnvFile parse_env_file(std::string_view text, const std::string& path, const std::map<std::string, std::string>& environment) {
  return Reader(path, environment).read(text);
}

EnvFile read_env_file(const std::string& path, const std::map<std::string, std::string>& environment) {
  const OwnFile file = read_own_file(path, "environment file");
  // Of a file that is too large the beginning tells what it is; its last line may be cut in the middle.
  const std::string_view text = file.text;
  EnvFile out = parse_env_file(file.too_large ? text.substr(0, text.rfind('\n')) : text, path, environment);
  check_permissions(file, std::any_of(out.lines.begin(), out.lines.end(), [](const EnvLine& line) { return may_hold_secret(line.name); }), environment, out.issues);
  file.require_whole();
  return out;
}

}  // namespace wbverify
