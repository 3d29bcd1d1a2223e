#pragma once
#include <optional>
#include <string>

#include "config/issues.hpp"

namespace wbverify {

/// What other settings say about the bucket.
struct BucketSurroundings {
  std::string region;        ///< AWS_REGION
  std::string access_key;    ///< AWS_ACCESS_KEY_ID
  std::string secret_key;    ///< AWS_SECRET_ACCESS_KEY
  std::string session_token; ///< AWS_SESSION_TOKEN
  std::string azure_key;     ///< AZURE_STORAGE_KEY
  std::string kms_key;       ///< AWS_S3_KMS_ID
};

/// BUCKET: `s3://…`, `cw://…`, `gs://…`, `az://…`, `file://…`. Nothing when an issue makes it unusable.
/// `s3://A/B` can mean bucket A with prefix B, or bucket B at the endpoint A. A is the endpoint when it has a port, is an
/// address, localhost or one of Amazon's own endpoint names, or when credentials stand before it and it has a dot.
std::optional<BucketTarget> parse_bucket_url(IssueList& issues, const BucketSurroundings& surroundings);
/// How it was read, for the report: `bucket wandb-files at minio.example.com:9000, path style, TLS`.
std::string reading(const BucketTarget& target);
std::string_view name(BucketProvider provider);

}  // namespace wbverify
