#include "checks/bucket/plugin_remedy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/policy.hpp"
#include "util/json.hpp"
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

std::string partition(const std::string& region) { return region.starts_with("cn-") ? "aws-cn" : region.starts_with("us-gov-") ? "aws-us-gov" : "aws"; }

nlohmann::json rule_json(const CorsRule& rule) {
  nlohmann::json out = {{"AllowedOrigins", rule.origins}, {"AllowedMethods", rule.methods}};
  if (!rule.headers.empty()) out["AllowedHeaders"] = rule.headers;
  if (!rule.expose.empty()) out["ExposeHeaders"] = rule.expose;
  return out;
}

std::string cors_configuration(const BucketPlace& place, const std::vector<CorsRule>& present) {
  nlohmann::json rules = nlohmann::json::array();
  CorsRule own{{place.page_origin}, {std::begin(policy::cors_methods), std::end(policy::cors_methods)}, {"*"}, {"ETag"}};
  rules.push_back(rule_json(own));
  rules.back()["MaxAgeSeconds"] = policy::cors_max_age_seconds;
  for (const auto& rule : present) {
    if (rule.origins != own.origins) rules.push_back(rule_json(rule));
  }
  return nlohmann::json({{"CORSRules", rules}}).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

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

std::string bucket_policy(const BucketPlace& place) {
  const std::string arn = "arn:" + partition(place.address.region) + ":s3:::" + place.address.bucket;
  const nlohmann::json policy = {
      {"Version", "2012-10-17"},
      {"Statement",
       {{{"Effect", "Allow"},
         {"Action", {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation", "s3:GetBucketCORS", "s3:GetBucketVersioning"}},
         {"Resource", arn}},
        {{"Effect", "Allow"},
         {"Action", {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"}},
         {"Resource", arn + "/*"}}}}};
  return policy.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string give_policy(const BucketPlace& place, const std::string& product) {
  if (product == "MinIO") {
    return fmt::format("printf '%s' {} > wandb-bucket.json\nmc admin policy create ALIAS wandb-bucket wandb-bucket.json\nmc admin policy attach ALIAS wandb-bucket --user {}", shell_quote(bucket_policy(place)),
                       shell_quote(place.access_key));
  }
  if (product == "Ceph RGW") {
    return fmt::format("radosgw-admin user info --access-key {0}\nradosgw-admin bucket stats --bucket {1}\nThe user has to own the bucket: radosgw-admin bucket link --uid UID --bucket {1}\n"
                       "Or its owner gives leave by a bucket policy (add \"Principal\": {{\"AWS\": [\"arn:aws:iam:::user/UID\"]}} to both statements):\n{2}",
                       shell_quote(place.access_key), shell_quote(place.address.bucket),
                       aws_admin(place, fmt::format("s3api put-bucket-policy --bucket {} --policy {}", shell_quote(place.address.bucket), shell_quote(bucket_policy(place)))));
  }
  const std::string user = fmt::format("aws iam put-user-policy --user-name \"$(aws iam get-access-key-last-used --access-key-id {} --query UserName --output text)\" --policy-name wandb-bucket --policy-document {}",
                                       shell_quote(place.access_key), shell_quote(bucket_policy(place)));
  if (product == "Amazon S3" && place.has_token) {
    return fmt::format("aws iam put-role-policy --role-name ROLE --policy-name wandb-bucket --policy-document {}", shell_quote(bucket_policy(place)));
  }
  if (product == "Amazon S3") return user + "\nBoth resources are needed: the bucket itself and, with /*, what is in it.";
  return "Give the keys this policy in the store's own way:\n" + bucket_policy(place);
}

std::string allow_origin(const BucketPlace& place, const std::string& product, const std::vector<CorsRule>& present) {
  if (product == "MinIO") {
    return fmt::format("mc admin config set ALIAS api cors_allow_origin={0}\nOr start MinIO with MINIO_API_CORS_ALLOW_ORIGIN={0} in its environment. Several origins are separated by commas.", place.page_origin);
  }
  std::string out = aws_admin(place, fmt::format("s3api put-bucket-cors --bucket {} --cors-configuration {}", shell_quote(place.address.bucket), shell_quote(cors_configuration(place, present))));
  if (!present.empty()) out += "\nThe command replaces all rules; those that are there stand in it again.";
  return out;
}

std::string proxy_lines(std::string_view first) {
  std::string out = "In the nginx in front of the store (its server or location block), then nginx -s reload:\n";
  for (const std::string_view line : {"proxy_set_header Host $http_host;", "client_max_body_size 0;", "proxy_request_buffering off;"}) {
    if (line.find(first) != std::string_view::npos) out.insert(out.find('\n') + 1, "  " + std::string(line) + "\n");
    else out += "  " + std::string(line) + "\n";
  }
  out += "ingress-nginx: the annotation nginx.ingress.kubernetes.io/proxy-body-size: \"0\".";
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
