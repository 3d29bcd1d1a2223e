#pragma once
#include <string>
#include <string_view>

#include "core/status.hpp"
#include "report/reporters.hpp"

namespace wbverify {

/// What a piece of text is, so that all colours are chosen in one place. None of them carries a meaning of its own.
enum class Ink { pass, warn, fail, unknown, aside, strong };

Ink ink_of(Status status);
/// The text in its colour, or as it is when the style has no colour.
std::string paint(const TerminalStyle& style, Ink ink, std::string_view text);
/// Text of findings made fit to be printed: no secret, no control character, one line; ASCII where the style says so.
std::string fit(const TerminalStyle& style, std::string_view text);
/// The same, keeping line ends and indentation.
std::string fit_lines(const TerminalStyle& style, std::string_view text);

}  // namespace wbverify
