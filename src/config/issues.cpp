#include "config/issues.hpp"

#include <algorithm>

#include "config/url.hpp"
#include "config/variables.hpp"
#include "util/text.hpp"
#include "util/utf8.hpp"

namespace wbverify {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

std::string blank_name(char c) {
  switch (c) {
    case ' ': return "a blank";
    case '\t': return "a tab";
    case '\r': return "a carriage return";
    case '\n': return "a line end";
    default: return "white space";
  }
}

/// The corrected value as it may be shown: without its secret, or the example when it is nothing but one.
std::string corrected(const IssueList& issues, std::string_view value, std::string_view example) {
  const Variable* const variable = find_variable(issues.setting());
  if (variable == nullptr || variable->sensitivity == Sensitivity::secret) return std::string(example);
  if (variable->sensitivity == Sensitivity::open) return sanitize(value, 200);
  if (value.find('@') == std::string_view::npos) return mask_url(value).find("[redacted]") == std::string::npos ? mask_url(value) : std::string(example);
  return in_right_form(value, {.example = example});
}

}  // namespace

/// What is quoted of a value may hold line ends: a proposal of ours is one line, so that none of them begins a line of Fix.
constexpr std::size_t longest_proposal = 4096;

void IssueList::add(std::string_view kind, std::size_t offset, Text text) {
  SettingIssue issue;
  issue.setting = setting_;
  issue.kind = kind;
  issue.cause = text.cause;
  issue.column = offset == whole ? 0 : column_of(value_, offset);
  issue.observed = std::move(text.observed);
  issue.expected = std::move(text.expected);
  issue.fix = sanitize(text.fix, longest_proposal);
  issue.example = sanitize(text.example, longest_proposal);
  issues_.push_back(std::move(issue));
}

bool IssueList::usable() const {
  return std::none_of(issues_.begin(), issues_.end(), [](const SettingIssue& issue) { return issue.kind == "malformed"; });
}

bool check_surface(IssueList& issues, std::string_view example) {
  const std::string_view value = issues.value();
  const std::string in_form = std::string(example);
  if (value.size() > longest_value) {
    issues.malformed(IssueList::whole, {"too-long", "The value is " + std::to_string(value.size()) + " bytes long.",
                                        "At most " + std::to_string(longest_value) + " bytes.", "", in_form});
    return false;
  }
  if (const auto fault = utf8_fault(value); fault != std::string_view::npos) {
    issues.malformed(fault, {"not-utf8", "The value holds a byte that is not UTF-8.", "UTF-8 text.",
                             "Save the file as UTF-8, or type the value again.", in_form});
    return false;
  }
  const auto quoted = [&](char quote) { return value.size() >= 2 && value.front() == quote && value.back() == quote; };
  if (quoted('"') || quoted('\'')) {
    issues.malformed(0, {"quoted", std::string("The value begins and ends with ") + (value.front() == '"' ? "a double" : "a single") + " quote.",
                         "The bare value. docker run --env-file and kubectl create secret --from-env-file keep quotes as part of the value; "
                         "only a shell and Docker Compose take them off.",
                         "Remove both quotes.", corrected(issues, value.substr(1, value.size() - 2), example)});
    return false;
  }
  if (!value.empty() && (is_blank(value.front()) || is_blank(value.back()))) {
    const bool front = is_blank(value.front());
    issues.malformed(front ? 0 : value.size() - 1,
                     {"surrounding-blanks", "The value " + std::string(front ? "begins" : "ends") + " with " + blank_name(front ? value.front() : value.back()) + ".",
                      "Nothing before and after the value: Docker and Kubernetes pass blanks on as part of it.", "Remove it.", corrected(issues, trim(value), example)});
    return false;
  }
  const auto control = std::find_if(value.begin(), value.end(), is_control);
  if (control != value.end()) {
    const auto offset = static_cast<std::size_t>(control - value.begin());
    const bool line_end = *control == '\n' || *control == '\r';
    issues.malformed(offset, {line_end ? "line-end" : "control-character",
                              "The value holds " + (is_blank(*control) ? blank_name(*control) : std::string("a control character")) + ".",
                              "One line of printable characters.", "Type the value again on one line.", in_form});
    return false;
  }
  if (const auto comment = value.find(" #"); comment != std::string_view::npos) {
    issues.malformed(comment, {"inline-comment", "A blank and # follow the value, as if a comment began there.",
                               "A comment on a line of its own: in an environment file everything after the = is the value.",
                               "Move the comment to its own line.", corrected(issues, trim(value.substr(0, comment)), example)});
    return false;
  }
  return true;
}

}  // namespace wbverify
