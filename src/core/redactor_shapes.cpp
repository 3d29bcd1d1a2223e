#include "core/redactor_shapes.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/redactor_scan.hpp"
#include "util/text.hpp"

namespace wbverify::redaction {
namespace {

constexpr CharSet letters("A-Za-z"), digits("0-9"), name_of_variable("A-Za-z0-9_"), constant("A-Z0-9_"), base64url("A-Za-z0-9_-"), hexadecimal("0-9a-f");
constexpr CharSet quotes("\"'"), line_end("\r\n"), line_or_quote("\r\n\"'"), before_value("\"'\\ ");

/// A value that tells nothing: a reference to the environment, a word that stands for a secret, what is masked already.
bool is_harmless(std::string_view value) {
  constexpr std::array<std::string_view, 7> stand_ins = {"PASSWORD", "PASS", "SECRET", "SECRET_KEY", "KEY", "TOKEN", "ACCOUNT_KEY"};
  constexpr std::array<std::string_view, 8> answers = {"yes", "no", "true", "false", "null", "none", "nil", "required"};
  constexpr CharSet stars("*"), dots(".");
  if (value.empty() || value == mark || consists_of(value, stars) || consists_of(value, dots) || value == "…") return true;
  if (value.starts_with("$(")) return true;
  if (value.starts_with("${")) return value.find('}') == value.size() - 1 && consists_of(value.substr(2, value.size() - 3), name_of_variable);
  if (value.front() == '$') return value.size() > 2 && consists_of(value.substr(1), constant) && !digits.has(value[1]);
  if (value.front() == '<') return value.find('>') == value.size() - 1;
  return std::find(stand_ins.begin(), stand_ins.end(), value) != stand_ins.end() ||
         std::any_of(answers.begin(), answers.end(), [&](std::string_view answer) { return iequals(value, answer); });
}

void hit(std::string_view text, std::size_t begin, std::size_t end, Ranges& hits) {
  if (begin < end && !is_harmless(text.substr(begin, end - begin))) hits.push_back({begin, end});
}

/// `scheme://user:PASS@host`.
void find_userinfo(std::string_view text, Ranges& hits) {
  constexpr CharSet scheme("A-Za-z0-9+.-"), outside(" \t\r\n\"'`<>\\"), after_authority("/?#");
  // Looked for once, however many URLs stand in it without a blank between them.
  std::size_t whole = 0, last_at = std::string_view::npos;
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    if (at == 0 || !scheme.has(text[at - 1])) continue;
    const std::size_t start = at + 3;
    if (whole < start) {
      whole = end_of(text, start, outside);
      last_at = text.substr(0, whole).rfind('@');
    }
    if (last_at == std::string_view::npos || last_at < start) continue;
    std::size_t stop = std::min(end_of(text, start, after_authority), whole);
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

constexpr std::size_t longest_name = 64;

bool is_secret_name(std::string_view name) {
  constexpr std::array<std::string_view, 24> endings = {
      "password", "passwd", "passphrase", "_pass", "_pw", "_pwd", "secret", "secret_key", "secretkey", "secretaccesskey", "secret_access_key",
      "token", "api_key", "apikey", "accountkey", "account_key", "storage_key", "sharedaccesskey", "sharedaccesssignature", "private_key", "session_key", "_signature",
      "signatureprovided", "_credential"};
  constexpr std::array<std::string_view, 6> wholes = {"pass", "pwd", "pw", "signature", "sig", "credential"};
  std::array<char, longest_name> buffer{};
  std::transform(name.begin(), name.end(), buffer.begin(), [](char c) { return c == '-' || c == '.' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::string_view key(buffer.data(), name.size());
  const auto ends_it = [&](std::string_view ending) { return key.back() == ending.back() && key.ends_with(ending); };
  return std::any_of(endings.begin(), endings.end(), ends_it) || std::find(wholes.begin(), wholes.end(), key) != wholes.end();
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
bool find_fields(std::string_view text, Ranges& hits) {
  bool open = false;
  constexpr CharSet name_characters("A-Za-z0-9_.-"), quoting("\"'\\"), blank(" \t");
  constexpr CharSet value_end(" \t\r\n\"'<>"), parameter_end(" \t\r\n\"'<>&#;\\"), element_end("<"), query("?&;");
  Marks marks(text, "=:>");
  for (std::size_t at = marks.next(0); at < text.size(); at = marks.next(at + 1)) {
    std::size_t name_end = at;
    const CharSet& between = text[at] == '=' ? quoting : before_value;
    while (name_end > 0 && between.has(text[name_end - 1])) --name_end;
    std::size_t name_begin = name_end;
    while (name_begin > 0 && name_end - name_begin < longest_name && name_characters.has(text[name_begin - 1])) --name_begin;
    if (name_begin == name_end || !is_secret_name(text.substr(name_begin, name_end - name_begin))) continue;
    std::size_t value = at + 1;
    if (text[at] == '>') {
      if (name_begin == 0 || text[name_begin - 1] != '<' || name_end != at) continue;
      // SHOW CREATE USER says this in place of a password's hash.
      constexpr std::string_view placeholder = " AS <secret> ";
      if (value >= placeholder.size() && text.substr(value + 1 - placeholder.size(), placeholder.size()) == placeholder) continue;
      const std::size_t end = end_of(text, value, element_end);
      open = open || end == text.size();
      hit(text, value, end, hits);
      continue;
    }
    const bool name_quoted = name_end < at && text[name_end] != ' ';
    if (text[at] == ':') value = run_of(text, value, blank);
    if (value < text.size() && text[value] == '\\') ++value;
    if (value < text.size() && quotes.has(text[value])) {
      const std::size_t end = quoted_end(text, value);
      open = open || end == text.size();
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
    const bool parameter = name_begin > 0 && query.has(text[name_begin - 1]);
    const std::size_t end = end_of(text, value, parameter ? parameter_end : value_end);
    hit(text, value, end, hits);
    at = std::max(at, end - 1);
  }
  return open;
}

/// Where a word stands, given in small letters, without regard to case, when no letter stands before it. Looked for by its rarest letter.
class Words {
 public:
  Words(std::string_view text, std::string_view word) : text_(text), word_(word) {
    for (const char letter : std::string_view("zqxjkvbpgywfmucldrhsnioate")) {
      rare_ = word.find(letter);
      if (rare_ != std::string_view::npos) break;
    }
    both_ = {word[rare_], static_cast<char>(word[rare_] - 'a' + 'A')};
    marks_.emplace(text, std::string_view(both_.data(), both_.size()));
  }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  /// The first from `from` on, which never goes back.
  std::size_t next(std::size_t from) {
    for (std::size_t at = marks_->next(from + rare_); at < text_.size(); at = marks_->next(at + 1)) {
      const std::size_t begin = at - rare_;
      if (iequals(text_.substr(begin, word_.size()), word_) && (begin == 0 || !letters.has(text_[begin - 1]))) return begin;
    }
    return std::string_view::npos;
  }

 private:
  std::string_view text_, word_;
  std::size_t rare_ = 0;
  std::array<char, 2> both_{};
  std::optional<Marks> marks_;
};

/// The same for a text as it is written, by one of its characters that is rare elsewhere.
std::size_t find_by(char rare, std::string_view needle, std::string_view text, std::size_t from) {
  const std::size_t place = needle.find(rare);
  for (auto at = text.find(rare, from + place); at != std::string_view::npos; at = text.find(rare, at + 1)) {
    if (text.substr(at - place, needle.size()) == needle) return at - place;
  }
  return std::string_view::npos;
}

/// The values of Authorization, Proxy-Authorization and the cookie headers; Basic and Bearer credentials anywhere.
void find_headers(std::string_view text, Ranges& hits) {
  constexpr CharSet scheme_characters("A-Za-z0-9-"), assign(":="), token_characters("A-Za-z0-9._~+/=-");
  for (const std::string_view name : std::array<std::string_view, 2>{"authorization", "cookie"}) {
    Words words(text, name);
    std::size_t done = 0;
    for (auto at = words.next(0); at != std::string_view::npos; at = words.next(done)) {
      done = at + name.size();
      std::size_t value = run_of(text, done, before_value);
      if (value >= text.size() || !assign.has(text[value])) continue;
      value = run_of(text, value + 1, before_value);
      // The scheme stays: it tells whether the right one was used.
      const std::size_t scheme = run_of(text, value, scheme_characters);
      if (name == "authorization" && scheme < text.size() && scheme > value && text[scheme] == ' ') value = scheme + 1;
      done = std::max(done, end_of(text, value, text.substr(value, 2) == "$(" ? line_end : line_or_quote));
      hit(text, value, done, hits);
    }
  }
  constexpr std::string_view signed_v4 = "AWS4-HMAC-SHA256 Credential=";
  std::size_t signed_end = 0;
  for (auto at = find_by('W', signed_v4, text, 0); at != std::string_view::npos; at = find_by('W', signed_v4, text, signed_end)) {
    signed_end = end_of(text, at, line_or_quote);
    hit(text, at + signed_v4.size(), signed_end, hits);
  }
  for (const std::string_view scheme : std::array<std::string_view, 2>{"bearer ", "basic "}) {
    constexpr std::size_t least = 12;   // prose such as `Basic authentication` has shorter or plainer words
    Words words(text, scheme);
    for (auto at = words.next(0); at != std::string_view::npos; at = words.next(at + 1)) {
      const std::size_t value = at + scheme.size();
      const std::size_t end = run_of(text, value, token_characters);
      const std::string_view token = text.substr(value, end - value);
      if (token.size() < least || token.starts_with("realm=") || consists_of(token, letters)) continue;
      hit(text, value, end, hits);
    }
  }
}

bool find_tokens(std::string_view text, Ranges& hits) {
  constexpr std::string_view token = "eyJ";
  for (auto at = find_by('J', token, text, 0); at != std::string_view::npos; at = find_by('J', token, text, at + 1)) {
    if (at > 0 && base64url.has(text[at - 1])) continue;
    constexpr std::size_t least = 8;
    const std::size_t first = run_of(text, at, base64url);
    if (first - at < least || first >= text.size() || text[first] != '.') continue;
    const std::size_t second = run_of(text, first + 1, base64url);
    if (second - first < least) continue;
    const std::size_t third = second < text.size() && text[second] == '.' ? run_of(text, second + 1, base64url) : second;
    hit(text, at, third, hits);
  }
  constexpr std::string_view api_key = "local-";   // W&B Server puts it before 40 hexadecimal digits
  for (auto at = find_by('-', api_key, text, 0); at != std::string_view::npos; at = find_by('-', api_key, text, at + 1)) {
    const std::size_t end = run_of(text, at + api_key.size(), hexadecimal);
    if (end - at - api_key.size() == 40) hit(text, at + api_key.size(), end, hits);
  }
  constexpr std::string_view begin = "-----BEGIN ", key = "PRIVATE KEY-----";
  std::size_t body = 0;
  for (auto at = find_by('G', begin, text, 0); at != std::string_view::npos; at = find_by('G', begin, text, at + 1)) {
    const std::size_t label = at + begin.size();
    if (body < label) body = std::min(text.find(key, label), text.size());
    if (text.substr(label, body - label).find('-') != std::string_view::npos) continue;
    if (body == text.size()) return true;
    const std::size_t end = text.find("-----END ", body + key.size());
    hit(text, body + key.size(), std::min(end, text.size()), hits);
    if (end == std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

bool find_shapes(std::string_view text, Ranges& hits) {
  find_userinfo(text, hits);
  const bool field_open = find_fields(text, hits);
  find_headers(text, hits);
  return find_tokens(text, hits) || field_open;
}

}  // namespace wbverify::redaction
