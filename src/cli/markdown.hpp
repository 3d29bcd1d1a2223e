#pragma once
#include <string>
#include <string_view>

#include "report/reporters.hpp"

namespace wbverify {

/// A page of Markdown as text for a terminal: headings, paragraphs, lists, tables, fenced and inline code, links. Only
/// our own pages are rendered, so whatever else there is comes out as it is.
std::string render_markdown(std::string_view markdown, const TerminalStyle& style);

}  // namespace wbverify
