#include "checks/wandb/plugin_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t longest_bucket = 255;

std::string name_in_host(const std::string& host, std::string_view service) {
  const auto at = host.find(service);
  return at == std::string::npos ? "" : host.substr(0, at);
}

std::string first_segment(std::string_view path) {
  path.remove_prefix(std::min<std::size_t>(1, path.size()));
  return std::string(path.substr(0, path.find('/')));
}

/// The cloud's own store by its host, and the bucket in the host or the path.
void read_cloud(const UrlParts& url, StoreView& store) {
  if (url.host.find(".amazonaws.com") != std::string::npos) {
    store.product = "Amazon S3";
    if (const auto name = name_in_host(url.host, ".s3"); !name.empty()) store.bucket = name;
  } else if (url.host.ends_with("storage.googleapis.com")) {
    store.product = "Google Cloud Storage";
    if (const auto name = name_in_host(url.host, ".storage.googleapis"); !name.empty()) store.bucket = name;
  } else if (url.host.find(".blob.core.") != std::string::npos) {
    store.product = "Azure Blob Storage";
  }
}

std::string region_in(std::string_view origin) {
  for (const auto& label : split(origin, '.')) {
    if (label.starts_with("cn-") || label.starts_with("us-gov-")) return label;
  }
  return {};
}

}  // namespace

StoreView store_of(const HttpAnswer& answer, const WandbPlace& place) {
  StoreView store;
  const auto url = resolve_location(answer.url, "");
  if (!url) return store;
  store.origin = url->origin();
  store.on_host = store.origin == UrlParts{place.scheme, place.host, "/", place.port}.origin();
  if (store.on_host) return store;
  const std::string hop = hop_of(answer);
  if (hop == "MinIO" || hop == "Amazon S3") store.product = hop;
  store.bucket = first_segment(url->path);
  read_cloud(*url, store);
  // The server chose this URL: what cannot be the name of a bucket enters no command.
  if (!is_plain_name(store.bucket) || store.bucket.starts_with('-') || store.bucket.size() > longest_bucket) store.bucket.clear();
  return store;
}

std::string origin_of(const SignedUrl& url) {
  return url.host.empty() ? "" : UrlParts{url.scheme, url.host, "/", url.port}.origin();
}

std::string describe(const Transfer& transfer) {
  std::string out = describe(transfer.answer);
  if (!transfer.code.empty()) out += ", " + transfer.code;
  if (!transfer.message.empty()) out += fmt::format(" (\"{}\")", transfer.message);
  return out;
}

std::string give_rights(const StoreView& store, StoreVerb verb) {
  const std::string bucket = store.bucket.empty() ? "BUCKET" : store.bucket;
  if (store.product == "Google Cloud Storage") {
    return fmt::format(
        "gcloud storage buckets add-iam-policy-binding {} --member=serviceAccount:ACCOUNT_OF_W&B "
        "--role=roles/storage.objectAdmin",
        shell_quote("gs://" + bucket));
  }
  if (store.product == "Azure Blob Storage") {
    return "The account's firewall, an immutability policy or a missing role refuses. See which:\n"
           "az storage account show --name ACCOUNT --query '[networkRuleSet,allowSharedKeyAccess]'\n"
           "With workload identity the role is Storage Blob Data Contributor:\n"
           "az role assignment create --role 'Storage Blob Data Contributor' --assignee IDENTITY --scope RESOURCE_ID";
  }
  const std::string policy = bucket_policy(bucket, region_in(store.origin));
  if (store.product == "Amazon S3") {
    return fmt::format(
        "Give the role or user whose keys W&B has this policy:\n"
        "aws iam put-role-policy --role-name ROLE --policy-name wandb-bucket --policy-document {}\n"
        "When it has it, the bucket's own policy, an access point or an endpoint policy of the VPC refuses:\n"
        "aws s3api get-bucket-policy --bucket {}",
        shell_quote(policy), shell_quote(bucket));
  }
  return fmt::format(
      "{} is not allowed to the keys that W&B has for this bucket. Give them this policy in the store's own way:\n{}\n"
      "With the keys of BUCKET each right is tried one by one by: wbverify --only 'bucket.*'",
      action(verb), policy);
}

bool is_plain_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

Findings merge_alike(Findings rows) {
  Findings judged;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(judged),
               [](const Finding& row) { return row.status != Status::skip; });
  const bool alike = judged.size() > 1 && !judged.front().cause.empty() &&
                     std::all_of(judged.begin(), judged.end(), [&](const Finding& row) {
                       return row.cause == judged.front().cause && row.status == judged.front().status;
                     });
  if (!alike) return rows;
  judged.front().row.clear();
  judged.front().title.clear();
  return {judged.front()};
}

std::vector<std::string> bucket_checks() {
  return {"bucket.dns", "bucket.reachable", "bucket.tls", "bucket.endpoint", "bucket.clock", "bucket.credentials", "bucket.exists", "bucket.region", "bucket.round-trip"};
}

std::vector<std::string> bucket_checks_for_browsers() {
  auto checks = bucket_checks();
  checks.insert(checks.end(), {"bucket.cors-rules", "bucket.preflight"});
  return checks;
}

}  // namespace wbverify
