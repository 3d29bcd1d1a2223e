#pragma once
// What the grammars have in common: how they report, and what no value may look like.
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace wbverify {

/// Collects what is wrong with the value of one setting.
class IssueList {
 public:
  IssueList(std::string setting, std::string_view value) : setting_(std::move(setting)), value_(value) {}

  /// What an issue says besides its place.
  struct Text {
    std::string_view cause;
    std::string observed, expected, fix, example;
  };
  static constexpr std::size_t whole = std::string_view::npos;

  /// The value cannot be used. `offset` is a byte of the value, or `whole`.
  void malformed(std::size_t offset, Text text) { add("malformed", offset, std::move(text)); }
  /// The value can be used, and is probably not what was meant.
  void suspicious(std::size_t offset, Text text) { add("suspicious", offset, std::move(text)); }

  bool usable() const;
  std::string_view value() const { return value_; }
  const std::string& setting() const { return setting_; }
  std::vector<SettingIssue> take() { return std::move(issues_); }

 private:
  void add(std::string_view kind, std::size_t offset, Text text);

  std::string setting_;
  std::string_view value_;
  std::vector<SettingIssue> issues_;
};

/// The mistakes that have nothing to do with the grammar: quotes, blanks, a comment after the value, control characters,
/// invalid UTF-8, an endless value. Only the first is reported. Whether the value is free of them.
bool check_surface(IssueList& issues, std::string_view example);

/// The longest value that is looked at, in bytes: Docker reads no longer line (bufio.MaxScanTokenSize).
inline constexpr std::size_t longest_value = 65536;

}  // namespace wbverify
