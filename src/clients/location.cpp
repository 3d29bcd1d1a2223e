#include "clients/location.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", digits = "0123456789";
/// What RFC 3986 lets stand in path and query besides the unreserved characters; `%`, because escapes stay as they are.
constexpr std::string_view allowed = "!$&'()*+,;=:@/?%[]";

bool consists_of(std::string_view text, std::string_view first, std::string_view second, std::string_view third = {}) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return first.find(c) != npos || second.find(c) != npos || third.find(c) != npos; });
}

/// The text as far as one of these characters, which stays.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(taken.size());
  return taken;
}

/// RFC 3986 §3.1; empty when the text does not begin with a scheme and its colon.
std::string take_scheme(std::string_view& text) {
  const auto colon = text.find(':');
  const std::string_view scheme = text.substr(0, colon);
  if (colon == npos || colon == 0 || letters.find(scheme.front()) == npos ||
      !consists_of(scheme, letters, digits, "+-."))
    return {};
  text.remove_prefix(colon + 1);
  return to_lower(scheme);
}

bool read_authority(std::string_view text, UrlParts& url) {
  // Browsers end the host at a backslash, other clients do not.
  if (text.find('\\') != npos) return false;
  text.remove_prefix(text.rfind('@') + 1);  // npos + 1 is 0
  const bool brackets = text.starts_with('[');
  std::string_view host = take_until(text, brackets ? "]" : ":");
  if (brackets) {
    if (text.empty()) return false;
    host.remove_prefix(1);
    text.remove_prefix(1);
  }
  if (host.empty() || (host.find(':') != npos) != brackets) return false;
  if (!(brackets ? consists_of(host, "abcdefABCDEF", digits, ":.") : consists_of(host, letters, digits, "-._")))
    return false;
  url.host = to_lower(host);
  url.port = url.scheme == "https" ? 443 : 80;
  if (text.empty() || text == ":") return true;
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
  return error == std::errc() && end == text.data() + text.size() && url.port != 0;
}

/// RFC 3986 §5.2.4, for a path that begins with a slash.
std::string remove_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = take_until(path, "/");
    if (segment == "..") out.resize(out.empty() ? 0 : out.rfind('/'));
    if (segment != "." && segment != "..") {
      out += '/';
      out += segment;
    } else if (path.empty()) {
      out += '/';
    }
  }
  return out.empty() ? "/" : out;
}

}  // namespace

std::string UrlParts::origin() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return scheme + "://" + name + (port == (scheme == "https" ? 443 : 80) ? "" : ":" + std::to_string(port));
}

std::optional<UrlParts> resolve_location(std::string_view location, std::string_view asked) {
  location = trim(location);
  if (location.empty()) return std::nullopt;
  UrlParts url;
  url.scheme = take_scheme(location);
  std::string base_path = "/", base_query;
  if (url.scheme.empty()) {
    const auto base = asked.empty() ? std::nullopt : resolve_location(asked, {});
    if (!base) return std::nullopt;
    url = *base;
    base_path = std::exchange(url.path, {});
    base_query = std::exchange(url.query, {});
  } else if ((url.scheme != "http" && url.scheme != "https") || !location.starts_with("//")) {
    return std::nullopt;
  }
  if (location.starts_with("//")) {
    location.remove_prefix(2);
    if (!read_authority(take_until(location, "/?#"), url)) return std::nullopt;
    base_path = "/", base_query.clear();
  }
  const std::string path = percent_encode(take_until(location, "?#"), allowed);
  url.query = percent_encode(take_until(location, "#"), allowed);
  if (path.empty()) {
    if (url.query.empty()) url.query = base_query;
    url.path = base_path;
  } else {
    url.path = remove_dot_segments(path.starts_with('/') ? path : base_path.substr(0, base_path.rfind('/') + 1) + path);
  }
  return url;
}

}  // namespace wbverify
