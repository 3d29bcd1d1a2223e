#include "clients/dns_names.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify::dns {
namespace {

std::string_view without_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A cursor over a DNS message (RFC 1035 §4.1) that cannot leave it.
class Reader {
 public:
  explicit Reader(std::string_view message) : message_(message) {}

  std::optional<std::uint16_t> number() {
    if (at_ + 2 > message_.size()) return {};
    const auto value = static_cast<std::uint16_t>(byte(at_) << 8 | byte(at_ + 1));
    at_ += 2;
    return value;
  }
  bool skip(std::size_t count) {
    at_ += count;
    return at_ <= message_.size();
  }
  std::size_t place() const { return at_; }
  void go(std::size_t place) { at_ = place; }

  /// Compression pointers must point backwards, so that the walk ends.
  std::optional<std::string> name() {
    std::string out;
    std::size_t at = at_, lowest = at_;
    bool jumped = false;
    while (at < message_.size()) {
      const unsigned length = byte(at);
      if (length == 0) {
        if (!jumped) at_ = at + 1;
        return out;
      }
      if (length >= 0xC0) {
        if (at + 2 > message_.size()) return {};
        const std::size_t target = (length & 0x3FU) << 8 | byte(at + 1);
        if (!jumped) at_ = at + 2;
        jumped = true;
        if (target >= lowest) return {};
        at = lowest = target;
        continue;
      }
      if (length > 63 || at + 1 + length > message_.size() || out.size() + length > 255) return {};
      if (!out.empty()) out += '.';
      out += message_.substr(at + 1, length);
      at += 1 + length;
    }
    return {};
  }

 private:
  unsigned byte(std::size_t at) const { return static_cast<unsigned char>(message_[at]); }
  std::string_view message_;
  std::size_t at_ = 0;
};

}  // namespace

std::string name_fault(std::string_view host) {
  const std::string_view name = without_dot(host);
  if (name.empty()) return "the name is empty";
  if (name.size() > 253) return "the name has " + std::to_string(name.size()) + " characters, DNS allows 253";
  const auto odd = std::find_if(name.begin(), name.end(), [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_');
  });
  if (odd != name.end()) {
    if (static_cast<unsigned char>(*odd) >= 0x80) return "the name has letters outside ASCII; DNS needs its xn-- form";
    return "the character " + for_display("'" + std::string(1, *odd) + "'") + " cannot stand in a host name";
  }
  const auto labels = split(name, '.');
  for (const auto& label : labels) {
    if (label.empty()) return "two dots stand side by side or one stands in front";
    if (label.size() > 63) return "the part " + label.substr(0, 20) + "… has " + std::to_string(label.size()) + " characters, DNS allows 63";
  }
  // No top-level domain is a number (RFC 3696 §2): whoever writes this meant an IPv4 address.
  if (all_digits(labels.back())) return "it looks like an IPv4 address and is none";
  return {};
}

bool is_localhost(std::string_view host) {
  const std::string name = to_lower(without_dot(host));
  return name == "localhost" || name.ends_with(".localhost");
}

bool is_literal(std::string_view host) {
  in6_addr address{};
  const std::string plain(host.substr(0, host.find('%')));
  if (inet_pton(AF_INET6, plain.c_str(), &address) == 1) return true;
  return host.find('%') == std::string_view::npos && inet_pton(AF_INET, plain.c_str(), &address) == 1;
}

std::vector<std::string> hosts_entries(std::string_view text, std::string_view host) {
  std::vector<std::string> out;
  const std::string_view wanted = without_dot(host);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    std::string_view address;
    for (bool first = true; !(line = trim(line)).empty(); first = false) {
      const std::size_t length = std::min(line.find_first_of(" \t\r\v\f"), line.size());
      const std::string_view word = line.substr(0, length);
      line.remove_prefix(length);
      if (first) {
        if (!is_literal(word)) break;
        address = word;
      } else if (iequals(without_dot(word), wanted)) {
        if (std::find(out.begin(), out.end(), address) == out.end()) out.emplace_back(address);
        break;
      }
    }
  }
  return out;
}

std::string end_of_aliases(std::string_view message, std::string_view host) {
  constexpr std::uint16_t cname = 5;
  Reader reader(message);
  if (!reader.skip(4)) return {};
  const auto questions = reader.number(), answers = reader.number();
  if (!questions || !answers || !reader.skip(4)) return {};
  for (int i = 0; i < *questions; ++i) {
    if (!reader.name() || !reader.skip(4)) return {};
  }
  std::string at(without_dot(host));
  bool moved = false;
  for (int i = 0; i < *answers; ++i) {
    const auto owner = reader.name();
    const auto type = reader.number();
    if (!owner || !type || !reader.skip(6)) break;
    const auto length = reader.number();
    if (!length) break;
    const std::size_t data = reader.place();
    if (*type == cname && iequals(*owner, at)) {
      const auto target = reader.name();
      if (!target) break;
      at = *target;
      moved = true;
    }
    reader.go(data + *length);
  }
  return moved ? at : std::string();
}

std::vector<std::string> candidates(std::string_view host, const std::vector<std::string>& search, int ndots) {
  const std::string name(without_dot(host));
  if (host.ends_with('.')) return {name};
  std::vector<std::string> out;
  for (const auto& domain : search) {
    const std::string_view suffix = without_dot(domain);
    if (!suffix.empty() && name.size() + 1 + suffix.size() <= 253) out.push_back(name + "." + std::string(suffix));
  }
  const bool first = std::count(name.begin(), name.end(), '.') >= ndots;
  out.insert(first ? out.begin() : out.end(), name);
  return out;
}

}  // namespace wbverify::dns
