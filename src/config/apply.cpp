#include "config/apply.hpp"

#include <algorithm>

#include "config/api_key.hpp"
#include "config/bucket_url.hpp"
#include "config/host_url.hpp"
#include "config/license.hpp"
#include "config/mysql_url.hpp"
#include "config/placeholders.hpp"
#include "config/queue_url.hpp"
#include "config/redis_url.hpp"
#include "config/small_values.hpp"
#include "config/url.hpp"
#include "config/weak_secrets.hpp"
#include "core/redactor.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// Words that a switch may hold; hiding them everywhere would make the report unreadable.
bool is_plain_word(std::string_view value) {
  const auto words = {"none", "null", "true", "false", "internal", "disabled"};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return iequals(word, value); });
}

/// What may hold a log-in, or a password in the place of a port.
bool is_like_url(std::string_view value) { return value.find("://") != std::string_view::npos || (value.find('@') != std::string_view::npos && value.find(':') != std::string_view::npos); }

void register_secrets(Sensitivity sensitivity, const std::string& value) {
  if (sensitivity == Sensitivity::secret && !is_plain_word(value)) Secret(std::string(trim(value)));
  if (sensitivity == Sensitivity::credentials) {
    for (auto& secret : possible_secrets(value)) Secret(std::move(secret));
    // Some variables take a list of URLs.
    for (const auto& part : split(value, ',')) {
      if (part.size() == value.size()) break;
      for (auto& secret : possible_secrets(part)) Secret(std::move(secret));
    }
  }
  // A log-in put into a URL that needs none.
  if (sensitivity == Sensitivity::open && is_like_url(value)) {
    for (auto& secret : possible_secrets(value)) Secret(std::move(secret));
  }
}

std::string shown(Sensitivity sensitivity, const std::string& value, bool placeholder) {
  constexpr std::size_t longest = 512;
  if (value.empty()) return "";
  if (sensitivity == Sensitivity::secret) return placeholder ? "[redacted], a placeholder" : "[redacted]";
  if (sensitivity == Sensitivity::credentials || is_like_url(value)) return mask_url(value);
  return Redactor::process().redact(sanitize(value, longest), Wrote::us);
}

/// A value that is too long to be one is not searched.
std::optional<Placeholder> placeholder_in(const std::string& value) {
  return value.size() > longest_value ? std::nullopt : find_placeholder(value);
}

class Applier {
 public:
  Applier(const Resolver& resolver, Settings& settings) : resolver_(resolver), settings_(settings) {}

  void apply() {
    std::vector<Resolved> all = resolver_.settle(settings_.issues);
    // Every secret is known before the first text is made.
    for (const Resolved& one : all) {
      // Half a placeholder may be a key: YOUR_API_KEY overwritten at one end.
      if (one.variable->name == "WANDB_API_KEY") {
        for (auto& secret : secrets_in_key(one.value)) Secret(std::move(secret));
        continue;
      }
      if (!placeholder_in(one.value)) register_secrets(one.variable->sensitivity, one.value);
    }
    for (const Resolved& one : resolver_.misspelt()) {
      register_secrets(one.variable->sensitivity, one.value);
      show(one, false);
    }
    for (const Resolved& one : all) know_own_words(one);
    for (const Resolved& one : all) {
      if (!placeholder_in(one.value) && !is_plain_word(one.value)) report_weak_secrets(*one.variable, one.value, settings_.issues);
    }
    // The bucket looks at the others.
    std::stable_partition(all.begin(), all.end(), [](const Resolved& one) { return one.variable->name != "BUCKET"; });
    for (const Resolved& one : all) read(one);
  }

 private:
  /// Hosts, users and names are shown as they are, whatever else happens to be called the same.
  static void know_own_words(const Resolved& one) {
    if (one.variable->sensitivity == Sensitivity::secret) return;
    const auto url = split_url(one.value);
    if (url && url->late_at == std::string_view::npos) {
      for (const std::string_view part : {url->has_password ? url->user : std::string_view(), url->host, url->path, url->query}) Redactor::process().know_own(part);
    } else if (one.variable->sensitivity == Sensitivity::open && !is_like_url(one.value) && !looks_like_key(one.value)) {
      Redactor::process().know_own(one.value);
    }
  }

  void show(const Resolved& one, bool placeholder) {
    SettingView view = one.place;
    view.value = shown(one.variable->sensitivity, one.value, placeholder);
    settings_.scene.settings[view.name] = std::move(view);
  }

