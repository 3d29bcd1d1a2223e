#include "config/bucket_url.hpp"

#include <algorithm>

#include "clients/s3.hpp"
#include "config/bucket_parts.hpp"
#include "config/url.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using namespace bucket_parts;

void report_form(IssueList& issues) {
  const std::string_view value = issues.value();
  const std::string scheme = scheme_of(value);
  const std::string expected = "s3://BUCKET, s3://KEY:SECRET@HOST:PORT/BUCKET, gs://BUCKET, az://ACCOUNT/CONTAINER or cw://KEY:SECRET@cwobject.com/BUCKET.";
  const auto say = [&](std::string_view cause, std::string observed, std::string fix, std::string example) {
    issues.malformed(0, {cause, std::move(observed), expected, std::move(fix), std::move(example)});
  };
  if (scheme == "gcs") return say("unknown-scheme", "The scheme is gcs, which the server refuses.", "Write gs:// instead of gcs://.", "gs://wandb-files");
  if (scheme == "azure" || scheme == "azblob") return say("unknown-scheme", "The scheme is " + scheme + ", which the server refuses.", "Write az:// instead.", "az://account/container");
  if (scheme == "arn") return say("bucket-arn", "The value is an ARN.", "Write s3:// and the name after the last colon.", "s3://wandb-files");
  if (scheme == "http" || scheme == "https") {
    return say("web-url", "The value is a web address.", "Write s3://KEY:SECRET@HOST/BUCKET; tls=true or tls=false says whether it is HTTPS.", "s3://KEY:SECRET@minio.example.com:9000/wandb-files?tls=true&region=us-east-1");
  }
  if (!scheme.empty() && value.substr(scheme.size(), 3) == "://") {
    return say("unknown-scheme", "The scheme is " + sanitize(scheme, 24) + "; the server panics with unknown connection scheme.", "Write s3://, gs://, az:// or cw://.", "s3://wandb-files");
  }
  say("no-scheme", "The value does not begin with a scheme such as s3://.", "Write the scheme in front.", "s3://wandb-files");
}

void read_query(const Url& url, BucketTarget& target, IssueList& issues, bool& tls_given) {
  static const std::vector<std::string> known = {"tls", "region", "forcePathStyle"};
  const UrlWords words = words_for(target.scheme);
  for (const Parameter& parameter : read_parameters(url, issues, words)) {
    if (parameter.name == "tls") {
      const auto value = read_bool(parameter, issues, words);
      target.tls = value.value_or(target.tls);
      tls_given = value.has_value();
    } else if (parameter.name == "forcePathStyle") {
      target.path_style = read_bool(parameter, issues, words).value_or(target.path_style);
    } else if (parameter.name == "region") {
      if (is_s3_region(parameter.value)) {
        target.region = parameter.value;
        target.region_is_set = true;
      } else {
        issues.malformed(parameter.value_offset, {"bad-region", "The region is " + sanitize(parameter.value, 40) + ".", "A name such as us-east-1.", "Write the region of the bucket.", std::string(words.example)});
      }
    } else {
      report_unknown(parameter, known, issues, words);
    }
  }
}

