#include "config/url.hpp"
#include "core/redactor.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view hidden = "[redacted]";
constexpr std::size_t longest_shown = 512;

std::string finish(const std::string& text) { return Redactor::process().redact(sanitize(text, longest_shown), Wrote::us); }

/// Where a port belongs, text that is none may be the rest of a password.
bool is_port(std::string_view text) { return text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos; }

/// What remains when the last `@` is taken for the end of the user information, wherever it stands.
std::string mask_torn(std::string_view text, std::string_view start) {
  const auto at = text.rfind('@');
  return finish(std::string(start) + std::string(hidden) + (at == std::string_view::npos ? "" : std::string(text.substr(at))));
}

}  // namespace

std::string mask_url(std::string_view text) {
  const auto url = split_url(text);
  if (!url) {
    const auto colon = text.find(':');
    const bool bare = text.find('@') == std::string_view::npos &&
                      (colon == std::string_view::npos || !scheme_of(text).empty() ||
                       text.find_first_not_of("0123456789", colon + 1) == std::string_view::npos);
    return bare ? finish(std::string(text)) : mask_torn(text, "");
  }
  const std::string_view start = text.substr(0, url->scheme.size() + 3);
  if (url->late_at != std::string_view::npos) return mask_torn(text, start);
  const std::size_t begin = url->has_userinfo ? url->offset(url->userinfo) + url->userinfo.size() : start.size();
  std::string rest(text.substr(begin));
  if (url->has_port && !is_port(url->port)) rest.replace(url->offset(url->port) - begin, url->port.size(), hidden);
  if (!url->has_userinfo) return finish(std::string(start) + rest);
  // Nothing logs in to a web page by its URL: a word in front of its host is a token.
  if (const std::string scheme = to_lower(url->scheme); scheme == "http" || scheme == "https") return finish(std::string(start) + std::string(hidden) + rest);
  // Redis clients and the operator put a password that stands alone in the place of the user.
  const bool alone = url->password.empty() && iequals(url->scheme, "redis");
  const std::string user = alone ? std::string(hidden) : std::string(url->user);
  const std::string password = !url->has_password ? "" : url->password.empty() ? ":" : ":" + std::string(hidden);
  return finish(std::string(start) + user + password + rest);
}

std::string in_right_form(std::string_view text, const UrlWords& words) {
  const auto url = split_url(text);
  const std::size_t start = url ? url->scheme.size() + 3 : 0;
  const std::size_t at = !url ? text.rfind('@') : url->late_at != std::string_view::npos ? url->late_at : url->has_userinfo ? start + url->userinfo.size() : std::string_view::npos;
  if (at == std::string_view::npos || at + 1 == text.size()) return std::string(words.example);
  const std::string_view before = text.substr(start, at - start);
  const auto colon = before.find(':');
  // One word alone is the user for most services and the password for Redis.
  if (colon == std::string_view::npos && (!url || iequals(url->scheme, "redis"))) return std::string(words.example);
  if (colon == std::string_view::npos) return finish(std::string(text));
  const bool alone = colon + 1 == before.size() && url && iequals(url->scheme, "redis");
  const std::string_view word = words.secret == "password" ? "PASSWORD" : words.secret == "secret key" ? "SECRET" : "KEY";
  return finish(std::string(text.substr(0, start)) + (alone ? "" : std::string(before.substr(0, colon))) + ":" + std::string(word) + std::string(text.substr(at)));
}

std::vector<std::string> possible_secrets(std::string_view text) {
  const auto at = text.rfind('@');
  const auto url = split_url(text);
  std::string_view before = text.substr(0, at == std::string_view::npos ? 0 : at);
  if (url) before = before.substr(std::min(before.size(), url->scheme.size() + 3));
  if (at == std::string_view::npos && url && url->has_port && !is_port(url->port)) before = text.substr(url->scheme.size() + 3);
  const auto colon = before.find(':');
  std::string_view secret = colon == std::string_view::npos ? std::string_view() : before.substr(colon + 1);
  const std::string scheme = url ? to_lower(url->scheme) : "";
  if (secret.empty() && (scheme == "redis" || scheme == "http" || scheme == "https")) secret = before.substr(0, colon);
  std::vector<std::string> out;
  const auto add = [&](std::string_view one) {
    if (one.empty()) return;
    out.emplace_back(one);
    if (auto decoded = percent_decode(one); decoded && *decoded != one) out.push_back(std::move(*decoded));
  };
  add(secret);
  if (url && url->has_userinfo && url->has_port && !is_port(url->port)) add(url->port);
  return out;
}

}  // namespace wbverify