  void read(const Resolved& one) {
    const auto placeholder = placeholder_in(one.value);
    show(one, placeholder.has_value());
    if (one.value.empty()) return;
    if (placeholder) {
      report(*placeholder, one);
      return;
    }
    IssueList issues(std::string(one.variable->name), one.value);
    parse(one, issues);
    const bool usable = issues.usable();
    // A word that is no URL may be anything, a key that was pasted into the wrong line too.
    if (one.variable->name == "HOST" && !usable && !is_like_url(one.value) && one.value.find('.') == std::string::npos && one.value != "localhost") {
      settings_.scene.settings["HOST"].value = "(not shown: not a URL)";
    }
    for (auto& issue : issues.take()) settings_.issues.push_back(std::move(issue));
    if (one.misprint) report_misprint(one);
    if (usable) gather_surroundings(one);
  }

  void parse(const Resolved& one, IssueList& issues) {
    const std::string_view name = one.variable->name;
    if (name == "HOST") {
      settings_.host = parse_host_url(issues);
    } else if (name == "MYSQL") {
      settings_.mysql = parse_mysql_url(issues);
    } else if (name == "BUCKET") {
      settings_.bucket = parse_bucket_url(issues, surroundings_);
    } else if (name == "REDIS") {
      settings_.redis = parse_redis_url(issues);
    } else if (name == "BUCKET_QUEUE") {
      settings_.bucket_queue = parse_queue_url(issues);
    } else if (name == "NOTIFICATIONS_QUEUE") {
      settings_.notifications_queue = parse_queue_url(issues);
    } else if (name == "LICENSE") {
      settings_.license = parse_license(issues);
    } else if (name == "WANDB_API_KEY") {
      settings_.wandb.shape = parse_api_key(issues);
      if (!settings_.wandb.shape.empty()) settings_.wandb.api_key = Secret(one.value);
    } else {
      check_small_value(issues);
    }
  }

  void gather_surroundings(const Resolved& one) {
    const std::pair<std::string_view, std::string*> places[] = {{"AWS_REGION", &surroundings_.region},
                                                                {"AWS_ACCESS_KEY_ID", &surroundings_.access_key},
                                                                {"AWS_SECRET_ACCESS_KEY", &surroundings_.secret_key},
                                                                {"AWS_SESSION_TOKEN", &surroundings_.session_token},
                                                                {"AZURE_STORAGE_KEY", &surroundings_.azure_key},
                                                                {"AWS_S3_KMS_ID", &surroundings_.kms_key}};
    for (const auto& [name, place] : places) {
      if (one.variable->name == name) *place = one.value;
    }
  }

  void report(const Placeholder& placeholder, const Resolved& one) {
    IssueList place(std::string(one.variable->name), one.value);
    place.malformed(placeholder.offset, {placeholder.cause, "", "", "", std::string(one.variable->example)});
    SettingIssue issue = place.take().front();
    issue.kind = "placeholder";
    const std::string text = sanitize(placeholder.text, 80);
    if (placeholder.cause == "placeholder") {
      issue.observed = "The value still holds " + text + " from an example.";
      issue.expected = "Your own value in its place.";
    } else if (placeholder.cause == "masked-value") {
      issue.observed = "The value holds " + text + ", which some program wrote instead of a secret.";
      issue.expected = "The secret itself.";
    } else if (placeholder.cause == "unrendered-template") {
      issue.observed = "The value holds " + text + ", which a template engine should have replaced.";
      issue.expected = "The value that the template stands for.";
    } else {
      issue.observed = "The value holds " + text + ", and nothing has put the value in its place.";
      issue.expected = "The value itself. Environment files expand nothing, and Kubernetes expands $(NAME) only for names that the same container has.";
    }
    issue.fix = "Write your own value instead of " + text + (issue.example.empty() ? "." : ", in this form:");
    settings_.issues.push_back(std::move(issue));
  }

  void report_misprint(const Resolved& one) {
    SettingIssue issue;
    issue.setting = one.variable->name;
    issue.kind = "malformed";
    issue.cause = "misprinted-name";
    issue.observed = "The variable is called " + one.place.alias + ", as a misprint in some translations of the documentation has it; no server reads that.";
    issue.expected = std::string(one.variable->name) + ".";
    issue.fix = "Rename it to " + std::string(one.variable->name) + ".";
    settings_.issues.push_back(std::move(issue));
  }

  const Resolver& resolver_;
  Settings& settings_;
  BucketSurroundings surroundings_;
};

}  // namespace

void apply_all(const Resolver& resolver, Settings& settings) { Applier(resolver, settings).apply(); }

}  // namespace wbverify
