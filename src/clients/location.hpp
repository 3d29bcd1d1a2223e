#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wbverify {

/// An http or https URL taken apart as far as redirects need it. User information and fragment are dropped.
struct UrlParts {
  std::string scheme;       ///< lower case
  std::string host;         ///< lower case, IPv6 literals without brackets
  std::string path;         ///< begins with a slash
  std::uint16_t port = 0;   ///< the scheme's own when none is written
  std::string query = {};   ///< with its question mark; signatures, tokens and one-time codes stand there

  /// `https://wandb.example.com:8443`, without the scheme's own port.
  std::string origin() const;
  /// What to ask: origin, path and query.
  std::string url() const { return origin() + path + query; }
  /// Whether what was meant for the one may be sent to the other (RFC 6454 §5).
  bool same_origin(const UrlParts& other) const { return scheme == other.scheme && host == other.host && port == other.port; }
};

/// What a Location header points to, seen from the URL that was asked (RFC 3986 §5.2); nothing when it is no http or https URL.
/// Characters that may not stand in a URL come percent-encoded, as browsers and libraries send them.
std::optional<UrlParts> resolve_location(std::string_view location, std::string_view asked);

}  // namespace wbverify
