#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <clocale>

#include "checks/catalog.hpp"
#include "cli/context.hpp"
#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string value_of(const std::map<std::string, std::string>& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

}  // namespace

bool can_redraw(const std::map<std::string, std::string>& environment, bool is_terminal) {
  const std::string term = value_of(environment, "TERM");
  return is_terminal && !term.empty() && term != "dumb";
}

bool wants_colour(ColourChoice choice, const std::map<std::string, std::string>& environment, bool is_terminal) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  if (!value_of(environment, "NO_COLOR").empty()) return false;
  if (const std::string force = value_of(environment, "CLICOLOR_FORCE"); !force.empty() && force != "0") return true;
  if (value_of(environment, "CLICOLOR") == "0") return false;
  return can_redraw(environment, is_terminal);
}

bool wants_unicode(const std::map<std::string, std::string>& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = to_lower(value_of(environment, name));
    if (value.empty()) continue;
    // Containers ask for locales that are not installed; the terminal in front of them has UTF-8 all the same.
    if (value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos) return true;
    const locale_t locale = newlocale(LC_CTYPE_MASK, value_of(environment, name).c_str(), nullptr);
    if (locale == nullptr) return false;
    const bool utf8 = std::string(nl_langinfo_l(CODESET, locale)) == "UTF-8";
    freelocale(locale);
    return utf8;
  }
  return false;
}

int columns(const std::map<std::string, std::string>& environment, int fd) {
  constexpr int narrowest = 60, usual = 80, widest = 120;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return std::clamp<int>(size.ws_col, narrowest, widest);
  int value = 0;
  const std::string text = value_of(environment, "COLUMNS");
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::clamp(value, narrowest, widest) : usual;
}

TerminalStyle style_of(const Arguments& arguments, const Context& context, const Output& out) {
  TerminalStyle style;
  style.colour = wants_colour(arguments.colour, context.environment,
                              &out == &context.out ? context.out_is_terminal : context.err_is_terminal);
  style.unicode = wants_unicode(context.environment);
  style.verbose = arguments.verbose;
  style.quiet = arguments.quiet;
  style.width = columns(context.environment, out.fd());
  constexpr std::size_t widest_title = 22;
  std::size_t title = 0;
  for (const auto& plugin : catalog()) title = std::max(title, display_width(plugin.title));
  style.title_width = static_cast<int>(std::min(title, widest_title));
  return style;
}

}  // namespace wbverify
