#include "config/placeholders.hpp"

#include <algorithm>
#include <span>

#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

bool only(std::string_view text, std::string_view set) { return text.find_first_not_of(set) == npos; }

/// What somebody wrote into the brackets of an example, and left them: a long word with digits is nothing that an example has.
bool is_token(std::string_view text) { return text.size() >= 16 && only(text, word) && text.find_first_of("0123456789") != npos; }

/// `<bucket-name>`, `<your password>`.
std::optional<Placeholder> in_angles(std::string_view value) {
  for (auto open = value.find('<'); open != npos; open = value.find('<', open + 1)) {
    const auto close = value.find('>', open);
    if (close == npos) return std::nullopt;
    constexpr std::size_t longest = 60;
    const std::string_view inner = value.substr(open + 1, close - open - 1);
    if (inner.empty() || inner.size() > longest || letters.find(inner.front()) == npos || is_token(inner)) continue;
    if (only(inner, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.- ")) return Placeholder{"<" + std::string(inner) + ">", open, "placeholder"};
  }
  return std::nullopt;
}

/// `${var.license}`, `$(MYSQL_PASSWORD)`, `{{ .Values.global.host }}`.
std::optional<Placeholder> reference(std::string_view value) {
  if (const auto open = value.find("{{"); open != npos && value.find("}}", open) != npos) {
    return Placeholder{sanitize(value.substr(open, value.find("}}", open) + 2 - open), 80), open, "unrendered-template"};
  }
  constexpr std::pair<std::string_view, char> kinds[] = {{"${", '}'}, {"$(", ')'}};
  for (const auto& [start, stop] : kinds) {
    for (auto open = value.find(start); open != npos; open = value.find(start, open + 1)) {
      const auto close = value.find(stop, open);
      if (close == npos) break;
      const std::string_view name = value.substr(open + 2, close - open - 2);
      if (!name.empty() && letters.find(name.front()) != npos && only(name, word)) {
        // A name in capitals is shown, and a path in small letters as Terraform writes it; anything else may be a secret that stands between the brackets.
        constexpr std::size_t longest = 40;
        const bool path = name.find('.') != npos && only(name, "abcdefghijklmnopqrstuvwxyz_.");
        const bool shown = name.size() <= longest && (path || only(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"));
        return Placeholder{std::string(start) + (shown ? std::string(name) : "…") + stop, open, "unexpanded-reference"};
      }
    }
  }
  return std::nullopt;
}

/// `YOUR_DNS_DOMAIN`, `YOUR-W&B-SERVER-HOST`, `your-bucket-name`.
std::optional<Placeholder> yours(std::string_view value) {
  constexpr std::string_view things[] = {"bucket", "blob", "domain", "dns", "host", "server", "password", "license", "licence", "account", "container",
                                         "queue", "project", "topic", "subscription", "region", "key", "secret", "access", "upstream", "name", "user", "database", "client", "tenant"};
  for (std::size_t at = 0; at + 5 < value.size(); ++at) {
    if (!iequals(value.substr(at, 4), "your") || (value[at + 4] != '_' && value[at + 4] != '-')) continue;
    if (at > 0 && letters.find(value[at - 1]) != npos) continue;
    const std::string rest = to_lower(value.substr(at + 5, 16));
    const bool shouted = value.substr(at, 4) == "YOUR" && capitals.find(value[at + 5]) != npos;
    const bool thing = std::any_of(std::begin(things), std::end(things), [&](std::string_view name) { return rest.starts_with(name); });
    if (!shouted && !thing) continue;
    const std::string_view tail = value.substr(at);
    return Placeholder{std::string(tail.substr(0, tail.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-&"))), at, "placeholder"};
  }
  return std::nullopt;
}

/// `xxxxxx`, `XXXXX-XXXXX`, `xxxxxxxxxxyyyyyyyyyyyzzzzzzz`.
bool is_filler(std::string_view part) {
  if (part.size() < 4) return false;
  const std::string lower = to_lower(part);
  if (only(lower, "x-")) return lower.find("xxx") != std::string::npos;
  const auto y = lower.find_first_not_of('x');
  const auto z = lower.find_first_not_of('y', y);
  return y >= 3 && y != std::string::npos && z != std::string::npos && z - y >= 3 && lower.size() - z >= 3 && only(std::string_view(lower).substr(z), "z");
}

/// One part of a value between the separators of URLs.
std::optional<std::string> in_part(std::string_view part) {
  constexpr std::string_view shouted[] = {"SOME_PASSWORD", "PASSWORD", "PASS", "SECRET", "SECRET_KEY", "ACCESS_KEY", "BUCKET_NAME", "USER", "USERNAME", "HOST", "HOSTNAME", "DATABASE",
                                          "LICENSE", "CHANGEME", "CHANGE_ME", "REPLACEME", "REPLACE_ME", "TODO", "TBD", "FIXME", "KEY", "TOKEN", "ACCOUNT", "CONTAINER", "QUEUE"};
  constexpr std::string_view samples[] = {"bucket-name", "queue-name", "topic-name", "project-name", "subscription-name", "storage-account-name", "blob-container-name", "my.domain.net"};
  for (const auto& list : {std::span<const std::string_view>(shouted), std::span<const std::string_view>(samples)}) {
    for (const std::string_view name : list) {
      if (part == name) return "placeholder";
    }
  }
  if (is_filler(part) || part == "..." || part == "…") return "placeholder";
  if (part.size() >= 3 && only(part, "*")) return "masked-value";
  if (iequals(part, "[redacted]") || part == "REDACTED") return "masked-value";
  if (part.size() > 3 && part.front() == '$' && letters.find(part[1]) != npos && only(part.substr(1), capitals)) return "unexpanded-reference";
  return std::nullopt;
}

}  // namespace

std::optional<Placeholder> find_placeholder(std::string_view value) {
  if (auto found = in_angles(value)) return found;
  if (auto found = reference(value)) return found;
  if (auto found = yours(value)) return found;
  if (const auto at = value.find("SOME_PASSWORD"); at != npos) return Placeholder{"SOME_PASSWORD", at, "placeholder"};
  for (std::size_t start = 0; start <= value.size();) {
    const std::size_t end = std::min(value.find_first_of(":/@?&=, ", start), value.size());
    const std::string part = percent_decode(value.substr(start, end - start)).value_or("");
    if (const auto cause = in_part(part)) return Placeholder{part, start, *cause};
    if (const auto inner = in_angles(part)) return Placeholder{inner->text, start, inner->cause};
    start = end + 1;
  }
  return std::nullopt;
}

}  // namespace wbverify
