#pragma once
// Runs one grammar on one text.
#include <optional>
#include <string>
#include <vector>

#include "config/issues.hpp"

namespace wbverify {

template <class Target>
struct Parsed {
  std::optional<Target> target;
  std::vector<SettingIssue> issues;

  /// `cause@column` of the first issue, or empty.
  std::string first() const { return issues.empty() ? "" : issues.front().cause + "@" + std::to_string(issues.front().column); }
  std::string kind() const { return issues.empty() ? "" : issues.front().kind; }
  /// All that the issues say.
  std::string text() const {
    std::string out;
    for (const auto& issue : issues) out += issue.observed + "\n" + issue.expected + "\n" + issue.fix + "\n" + issue.example + "\n";
    return out;
  }
};

template <class Target, class Grammar>
Parsed<Target> parse(Grammar grammar, const std::string& text, const std::string& setting = "X") {
  IssueList issues(setting, text);
  Parsed<Target> out;
  out.target = grammar(issues);
  out.issues = issues.take();
  return out;
}

/// A value that must be refused: cause and column of the first issue.
struct Refused {
  const char *text, *issue;
};
/// A value that is taken with a remark.
struct Remarked {
  const char *text, *issue;
};

}  // namespace wbverify
