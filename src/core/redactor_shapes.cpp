#include "core/redactor_shapes.hpp"

#include <algorithm>
#include <array>

#include "util/text.hpp"

namespace wbverify::redaction {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view token_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
constexpr std::string_view base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view digits = "0123456789";
constexpr std::string_view word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool consists_of(std::string_view text, std::string_view set) {
  return text.find_first_not_of(set) == std::string_view::npos;
}
std::size_t end_of(std::string_view text, std::size_t from, std::string_view stop) {
  return std::min(text.find_first_of(stop, from), text.size());
}
std::size_t run_of(std::string_view text, std::size_t from, std::string_view set) {
  return std::min(text.find_first_not_of(set, from), text.size());
}

/// A value that tells nothing: a reference to the environment, a word that stands for a secret, what is masked already.
bool is_harmless(std::string_view value) {
  constexpr std::string_view constant = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  if (value.empty() || value == mark || consists_of(value, "*") || consists_of(value, ".") || value == "…") return true;
  if (value.starts_with("$(")) return true;
  if (value.starts_with("${")) return value.find('}') == value.size() - 1 && consists_of(value.substr(2, value.size() - 3), word);
  if (value.front() == '$') return value.size() > 2 && consists_of(value.substr(1), constant) && !is_one_of(value[1], digits);
  if (value.front() == '<') return value.find('>') == value.size() - 1;
  for (const std::string_view stand_in : {"PASSWORD", "PASS", "SECRET", "SECRET_KEY", "KEY", "TOKEN", "ACCOUNT_KEY"}) {
    if (value == stand_in) return true;
  }
  for (const std::string_view answer : {"yes", "no", "true", "false", "null", "none", "nil", "required"}) {
    if (iequals(value, answer)) return true;
  }
  return false;
}

void hit(std::string_view text, std::size_t begin, std::size_t end, Ranges& hits) {
  if (begin < end && !is_harmless(text.substr(begin, end - begin))) hits.push_back({begin, end});
}

/// `scheme://user:PASS@host`.
void find_userinfo(std::string_view text, Ranges& hits) {
  constexpr std::string_view scheme_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-";
  // Looked for once, however many URLs stand in it without a blank between them.
  std::size_t whole = 0, last_at = std::string_view::npos;
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    if (at == 0 || !is_one_of(text[at - 1], scheme_characters)) continue;
    const std::size_t start = at + 3;
    if (whole < start) {
      whole = end_of(text, start, " \t\r\n\"'`<>\\");
      last_at = text.substr(0, whole).rfind('@');
    }
    if (last_at == std::string_view::npos || last_at < start) continue;
    std::size_t stop = std::min(end_of(text, start, "/?#"), whole);
    std::string_view authority = text.substr(start, stop - start);
    if (authority.find('@') == std::string_view::npos) {
      // A password with a raw slash ends the authority too early: then what seems to be the port is no number.
      const auto colon = authority.find(':');
      if (colon == std::string_view::npos) continue;
      const bool web = iequals(text.substr(at < 4 ? 0 : at - 4, std::min<std::size_t>(at, 4)), "http") || (at >= 5 && iequals(text.substr(at - 5, 5), "https"));
      if (web && consists_of(authority.substr(colon + 1), digits)) continue;
      stop = last_at;
    } else {
      stop = start + authority.rfind('@');
    }
    const std::string_view userinfo = text.substr(start, stop - start);
    const auto colon = userinfo.find(':');
    constexpr std::size_t token = 20;   // a longer user name without a password is a token
    if (colon == std::string_view::npos) {
      if (userinfo.size() >= token) hit(text, start, stop, hits);
    } else if (colon + 1 == userinfo.size()) {
      hit(text, start, start + colon, hits);
    } else {
      hit(text, start + colon + 1, stop, hits);
      at = std::max(at, stop - 3);
    }
  }
}

