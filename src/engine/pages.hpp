#pragma once
#include <span>
#include <string_view>

namespace wbverify {

/// The page of a check, compiled in from the .md beside it.
struct Page {
  std::string_view id;
  std::string_view markdown;
};
std::span<const Page> pages();

}  // namespace wbverify
