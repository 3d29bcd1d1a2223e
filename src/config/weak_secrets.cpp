#include "config/weak_secrets.hpp"

#include <algorithm>
#include <array>

#include "config/url.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t shortest = 8;
/// One word of letters is guessed from a dictionary up to about this length; a longer run of them may be random.
constexpr std::size_t longest_word = 12;

/// What stands in examples, quick starts and lists of passwords that are tried first.
bool is_known_password(std::string_view secret) {
  static constexpr std::array<std::string_view, 24> words = {
      "wandb_local", "wandblocal", "minioadmin", "minio123", "password", "password1", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "changeme", "change-me",
      "changeit", "admin123", "administrator", "letmein1", "qwerty123", "welcome1", "secret123", "mysql-root", "rootroot", "test1234", "wandb123", "redis123"};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return iequals(secret, word); });
}

bool is_word(std::string_view secret) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool digits = secret.find_first_not_of("0123456789") == std::string_view::npos;
  // `Password`, `password`, `PASSWORD`; letters of both cases in no order are no word.
  const bool letters = std::all_of(secret.begin(), secret.end(), letter);
  const std::string lower = to_lower(secret);
  const bool one_case = secret.substr(1) == std::string_view(lower).substr(1) || std::none_of(secret.begin(), secret.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return secret.size() <= longest_word && (digits || (letters && one_case));
}

std::vector<std::string> names_in(const std::string& value) {
  std::vector<std::string> names;
  const auto url = split_url(value);
  if (!url) return names;
  if (url->has_password) names.push_back(percent_decode(url->user).value_or(""));
  names.emplace_back(url->host);
  for (auto& part : split(url->path, '/')) names.push_back(std::move(part));
  for (auto& part : split(url->host, '.')) names.push_back(std::move(part));
  return names;
}

std::string words_of(const std::string& weakness) {
  if (weakness == "same-as-name") return "The secret is also the user, the host, the database or the bucket that stands beside it.";
  if (weakness == "ordinary-word") return "The secret is one ordinary word or number.";
  return "The secret has fewer than " + std::to_string(shortest) + " characters.";
}

}  // namespace

std::string weakness_of(std::string_view secret, const std::vector<std::string>& names) {
  if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return !name.empty() && iequals(name, secret); })) return "same-as-name";
  if (is_word(secret) || is_known_password(secret)) return "ordinary-word";
  return secret.size() < shortest ? "short" : "";
}

void report_weak_secrets(const Variable& variable, const std::string& value, std::vector<SettingIssue>& issues) {
  // What W&B gave out has a grammar of its own.
  if (variable.sensitivity == Sensitivity::open || variable.name == "LICENSE" || variable.name == "WANDB_API_KEY") return;
  std::vector<std::string> secrets;
  if (variable.sensitivity == Sensitivity::credentials) {
    const auto url = split_url(value);
    if (!url || url->late_at != std::string_view::npos) return;
    secrets = possible_secrets(value);
    // Text in the place of the port is hidden, and judged as a port.
    std::erase_if(secrets, [&](const std::string& secret) { return secret == url->port; });
  } else {
    secrets.emplace_back(trim(value));
  }
  for (const auto& secret : secrets) {
    const std::string weakness = secret.empty() ? "" : weakness_of(secret, names_in(value));
    if (weakness.empty()) continue;
    SettingIssue issue;
    issue.setting = variable.name;
    issue.kind = "weak-secret";
    issue.cause = weakness;
    issue.observed = words_of(weakness);
    issue.expected = "At least " + std::to_string(shortest) + " random characters, used nowhere else.";
    issues.push_back(std::move(issue));
    return;
  }
}

}  // namespace wbverify
