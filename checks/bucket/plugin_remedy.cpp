#include "checks/bucket/plugin_remedy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "util/text.hpp"

namespace wbverify {
namespace {

std::string endpoint(const BucketPlace& place) {
  if (place.amazon && place.address.host.ends_with(".amazonaws.com")) return "";
  S3Address service = place.address;
  service.path_style = true;
  return " --endpoint-url " + shell_quote(service.origin());
}

std::string region_option(const BucketPlace& place) { return " --region " + shell_quote(place.address.region); }

}  // namespace

std::string bucket_product(const BucketReadFacts& facts) {
  for (const S3Answer* answer : {&facts.list, &facts.anonymous, &facts.cors, &facts.head}) {
    if (!answer->product.empty()) return answer->product;
  }
  return facts.place.amazon ? "Amazon S3" : "";
}

std::string show(const S3Answer& answer) {
  if (answer.status == 0) return answer.text.empty() ? "no answer" : answer.text;
  std::string out = std::to_string(answer.status);
  if (!answer.code.empty()) {
    out += " " + answer.code;
    if (!answer.message.empty()) out += " (" + answer.message + ")";
  } else if (answer.kind == "html") {
    out += answer.begin.empty() ? " with a web page" : " with a web page titled \"" + answer.begin + "\"";
  } else if (!answer.root.empty() && answer.status >= 300) {
    out += " with a document <" + answer.root + ">";
  } else if (!answer.begin.empty()) {
    out += " \"" + answer.begin + "\"";
  }
  if (speaks_for_itself(answer) && !answer.server.empty()) out += " from " + answer.server;
  return out;
}

bool speaks_for_itself(const S3Answer& answer) { return answer.status >= 400 && answer.kind != "empty" && answer.code.empty(); }

std::string aws_admin(const BucketPlace& place, std::string_view words) {
  std::string out = "aws " + std::string(words) + endpoint(place) + region_option(place);
  if (place.address.tls && !place.ca_files.empty()) out += " --ca-bundle " + shell_quote(place.ca_files.front());
  return out;
}

std::string aws_command(const BucketPlace& place, std::string_view words) {
  std::string keys = "AWS_ACCESS_KEY_ID=" + shell_quote(place.access_key) + " AWS_SECRET_ACCESS_KEY=\"$BUCKET_SECRET_KEY\" ";
  if (place.has_token) keys += "AWS_SESSION_TOKEN=\"$AWS_SESSION_TOKEN\" ";
  return (place.has_keys ? keys : "") + aws_admin(place, words);
}

std::string curl_command(const BucketPlace& place, std::string_view words) {
  std::string out = "curl ";
  if (place.address.tls && !place.ca_files.empty()) out += "--cacert " + shell_quote(place.ca_files.front()) + " ";
  return out.append(words);
}

std::string bucket_value(const BucketPlace& place, bool tls, const std::string& region) {
  S3Address service = place.address;
  service.path_style = true;
  service.tls = tls;
  // A port that was only the other scheme's own goes with it.
  if (place.address.port == (place.address.tls ? 443 : 80)) service.port = tls ? 443 : 80;
  const std::string keys = place.keys_in_url ? "KEY:SECRET@" : "";
  const std::string folder = place.prefix.empty() ? "" : "/" + place.prefix;
  if (endpoint(place).empty()) return "s3://" + keys + place.address.bucket + folder + (region.empty() ? "" : "?region=" + region);
  std::string query = tls ? "?tls=true" : "";
  if (!region.empty()) query += (query.empty() ? "?region=" : "&region=") + region;
  return "s3://" + keys + service.authority() + "/" + place.address.bucket + folder + query;
}

std::string keys_setting(const BucketPlace& place) { return place.keys_in_url ? "BUCKET" : "AWS_SECRET_ACCESS_KEY"; }

std::string give_policy(const BucketPlace& place, const std::string& product) {
  const std::string policy = bucket_policy(place.address.bucket, place.address.region);
  if (product == "MinIO") {
    return fmt::format("printf '%s' {} > wandb-bucket.json\nmc admin policy create ALIAS wandb-bucket wandb-bucket.json\nmc admin policy attach ALIAS wandb-bucket --user {}", shell_quote(policy),
                       shell_quote(place.access_key));
  }
  if (product == "Ceph RGW") {
    return fmt::format("radosgw-admin user info --access-key {0}\nradosgw-admin bucket stats --bucket {1}\nThe user has to own the bucket: radosgw-admin bucket link --uid UID --bucket {1}\n"
                       "Or its owner gives leave by a bucket policy (add \"Principal\": {{\"AWS\": [\"arn:aws:iam:::user/UID\"]}} to both statements):\n{2}",
                       shell_quote(place.access_key), shell_quote(place.address.bucket),
                       aws_admin(place, fmt::format("s3api put-bucket-policy --bucket {} --policy {}", shell_quote(place.address.bucket), shell_quote(policy))));
  }
  const std::string user = fmt::format("aws iam put-user-policy --user-name \"$(aws iam get-access-key-last-used --access-key-id {} --query UserName --output text)\" --policy-name wandb-bucket --policy-document {}",
                                       shell_quote(place.access_key), shell_quote(policy));
  if (product == "Amazon S3" && place.has_token) {
    return fmt::format("aws iam put-role-policy --role-name ROLE --policy-name wandb-bucket --policy-document {}", shell_quote(policy));
  }
  if (product == "Amazon S3") return user + "\nBoth resources are needed: the bucket itself and, with /*, what is in it.";
  return "Give the keys this policy in the store's own way:\n" + policy;
}

std::string allow_origin(const BucketPlace& place, const std::string& product, const std::vector<CorsRule>& present) {
  if (product == "MinIO") {
    return allow_origin_in_minio(place.page_origin);
  }
  std::string out = aws_admin(place, fmt::format("s3api put-bucket-cors --bucket {} --cors-configuration {}", shell_quote(place.address.bucket), shell_quote(cors_configuration(place.page_origin, present))));
  if (!present.empty()) out += "\nThe command replaces all rules; those that are there stand in it again.";
  return out;
}

Finding no_answer(const S3Answer& answer, std::string what) {
  Finding finding;
  finding.status = Status::unknown;
  finding.cause = answer.cause.empty() ? "no-answer" : answer.cause;
  finding.observed = std::move(what) + ": " + show(answer) + ".";
  finding.blame = answer.cause == "stopped" ? Blame::machine : answer.cause == "unreachable" || answer.cause == "dns-failed" ? Blame::path : Blame::target;
  finding.expected = "An answer.";
  finding.setting = "BUCKET";
  return finding;
}

}  // namespace wbverify
