#pragma once
// What the checks of settings say in the same words.
#include "checks/config/facts.hpp"

namespace wbverify {

/// What becomes of W&B when this setting is missing or wrong, one sentence.
std::string why_setting(std::string_view setting);
/// A command that shows the setting where it stands, never its value; empty when there is no such place.
std::string show_setting(const std::string& setting, const Scene& scene);
/// A command that shows the one character of the value at which something is wrong.
std::string show_character(const std::string& setting, int column, const Scene& scene);
/// The text with the place in the value before its full stop: `The password holds a raw +, at character 25.` The very
/// beginning needs no mention.
std::string at_character(std::string text, int column);
/// The line to write, when there is an example.
std::string change_line(const SettingIssue& issue, const Scene& scene);

}  // namespace wbverify
