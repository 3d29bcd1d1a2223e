#include "config/bucket_parts.hpp"

#include "config/bucket_url.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace bucket_parts {
namespace {

constexpr std::string_view lower_digits = "abcdefghijklmnopqrstuvwxyz0123456789";

bool ends_with_domain(std::string_view host, std::string_view domain) {
  return iequals(host, domain) || (host.size() > domain.size() && iequals(host.substr(host.size() - domain.size()), domain) && host[host.size() - domain.size() - 1] == '.');
}
bool is_coreweave(std::string_view host) { return ends_with_domain(host, "cwobject.com") || ends_with_domain(host, "cwlota.com"); }

}  // namespace

UrlWords words_for(std::string_view scheme) {
  UrlWords words;
  words.secret = scheme == "gs" ? "private key" : scheme == "az" ? "account key" : "secret key";
  words.at_in_path = true;
  words.example = scheme == "gs"   ? "gs://wandb-files"
                  : scheme == "az" ? "az://:KEY@account/container"
                  : scheme == "cw" ? "cw://KEY:SECRET@cwobject.com/wandb-files?tls=true"
                                   : "s3://KEY:SECRET@minio.example.com:9000/wandb-files?region=us-east-1";
  return words;
}

std::string_view without_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool consists_of(std::string_view text, std::string_view set, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && text.find_first_not_of(set) == std::string_view::npos;
}

bool is_amazon_endpoint(std::string_view host) {
  const std::string lower = to_lower(host);
  if (!lower.ends_with(".amazonaws.com") && !lower.ends_with(".amazonaws.com.cn")) return false;
  return lower.starts_with("s3.") || lower.starts_with("s3-") || lower.find(".s3.") != std::string::npos || lower.find(".s3-") != std::string::npos;
}

bool first_is_endpoint(const Url& url, std::string_view scheme) {
  if (scheme == "cw") return is_coreweave(url.host);
  if (url.has_port || url.brackets || is_ipv4(url.host) || iequals(url.host, "localhost") || is_amazon_endpoint(url.host)) return true;
  return url.has_userinfo && url.host.find('.') != std::string_view::npos && !without_slashes(url.path).empty();
}

bool report_bucket_name(const BucketTarget& target, std::size_t offset, IssueList& issues) {
  const std::string& bucket = target.bucket;
  const std::string shown = sanitize(bucket, 80);
  const std::string example(words_for(target.scheme).example);
  // The widest rule of all: 3 to 255 characters (buckets of us-east-1 made before March 2018; Google's dotted names).
  if (!consists_of(to_lower(bucket), "abcdefghijklmnopqrstuvwxyz0123456789.-_", 3, 255)) {
    issues.malformed(offset, {"bad-bucket-name", "The bucket would be called " + shown + ", which no store allows.", "3 to 63 lower-case letters, digits, dots and hyphens.", "Write the name of the bucket.", example});
    return false;
  }
  const bool plain = consists_of(bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-", 3, 63) && lower_digits.find(bucket.front()) != std::string_view::npos &&
                     lower_digits.find(bucket.back()) != std::string_view::npos && bucket.find("..") == std::string::npos && !is_ipv4(bucket);
  if (target.provider == BucketProvider::coreweave && (bucket.find('_') != std::string::npos || bucket.starts_with("cw-") || bucket.starts_with("vip-"))) {
    issues.malformed(offset, {"bad-bucket-name", "The bucket is called " + shown + ", which CoreWeave does not allow.", "No underscore, and no cw- or vip- at the beginning.", "Use a bucket with another name.", example});
    return false;
  }
  const bool google = target.provider == BucketProvider::gcs && consists_of(bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-_", 3, 222);
  if (!plain && !google) {
    issues.suspicious(offset, {"unusual-bucket-name", "The bucket is called " + shown + ".", "3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends.", "Check the name.", example});
  }
  return true;
}

}  // namespace bucket_parts

std::string_view name(BucketProvider provider) {
  switch (provider) {
    case BucketProvider::s3: return "Amazon S3";
    case BucketProvider::s3_compatible: return "S3-compatible store";
    case BucketProvider::gcs: return "Google Cloud Storage";
    case BucketProvider::azure: return "Azure Blob Storage";
    case BucketProvider::coreweave: return "CoreWeave";
    case BucketProvider::file: return "local disk";
  }
  return "";
}

std::string reading(const BucketTarget& target) {
  if (target.provider == BucketProvider::file) return "folder " + sanitize(target.bucket, 120) + " on local disk";
  const bool azure = target.provider == BucketProvider::azure;
  std::string out = azure ? "container " : "bucket ";
  out += sanitize(target.bucket, 120);
  if (!target.prefix.empty()) out += ", prefix " + sanitize(target.prefix, 120);
  out += azure ? ", storage account " + target.access_key : ", " + std::string(name(target.provider)) + " at " + target.host + ":" + std::to_string(target.port);
  if (target.provider == BucketProvider::s3 || target.provider == BucketProvider::s3_compatible) {
    out += target.path_style ? ", path style" : ", bucket in the host name";
    out += target.tls ? ", TLS" : ", no TLS";
  }
  return out;
}

}  // namespace wbverify
