#pragma once
#include <string>

#include "config/settings.hpp"

namespace wbverify {

/// The settings as a table for people: name, value without secrets, where it comes from, and below it what is wrong.
std::string render_settings(const Settings& settings);
/// The same for programs: `{"settings": [{name, value, kind, file, line}], "issues": […], "own": […]}`, ends with a line end.
std::string render_settings_json(const Settings& settings);

}  // namespace wbverify
