#include "checks/wandb/plugin_cors.hpp"

#include <fmt/format.h>

#include "checks/policy.hpp"
#include "checks/shared/cors.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string methods(std::string_view separator) {
  std::string out;
  for (const auto method : policy::cors_methods)
    out += (out.empty() ? "" : std::string(separator)) + std::string(method);
  return out;
}

std::string in_gcs(const std::string& bucket, const std::string& page) {
  const nlohmann::json rules = {{{"origin", {page}},
                                 {"method", split(methods(","), ',')},
                                 {"responseHeader", {"*"}},
                                 {"maxAgeSeconds", policy::cors_max_age_seconds}}};
  return fmt::format("printf '%s' {} > cors.json\ngcloud storage buckets update {} --cors-file=cors.json",
                     shell_quote(dump_json(rules)), shell_quote("gs://" + bucket));
}

}  // namespace

std::string let_pages_in(const StoreView& store, const std::string& page) {
  const std::string bucket = store.bucket.empty() ? "BUCKET_NAME" : store.bucket;
  if (store.product == "MinIO") return allow_origin_in_minio(page);
  if (store.product == "Google Cloud Storage") return in_gcs(bucket, page);
  if (store.product == "Azure Blob Storage") {
    return fmt::format(
        "az storage cors add --services b --methods {} OPTIONS --origins {} --allowed-headers '*' --exposed-headers "
        "'*' --max-age {} "
        "--account-name {}",
        methods(" "), shell_quote(page), policy::cors_max_age_seconds, "ACCOUNT");
  }
  const std::string endpoint = store.product == "Amazon S3" ? "" : " --endpoint-url " + shell_quote(store.origin);
  return fmt::format(
      "aws s3api put-bucket-cors --bucket {}{} --cors-configuration {}\nThe command replaces all rules; those that are "
      "there:\naws s3api "
      "get-bucket-cors --bucket {}{}",
      shell_quote(bucket), endpoint, shell_quote(cors_configuration(page, {})), shell_quote(bucket), endpoint);
}

}  // namespace wbverify