bool is_secret_name(std::string_view name) {
  std::string key = to_lower(name);
  std::replace_if(key.begin(), key.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  for (const std::string_view ending :
       {"password", "passwd", "passphrase", "_pass", "_pw", "_pwd", "secret", "secret_key", "secretkey", "secretaccesskey",
        "secret_access_key", "token", "api_key", "apikey", "accountkey", "account_key", "storage_key", "sharedaccesskey",
        "sharedaccesssignature", "private_key", "session_key", "_signature", "signatureprovided", "_credential"}) {
    if (key.ends_with(ending)) return true;
  }
  for (const std::string_view whole : {"pass", "pwd", "pw", "signature", "sig", "credential"}) {
    if (key == whole) return true;
  }
  return false;
}

/// Where the string that the quote at `quote` opens ends. A quote that is escaped itself is closed by another such one.
std::size_t quoted_end(std::string_view text, std::size_t quote) {
  const bool nested = quote > 0 && text[quote - 1] == '\\';
  for (std::size_t i = quote + 1; i < text.size(); ++i) {
    if (nested && text[i] == '\\' && i + 1 < text.size() && text[i + 1] == text[quote]) return i;
    if (text[i] == text[quote]) return i;
    if (!nested && text[i] == '\\') ++i;
  }
  return text.size();
}

/// `name=value`, `"name": "value"`, `<name>value</name>`, `name: value` at the start of a line.
void find_fields(std::string_view text, Ranges& hits) {
  constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  constexpr std::size_t longest_name = 64;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=' && text[at] != ':' && text[at] != '>') continue;
    std::size_t name_end = at;
    while (name_end > 0 && is_one_of(text[name_end - 1], text[at] == '=' ? "\"'\\" : "\"'\\ ")) --name_end;
    std::size_t name_begin = name_end;
    while (name_begin > 0 && name_end - name_begin < longest_name && is_one_of(text[name_begin - 1], name_characters)) --name_begin;
    if (name_begin == name_end || !is_secret_name(text.substr(name_begin, name_end - name_begin))) continue;
    std::size_t value = at + 1;
    if (text[at] == '>') {
      if (name_begin > 0 && text[name_begin - 1] == '<' && name_end == at) hit(text, value, end_of(text, value, "<"), hits);
      continue;
    }
    const bool name_quoted = name_end < at && text[name_end] != ' ';
    if (text[at] == ':') value = run_of(text, value, " \t");
    if (value < text.size() && text[value] == '\\') ++value;
    if (value < text.size() && is_one_of(text[value], "\"'")) {
      const std::size_t end = quoted_end(text, value);
      hit(text, value + 1, end, hits);
      at = end == text.size() ? end - 1 : end;
      continue;
    }
    if (text[at] == ':' && !name_quoted) {
      const auto line = text.find_last_not_of(" \t-", name_begin == 0 ? 0 : name_begin - 1);
      if (name_begin > 0 && line != std::string_view::npos && text[line] != '\n') continue;
    }
    // JSON writes text in quotes; a bare number or word of it tells nothing, and masking it would break the document.
    if (text[at] == ':' && name_quoted) continue;
    const bool query = name_begin > 0 && is_one_of(text[name_begin - 1], "?&;");
    const std::size_t end = end_of(text, value, query ? " \t\r\n\"'<>&#;\\" : " \t\r\n\"'<>");
    hit(text, value, end, hits);
    at = std::max(at, end - 1);
  }
}

/// Finds `word`, given in small letters, without regard to case where no letter stands before it.
std::size_t find_word(std::string_view text, std::string_view word_to_find, std::size_t from) {
  const char small = word_to_find.front();
  const char capital = static_cast<char>(small - 'a' + 'A');
  for (; from + word_to_find.size() <= text.size(); ++from) {
    if (text[from] != small && text[from] != capital) continue;
    if (iequals(text.substr(from, word_to_find.size()), word_to_find) && (from == 0 || !is_one_of(text[from - 1], letters))) return from;
  }
  return std::string_view::npos;
}

