#pragma once
#include <concepts>
#include <string>
#include <string_view>

#include "core/received.hpp"

namespace wbverify {

/// The only way from received bytes to text that may be shown, recorded or become part of a fact: secrets are removed from the bytes as
/// they came, then control characters, folding and invalid UTF-8 (sanitize), then what exceeds `limit` bytes. In any other order
/// a secret that was folded, escaped or cut would no longer be recognised.
std::string for_display(std::string_view received, std::size_t limit = 512);
/// For Received alone: a plain string takes the overload above.
template <std::same_as<Received> T>
std::string for_display(const T& received, std::size_t limit = 512) {
  return for_display(received.unread(), limit);
}

}  // namespace wbverify
