#include <algorithm>

#include "checks/catalog.hpp"
#include "cli/commands.hpp"
#include "cli/markdown.hpp"
#include "engine/pages.hpp"
#include "report/layout.hpp"
#include "report/paint.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

const Page* page_of(std::string_view id) {
  const auto all = pages();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Page& page) { return page.id == id; });
  return found == all.end() ? nullptr : &*found;
}

/// Pages that name the cause, in the order of the catalogue.
std::vector<const Page*> pages_about(const std::string& cause) {
  std::vector<const Page*> found;
  for (const auto& plugin : catalog()) {
    for (const auto& check : plugin.checks) {
      const Page* page = page_of(check.id);
      if (page != nullptr && page->markdown.find("`" + cause + "`") != std::string_view::npos) found.push_back(page);
    }
  }
  return found;
}

/// Where the check stands in the suite, below its page.
std::string place_of(std::string_view id, const TerminalStyle& style) {
  std::string out;
  const auto put = [&](std::string_view label, const std::string& text) {
    if (text.empty()) return;
    for (const auto& line : wrap(text, static_cast<std::size_t>(style.width) - 8)) {
      out += paint(style, Ink::aside, pad(label, 8)) + line + "\n";
      label = {};
    }
  };
  for (const auto& plugin : catalog()) {
    for (const auto& check : plugin.checks) {
      if (check.id != id) continue;
      put("Id", check.id);
      put("Needs", join(check.needs, ", "));
      put("Rows", join(check.rows, ", "));
    }
  }
  return out;
}

/// What a failure says is a result's id, a row included; the page is the check's.
std::string without_row(const std::string& id) { return id.substr(0, id.find('/')); }

[[noreturn]] void unknown_id(const std::string& id) {
  std::vector<std::string> ids;
  for (const auto& plugin : catalog()) {
    for (const auto& check : plugin.checks) ids.push_back(check.id);
  }
  const std::string near = nearest(id, ids);
  throw UsageError("no check and no cause is named " + sanitize(id, 100) + "; " +
                   (near.empty() ? "wbverify list names them all" : "nearest is " + near));
}

}  // namespace

int explain_command(const Arguments& arguments, Context& context) {
  const std::string id = without_row(arguments.operand);
  const TerminalStyle style = style_of(arguments, context, context.out);
  const Page* page = page_of(id);
  if (page == nullptr && place_of(id, style).empty()) {
    const auto about = id.find('`') == std::string::npos && !id.empty() ? pages_about(id) : std::vector<const Page*>();
    if (about.empty()) unknown_id(id);
    if (about.size() > 1) {
      context.out << sanitize(id, 100) << " is a cause of " << count_of(about.size(), "check") << ":\n";
      for (const Page* one : about) context.out << "  wbverify explain " << one->id << "\n";
      return 0;
    }
    page = about.front();
  }
  if (arguments.format == Format::markdown) {
    if (page != nullptr) context.out << page->markdown;
    return 0;
  }
  if (page != nullptr) context.out << render_markdown(page->markdown, style) << '\n';
  context.out << place_of(page != nullptr ? page->id : std::string_view(id), style);
  return 0;
}

}  // namespace wbverify
