#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "cli/arguments.hpp"

namespace wbverify {
namespace {

/// A whole number without sign; nothing when it is none or larger than `most`.
std::optional<std::int64_t> number(std::string_view text, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || error != std::errc() || end != text.data() + text.size() || value > most)
    return std::nullopt;
  return value;
}

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(family, text.c_str(), bytes.data()) == 1;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr std::int64_t longest = 24 * 3600 * 1000;
  struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  // `ms` before `s` and `m`: the longest unit that fits is meant.
  for (const Unit unit : {Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}}) {
    if (!text.ends_with(unit.name)) continue;
    const auto value = number(text.substr(0, text.size() - unit.name.size()), longest / unit.milliseconds);
    if (!value) return std::nullopt;
    return std::chrono::milliseconds(*value * unit.milliseconds);
  }
  return std::nullopt;
}

std::optional<std::string> parse_dns_server(const std::string& text) {
  if (is_address(AF_INET, text)) return text + ":53";
  if (is_address(AF_INET6, text)) return "[" + text + "]:53";
  const auto in_brackets = [](const std::string& host) {
    return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
           is_address(AF_INET6, host.substr(1, host.size() - 2));
  };
  if (in_brackets(text)) return text + ":53";
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string host = text.substr(0, colon);
  if (!in_brackets(host) && !is_address(AF_INET, host)) return std::nullopt;
  const auto port = number(std::string_view(text).substr(colon + 1), 65535);
  if (!port || *port == 0) return std::nullopt;
  return host + ":" + std::to_string(*port);
}

}  // namespace wbverify