/// Where the requests go when the URL names no endpoint.
void aim_at_provider(BucketTarget& target) {
  switch (target.provider) {
    case BucketProvider::s3:
      target.host = "s3." + target.region + (target.region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
      break;
    case BucketProvider::gcs: target.host = "storage.googleapis.com"; break;
    case BucketProvider::azure: target.host = target.access_key + ".blob.core.windows.net"; break;
    case BucketProvider::coreweave: target.host = "cwobject.com"; break;
    case BucketProvider::s3_compatible:
    case BucketProvider::file: break;
  }
}

std::optional<BucketTarget> read_s3(const Url& url, BucketTarget target, IssueList& issues) {
  const UrlWords words = words_for(target.scheme);
  const auto [path, path_offset] = std::pair(without_slashes(url.path), url.offset(url.path));
  const auto decoded_path = percent_decode(path);
  if (!decoded_path) {
    issues.malformed(path_offset, {"bad-escape", "A % in the path is not followed by two hexadecimal digits.", "%25 for a % that is meant as such.", "Encode it.", std::string(words.example)});
    return std::nullopt;
  }
  target.provider = target.scheme == "cw" ? BucketProvider::coreweave : is_amazon_endpoint(url.host) ? BucketProvider::s3 : BucketProvider::s3_compatible;
  const bool endpoint = first_is_endpoint(url, target.scheme);
  const bool own_store = endpoint && target.provider == BucketProvider::s3_compatible;
  if (!endpoint && target.provider == BucketProvider::s3_compatible) target.provider = BucketProvider::s3;
  target.path_style = own_store;
  target.tls = !own_store;
  bool tls_given = false;
  if (endpoint) {
    const auto host = read_host(url, issues, words);
    if (!host) return std::nullopt;
    target.host = *host;
    const auto slash = decoded_path->find('/');
    target.bucket = decoded_path->substr(0, slash);
    if (slash != std::string::npos) target.prefix = std::string(without_slashes(std::string_view(*decoded_path).substr(slash)));
  } else {
    target.bucket = percent_decode(url.host).value_or("");
    target.prefix = *decoded_path;
  }
  if (target.bucket.empty()) {
    issues.malformed(endpoint ? url.authority_end : url.offset(url.host),
                     {"no-bucket", endpoint ? "No bucket stands after the endpoint " + sanitize(target.host, 80) + "." : "No bucket stands after the scheme.", "/BUCKET after the endpoint.", "Write the name of the bucket.", std::string(words.example)});
    return std::nullopt;
  }
  const std::size_t bucket_offset = endpoint ? path_offset + 1 : url.offset(url.host);
  if (!report_bucket_name(target, bucket_offset, issues)) return std::nullopt;
  read_query(url, target, issues, tls_given);
  if (!issues.usable()) return std::nullopt;
  if (!endpoint) aim_at_provider(target);
  // The wildcard certificate *.s3.REGION.amazonaws.com covers one label only, so that Amazon's own SDKs do the same.
  if (target.provider == BucketProvider::s3 && target.bucket.find('.') != std::string::npos) target.path_style = true;
  const auto port = read_port(url, target.tls ? 443 : 80, issues, words);
  if (!port) return std::nullopt;
  target.port = *port;
  if (own_store && !tls_given && target.port == 443) {
    issues.suspicious(url.offset(url.port), {"tls-not-asked-for", "The endpoint is port 443, and tls=true is missing: the server speaks plain HTTP to it.", "?tls=true.", "Add tls=true.", ""});
  }
  return target;
}

std::optional<BucketTarget> read_gs(const Url& url, BucketTarget target, IssueList& issues) {
  target.provider = BucketProvider::gcs;
  target.path_style = true;
  target.bucket = std::string(url.host);
  target.prefix = percent_decode(without_slashes(url.path)).value_or("");
  aim_at_provider(target);
  if (target.bucket.empty() || url.has_port) {
    issues.malformed(url.offset(url.host), {"no-bucket", target.bucket.empty() ? "No bucket stands after gs://." : "A port stands after the bucket.", "gs://BUCKET.", "Write the name of the bucket alone.", "gs://wandb-files"});
    return std::nullopt;
  }
  if (!report_bucket_name(target, url.offset(url.host), issues)) return std::nullopt;
  bool tls_given = false;
  read_query(url, target, issues, tls_given);
  return issues.usable() ? std::optional(std::move(target)) : std::nullopt;
}

std::optional<BucketTarget> read_az(const Url& url, BucketTarget target, IssueList& issues) {
  target.provider = BucketProvider::azure;
  target.path_style = true;
  const std::string path = percent_decode(without_slashes(url.path)).value_or("");
  const auto slash = path.find('/');
  target.access_key = std::string(url.host);
  target.bucket = path.substr(0, slash);
  if (slash != std::string::npos) target.prefix = std::string(without_slashes(std::string_view(path).substr(slash)));
  // Storage accounts: 3 to 24 lower-case letters and digits. Containers: 3 to 63, hyphens too (Azure naming rules).
  if (!consists_of(target.access_key, "abcdefghijklmnopqrstuvwxyz0123456789", 3, 24) || url.has_port) {
    issues.malformed(url.offset(url.host), {"bad-account", "What stands after az:// is no name of a storage account.", "3 to 24 lower-case letters and digits; the account, not its host name.", "Write the name of the storage account.", "az://account/container"});
    return std::nullopt;
  }
  if (target.bucket != "$root" && !consists_of(target.bucket, "abcdefghijklmnopqrstuvwxyz0123456789-", 3, 63)) {
    issues.malformed(url.authority_end, {target.bucket.empty() ? "no-bucket" : "bad-bucket-name", target.bucket.empty() ? "No container stands after the storage account." : "What stands after the storage account is no name of a container.",
                                         "3 to 63 lower-case letters, digits and hyphens.", "Write the name of the container.", "az://" + target.access_key + "/container"});
    return std::nullopt;
  }
  aim_at_provider(target);
  return target;
}

}  // namespace

std::optional<BucketTarget> parse_bucket_url(IssueList& issues, const BucketSurroundings& surroundings) {
  if (!check_surface(issues, "s3://wandb-files")) return std::nullopt;
  BucketTarget target;
  target.scheme = scheme_of(issues.value());
  if (target.scheme == "file" || issues.value().starts_with('/')) {
    target.provider = BucketProvider::file;
    target.scheme = "file";
    target.tls = false;
    target.port = 0;
    target.bucket = std::string(issues.value().substr(issues.value().starts_with("file://") ? 7 : 0));
    return target;
  }
  const auto url = split_url(issues.value());
  constexpr std::string_view schemes[] = {"s3", "cw", "gs", "az"};
  if (!url || std::find(std::begin(schemes), std::end(schemes), target.scheme) == std::end(schemes)) {
    report_form(issues);
    return std::nullopt;
  }
  const UrlWords words = words_for(target.scheme);
  if (is_torn(*url, issues, words)) return std::nullopt;
  report_fragment(*url, issues, words);
  auto credentials = read_credentials(*url, issues, words);
  if (!issues.usable() || !credentials) return std::nullopt;
  if (url->has_userinfo && credentials->password.empty()) {
    issues.malformed(url->offset(url->userinfo), {"no-secret-key", "A key stands in front of the @ without its secret.", "KEY:SECRET@, or nothing when the server's own role is used.", "Write the secret, or remove everything up to the @.", std::string(words.example)});
    return std::nullopt;
  }
  target.credentials_in_url = url->has_userinfo;
  target.region_is_set = !surroundings.region.empty();
  target.region = target.region_is_set ? surroundings.region : "us-east-1";
  target.kms_key = surroundings.kms_key;
  const bool amazon_like = target.scheme == "s3" || target.scheme == "cw";
  if (target.credentials_in_url) {
    target.access_key = credentials->user;
    target.secret_key = Secret(std::move(credentials->password));
  } else if (amazon_like) {
    target.access_key = surroundings.access_key;
    target.secret_key = Secret(surroundings.secret_key);
    target.session_token = Secret(surroundings.session_token);
  } else if (target.scheme == "az") {
    target.secret_key = Secret(surroundings.azure_key);
  }
  if (target.scheme == "gs") return read_gs(*url, std::move(target), issues);
  if (target.scheme == "az") return read_az(*url, std::move(target), issues);
  return read_s3(*url, std::move(target), issues);
}

}  // namespace wbverify
