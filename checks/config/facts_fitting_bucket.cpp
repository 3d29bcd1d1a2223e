#include <algorithm>

#include "checks/config/facts_fitting.hpp"
#include "checks/config/plugin_words.hpp"
#include "config/go_values.hpp"
#include "util/text.hpp"

namespace wbverify::fitting {
namespace {

bool own_store(const ConfigFacts& facts) { return facts.bucket.provider == "s3-compatible" || facts.bucket.provider == "coreweave"; }

/// The cloud whose store can feed this queue.
std::string_view store_of(std::string_view queue) { return queue == "sqs" ? "s3" : queue == "pubsub" ? "gcs" : queue == "azure" ? "azure" : ""; }

std::string spoken(std::string_view provider) {
  if (provider == "s3") return "Amazon S3";
  if (provider == "gcs") return "Google Cloud Storage";
  if (provider == "azure") return "Azure Blob Storage";
  if (provider == "coreweave") return "CoreWeave";
  return "an S3-compatible store";
}

/// `eu-central-1`, `us-gov-west-1`: the shape of Amazon's names.
bool is_amazon_region(std::string_view text) {
  const auto parts = split(text, '-');
  if (parts.size() < 3 || parts.front().size() < 2) return false;
  const auto letters = [](const std::string& part) { return !part.empty() && part.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos; };
  const auto& last = parts.back();
  return std::all_of(parts.begin(), parts.end() - 1, letters) && !last.empty() && last.find_first_not_of("0123456789") == std::string::npos;
}

/// The region that an Amazon endpoint names: `eu-west-1` of s3.eu-west-1.amazonaws.com.
std::string region_in(const std::string& host) {
  for (const auto& part : split(host, '.')) {
    if (is_amazon_region(part)) return part;
    if (part.starts_with("s3-") && is_amazon_region(std::string_view(part).substr(3))) return part.substr(3);
  }
  return "";
}

}  // namespace

Findings queue_of_the_bucket(const ConfigFacts& facts, const Scene& scene) {
  const std::string& queue = facts.bucket_queue;
  if (!facts.bucket.read || facts.bucket.provider == "file" || queue == "internal" || queue == "unknown") return {};
  // A queue that is there and cannot be read has its fault already.
  if (queue.empty() && (!own_store(facts) || is_set(scene, "BUCKET_QUEUE"))) return {};
  if (!own_store(facts) && store_of(queue) == facts.bucket.provider) return {};
  Finding finding = about("BUCKET_QUEUE", Status::fail, "", "BUCKET_QUEUE suits the bucket");
  if (own_store(facts)) {
    finding.cause = queue.empty() ? "queue-not-internal" : "queue-of-another-store";
    finding.observed = "BUCKET is " + spoken(facts.bucket.provider) + ", and BUCKET_QUEUE is " + (queue.empty() ? "not set." : value_of(scene, "BUCKET_QUEUE") + ".");
    finding.expected = "internal://, which W&B demands for every store that is not a cloud's own.";
  } else {
    finding.cause = "queue-of-another-store";
    finding.observed = "BUCKET is " + spoken(facts.bucket.provider) + ", and BUCKET_QUEUE is " + value_of(scene, "BUCKET_QUEUE") + ", which hears of objects in " + spoken(store_of(queue)) + " only.";
    finding.expected = "internal://, or a queue of the same cloud.";
  }
  finding.why = why_setting("BUCKET_QUEUE");
  finding.fix = scene.change("BUCKET_QUEUE", "internal://") + "\nThen restart the server.";
  finding.reproduce = show_setting("BUCKET_QUEUE", scene);
  return {finding};
}

Findings region_of_the_bucket(const ConfigFacts& facts, const Scene& scene) {
  const BucketFacts& bucket = facts.bucket;
  const bool s3 = bucket.provider == "s3" || bucket.provider == "s3-compatible";
  if (!bucket.read || !s3) return {};
  Finding finding = about("AWS_REGION", Status::warn, "", "The region of the bucket is known");
  finding.why = "Requests are signed for one region; the store refuses those that are signed for another.";
  finding.reproduce = "curl -sSI " + shell_quote(std::string(bucket.tls ? "https://" : "http://") + bucket.host + "/") + " | grep -i x-amz-bucket-region";
  const std::string named = region_in(bucket.host);
  const std::string setting = value_of(scene, "AWS_REGION");
  if (!bucket.region_is_set && !is_set(scene, "AWS_REGION")) {
    finding.cause = "region-missing";
    finding.observed = "Neither AWS_REGION nor region= in BUCKET is set.";
    finding.expected = "The region of the bucket; without it older servers take us-east-1 and newer ones us-west-1.";
    finding.fix = scene.change("AWS_REGION", named.empty() ? "us-east-1" : named);
    return {finding};
  }
  if (!bucket.region_is_set) return {};
  if (!setting.empty() && setting != bucket.region) {
    finding.cause = "regions-differ";
    finding.observed = "AWS_REGION is " + setting + ", and BUCKET says region=" + bucket.region + ".";
    finding.expected = "The same region at both places. The bucket is asked with the one in BUCKET, the queue with AWS_REGION.";
    finding.fix = scene.change("AWS_REGION", bucket.region);
    return {finding};
  }
  if (bucket.provider != "s3") return {};
  if (!is_amazon_region(bucket.region)) {
    finding.cause = "misspelt-region";
    finding.observed = "The region is " + bucket.region + ".";
    finding.expected = "A name such as us-east-1, with two hyphens. W&B's page on MinIO misspells it us-east1.";
    finding.fix = scene.change("AWS_REGION", "us-east-1");
    return {finding};
  }
  if (!named.empty() && named != bucket.region) {
    finding.cause = "regions-differ";
    finding.observed = "The endpoint " + bucket.host + " is in " + named + ", and the region is " + bucket.region + ".";
    finding.expected = named + ".";
    finding.fix = scene.change("AWS_REGION", named);
    return {finding};
  }
  return {};
}

Findings keys_of_the_bucket(const ConfigFacts& facts, const Scene& scene) {
  if (!facts.bucket.read || facts.bucket.provider != "azure" || facts.bucket.has_secret || is_set(scene, "AZURE_STORAGE_KEY")) return {};
  Finding finding = about("AZURE_STORAGE_KEY", Status::warn, "azure-key-missing", "The server has a key for the storage account");
  finding.observed = "BUCKET is in Azure, and neither it nor AZURE_STORAGE_KEY holds a key.";
  finding.expected = "key1 or key2 of the storage account, unless the pods log in by workload identity.";
  finding.why = why_setting("AZURE_STORAGE_KEY");
  finding.fix = scene.change("AZURE_STORAGE_KEY", "KEY");
  finding.reproduce = "az storage account keys list --account-name ACCOUNT --query '[].keyName'";
  return {finding};
}

Findings mixed_content(const ConfigFacts& facts, const Scene& scene) {
  const BucketFacts& bucket = facts.bucket;
  const bool proxied = go_bool(value_of(scene, "BUCKET_PROXY")).value_or(false) || go_bool(value_of(scene, "GORILLA_FILE_STORE_IS_PROXIED")).value_or(false);
  if (!bucket.read || bucket.provider == "file" || bucket.tls || facts.host_scheme != "https" || proxied) return {};
  Finding finding = about("BUCKET", Status::fail, "mixed-content", "Browsers may load files from the bucket");
  finding.observed = "HOST is https:// and the bucket is reached over plain HTTP, at " + bucket.host + ".";
  finding.expected = "TLS at the store and tls=true in BUCKET, or files that go through HOST (BUCKET_PROXY=true).";
  finding.why = "A browser does not load plain HTTP into a page of HTTPS: files, images and artifacts stay empty on every page, while uploads by the client work.";
  finding.fix = "Give the store a certificate and add tls=true to BUCKET.\n" + scene.change("BUCKET", "s3://KEY:SECRET@HOST:PORT/BUCKET?tls=true");
  finding.reproduce = "curl -sSI " + shell_quote("https://" + bucket.host + "/");
  return {finding};
}

}  // namespace wbverify::fitting
