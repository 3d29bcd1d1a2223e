#include "checks/wandb/plugin_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/shared/reach.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// An address in network order, IPv4 as its mapped IPv6 form; nothing for a name.
std::optional<std::array<std::uint8_t, 16>> bytes_of(std::string_view text) {
  const std::string address(text);
  std::array<std::uint8_t, 16> out{};
  if (inet_pton(AF_INET6, address.c_str(), out.data()) == 1) return out;
  if (inet_pton(AF_INET, address.c_str(), out.data() + 12) != 1) return {};
  out[10] = out[11] = 0xff;
  return out;
}

bool is_ipv4(const std::array<std::uint8_t, 16>& bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) && bytes[10] == 0xff &&
         bytes[11] == 0xff;
}

/// `192.0.2.5:443`, `[2001:db8::1]:443`.
std::string_view without_port(std::string_view peer) {
  const auto colon = peer.rfind(':');
  if (colon != std::string_view::npos && (peer.starts_with('[') || peer.find(':') == colon))
    peer = peer.substr(0, colon);
  if (peer.starts_with('[')) peer = peer.substr(1, peer.find(']') - 1);
  return peer;
}

bool ends_alike(std::string_view a, std::string_view b, std::string_view ending) {
  return a.ends_with(ending) && b.ends_with(ending);
}

std::optional<AddressFault> inside_name(const std::string& host, const WandbPlace& place) {
  if (bytes_of(host)) return {};
  if (const auto where = inside_only(host, true); !where.empty()) {
    // HOST is such a name itself when wbverify runs inside.
    if (!inside_only(place.host, true).empty()) return {};
    return AddressFault{Status::fail, "inside-name", fmt::format("a name that exists only inside a {}", where)};
  }
  if (host.ends_with(".internal") && !ends_alike(host, place.host, ".internal")) {
    return AddressFault{Status::fail, "inside-name", "a name that exists only inside the cloud's own network"};
  }
  return {};
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const std::string name = to_lower(host);
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  const auto bytes = bytes_of(name);
  if (!bytes) return false;
  if (is_ipv4(*bytes))
    return (*bytes)[12] == 127 || std::all_of(bytes->begin() + 12, bytes->end(), [](auto byte) { return byte == 0; });
  return std::all_of(bytes->begin(), bytes->end() - 1, [](auto byte) { return byte == 0; }) && bytes->back() <= 1;
}

bool is_private_address(std::string_view address) {
  const auto bytes = bytes_of(address);
  if (!bytes) return false;
  const auto& b = *bytes;
  if (!is_ipv4(b)) return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
  return b[12] == 10 || (b[12] == 172 && (b[13] & 0xf0) == 16) || (b[12] == 192 && b[13] == 168) ||
         (b[12] == 169 && b[13] == 254) || (b[12] == 100 && (b[13] & 0xc0) == 64);
}

std::optional<AddressFault> address_fault(const SignedUrl& url, const WandbPlace& place, std::string_view peer,
                                          const std::vector<std::string>& addresses) {
  if (url.host.empty() || url.host == place.host) return {};
  if (is_loopback_host(url.host)) {
    if (is_loopback_host(place.host)) return {};
    return AddressFault{Status::fail, "localhost", "the machine itself that asks, whichever it is"};
  }
  if (auto fault = inside_name(url.host, place)) return fault;
  const std::string_view own = without_port(peer);
  const bool public_host = bytes_of(own) && !is_private_address(own) && !is_loopback_host(own);
  if (!public_host) return {};
  if (is_private_address(url.host))
    return AddressFault{Status::fail, "private-address", "an address of a private network"};
  if (!addresses.empty() &&
      std::all_of(addresses.begin(), addresses.end(), [](const auto& a) { return is_private_address(a); })) {
    // From elsewhere the name may well lead to a public address.
    return AddressFault{Status::warn, "private-address",
                        fmt::format("from here {}, an address of a private network", addresses.front())};
  }
  return {};
}

std::string tell_the_server(const WandbPlace& place) {
  return fmt::format(
      "Tell the server its address. With Docker, in its environment, then make the container anew:\nHOST={0}\nWith the "
      "operator's chart, in the values, then apply them:\nglobal.host: {0}\n{1}",
      place.base, nginx_lines("proxy_set_header Host"));
}

Finding wrong_address(const AddressFault& fault, const SignedUrl& url, std::string_view what, const WandbPlace& place,
                      const Scene& scene) {
  const std::string origin = origin_of(url);
  // A signed URL of another host than HOST is the store's, and BUCKET says where that is.
  const bool bucket = origin == place.bucket_origin || (fault.cause != "localhost" && url.signature);
  Finding finding;
  finding.status = fault.status;
  finding.cause = fault.cause;
  finding.observed = fmt::format("{} {}: {}. HOST is {}.", what, origin, fault.words, place.base);
  finding.expected = "An address that every browser and every training machine can reach.";
  finding.why =
      "Files never pass through the W&B server: browsers and clients take this address as it is. Where it does not "
      "lead to the "
      "store, uploads hang in retries, and images, tables and artifacts stay empty.";
  if (bucket) {
    finding.fix = "Give the store a name that resolves everywhere, with a certificate for it, and write that name:\n" +
                  scene.change("BUCKET", "s3://KEY:SECRET@STORE_NAME/BUCKET_NAME?tls=true") +
                  "\nOr have the files go through HOST, which everybody reaches:\n" +
                  scene.change("BUCKET_PROXY", "true") + "\nThen restart the server.";
  } else {
    finding.fix = tell_the_server(place);
  }
  finding.setting = bucket ? "BUCKET" : "HOST";
  return finding;
}

}  // namespace wbverify