/// The values of Authorization, Proxy-Authorization and the cookie headers; Basic and Bearer credentials anywhere.
void find_headers(std::string_view text, Ranges& hits) {
  for (const std::string_view name : {"authorization", "cookie"}) {
    std::size_t done = 0;
    for (auto at = find_word(text, name, 0); at != std::string_view::npos; at = find_word(text, name, done)) {
      done = at + name.size();
      std::size_t value = run_of(text, done, "\"'\\ ");
      if (value >= text.size() || !is_one_of(text[value], ":=")) continue;
      value = run_of(text, value + 1, "\"'\\ ");
      // The scheme stays: it tells whether the right one was used.
      const std::size_t scheme = run_of(text, value, std::string(letters) + "0123456789-");
      if (name == "authorization" && scheme < text.size() && scheme > value && text[scheme] == ' ') value = scheme + 1;
      done = std::max(done, end_of(text, value, text.substr(value, 2) == "$(" ? "\r\n" : "\r\n\"'"));
      hit(text, value, done, hits);
    }
  }
  constexpr std::string_view signed_v4 = "AWS4-HMAC-SHA256 Credential=";
  std::size_t signed_end = 0;
  for (auto at = text.find(signed_v4); at != std::string_view::npos; at = text.find(signed_v4, signed_end)) {
    signed_end = end_of(text, at, "\r\n\"'");
    hit(text, at + signed_v4.size(), signed_end, hits);
  }
  for (const std::string_view scheme : {"bearer ", "basic "}) {
    constexpr std::size_t least = 12;   // prose such as `Basic authentication` has shorter or plainer words
    for (auto at = find_word(text, scheme, 0); at != std::string_view::npos; at = find_word(text, scheme, at + 1)) {
      const std::size_t value = at + scheme.size();
      const std::size_t end = run_of(text, value, token_characters);
      const std::string_view token = text.substr(value, end - value);
      if (token.size() < least || token.starts_with("realm=") || consists_of(token, letters)) continue;
      hit(text, value, end, hits);
    }
  }
}

void find_tokens(std::string_view text, Ranges& hits) {
  for (auto at = text.find("eyJ"); at != std::string_view::npos; at = text.find("eyJ", at + 1)) {
    if (at > 0 && is_one_of(text[at - 1], base64url)) continue;
    constexpr std::size_t least = 8;
    const std::size_t first = run_of(text, at, base64url);
    if (first - at < least || first >= text.size() || text[first] != '.') continue;
    const std::size_t second = run_of(text, first + 1, base64url);
    if (second - first < least) continue;
    const std::size_t third = second < text.size() && text[second] == '.' ? run_of(text, second + 1, base64url) : second;
    hit(text, at, third, hits);
  }
  constexpr std::string_view api_key = "local-";   // W&B Server puts it before 40 hexadecimal digits
  for (auto at = text.find(api_key); at != std::string_view::npos; at = text.find(api_key, at + 1)) {
    const std::size_t end = run_of(text, at + api_key.size(), "0123456789abcdef");
    if (end - at - api_key.size() == 40) hit(text, at + api_key.size(), end, hits);
  }
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::string_view key = "PRIVATE KEY-----";
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1)) {
    const auto body = text.find(key, at);
    if (body == std::string_view::npos) break;
    if (text.substr(at + begin.size(), body - at - begin.size()).find('-') != std::string_view::npos) continue;
    hit(text, body + key.size(), std::min(text.find("-----END ", body + key.size()), text.size()), hits);
  }
}

}  // namespace

void find_shapes(std::string_view text, Ranges& hits) {
  find_userinfo(text, hits);
  find_fields(text, hits);
  find_headers(text, hits);
  find_tokens(text, hits);
}

}  // namespace wbverify::redaction
