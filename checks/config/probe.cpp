#include "checks/config/probe.hpp"

#include "config/bucket_url.hpp"
#include "config/mysql_url.hpp"
#include "config/own_file.hpp"
#include "config/queue_url.hpp"
#include "config/variables.hpp"
#include "core/display.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string_view id(BucketProvider provider) {
  switch (provider) {
    case BucketProvider::s3: return "s3";
    case BucketProvider::s3_compatible: return "s3-compatible";
    case BucketProvider::gcs: return "gcs";
    case BucketProvider::azure: return "azure";
    case BucketProvider::coreweave: return "coreweave";
    case BucketProvider::file: return "file";
  }
  return "";
}

std::string_view id(QueueProvider provider) {
  switch (provider) {
    case QueueProvider::internal: return "internal";
    case QueueProvider::sqs: return "sqs";
    case QueueProvider::pubsub: return "pubsub";
    case QueueProvider::azure: return "azure";
    case QueueProvider::unknown: return "unknown";
  }
  return "";
}

std::string_view id(FileText::Outcome outcome) {
  switch (outcome) {
    case FileText::Outcome::read: return "read";
    case FileText::Outcome::missing: return "missing";
    case FileText::Outcome::denied: return "denied";
    case FileText::Outcome::directory: return "directory";
    case FileText::Outcome::silent: return "silent";
    case FileText::Outcome::failed: return "failed";
  }
  return "";
}

std::string reading_of_login(const WandbAccess& wandb) {
  if (wandb.kind == WandbAccess::Kind::identity_token) return "a token of an identity provider";
  if (wandb.shape == "legacy-40") return "a key of 40 characters";
  if (wandb.shape == "local-40") return "a key of 40 characters behind a prefix";
  return wandb.shape == "jwt" ? "a key in the form of a token" : "a long key";
}

void read_targets(const Settings& settings, ConfigFacts& facts) {
  if (settings.host) {
    facts.host_scheme = settings.host->scheme;
    facts.host_origin = settings.host->origin;
    facts.readings["HOST"] = settings.host->origin;
  }
  if (settings.mysql) {
    const MysqlTarget& mysql = *settings.mysql;
    facts.readings["MYSQL"] = mysql.host + ":" + std::to_string(mysql.port) + ", database " + for_display(mysql.database, 64) + ", user " + for_display(mysql.user, 64) + ", tls=" + std::string(name(mysql.tls));
  }
  if (settings.bucket) {
    const BucketTarget& bucket = *settings.bucket;
    facts.readings["BUCKET"] = reading(bucket);
    facts.bucket = {true, std::string(id(bucket.provider)), bucket.host, bucket.region, bucket.tls, bucket.region_is_set, !bucket.secret_key.empty()};
  }
  if (settings.redis) {
    const RedisTarget& redis = *settings.redis;
    facts.readings["REDIS"] = redis.host + ":" + std::to_string(redis.port) + (redis.sentinel_master.empty() ? "" : ", sentinel of " + for_display(redis.sentinel_master, 64)) + (redis.tls ? ", TLS" : ", no TLS");
  }
  if (settings.bucket_queue) {
    facts.bucket_queue = id(settings.bucket_queue->provider);
    facts.readings["BUCKET_QUEUE"] = settings.bucket_queue->text;
  }
  if (settings.notifications_queue) {
    facts.notifications_queue = id(settings.notifications_queue->provider);
    facts.readings["NOTIFICATIONS_QUEUE"] = settings.notifications_queue->text;
  }
  if (settings.wandb.usable()) facts.readings[settings.wandb.origin_setting] = reading_of_login(settings.wandb);
  if (settings.license) {
    const License& license = *settings.license;
    facts.license = {true, license.expires, license.trial, license.deployment_id, license.seats, license.teams, license.flags};
    facts.readings["LICENSE"] = license.deployment_id.empty() ? "a licence" : "licence of deployment " + license.deployment_id;
  }
}

/// A setting that has a grammar, is set and came through it, reads as what it says.
void read_others(const Settings& settings, ConfigFacts& facts) {
  for (const auto& [setting, view] : settings.scene.settings) {
    const std::string& name = setting;   // clang before 16 captures no part of a structured binding
    const Variable* const variable = find_variable(name);
    const bool faulty = std::any_of(settings.issues.begin(), settings.issues.end(), [&](const SettingIssue& issue) { return issue.setting == name && (issue.kind == "malformed" || issue.kind == "placeholder"); });
    if (variable == nullptr || faulty || view.value.empty()) continue;
    facts.readings.emplace(name, view.value);
  }
}

void read_files(const Settings& settings, ConfigFacts& facts) {
  const auto look = [&](const std::string& setting, const std::string& path) {
    if (path.empty()) return;
    constexpr std::size_t enough = 1U << 20;
    const FileText file = read_file(path, enough);
    NamedFile out{setting, for_display(path, 256), std::string(id(file.outcome)), file.error, "", 0};
    if (file.outcome == FileText::Outcome::read) out.certificates = count_certificates(file.text, out.fault);
    facts.files.push_back(std::move(out));
  };
  if (settings.mysql) look("MYSQL", settings.mysql->ca_file);
  if (settings.redis) look("REDIS", settings.redis->ca_file);
  for (const std::string name : {"MYSQL_CA_CERT_PATH", "SSL_CERT_FILE"}) {
    if (const SettingView* view = settings.scene.find(name)) look(name, view->value);
  }
}

ConfigFacts gather(const ProbeContext& context) {
  const Settings& settings = context.settings;
  ConfigFacts facts;
  facts.issues = settings.issues;
  facts.env_files = settings.env_files;
  facts.ca_files = settings.ca_files;
  read_targets(settings, facts);
  read_others(settings, facts);
  read_files(settings, facts);
  return facts;
}

}  // namespace

ProbeSpec config_probe() {
  ProbeSpec spec;
  spec.id = "config";
  spec.limit = std::chrono::seconds(10);
  return make_probe<ConfigFacts>(std::move(spec), gather);
}

}  // namespace wbverify
