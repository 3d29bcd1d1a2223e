#pragma once
// What object stores answer when they refuse, told in the same words for every service that meets them.
#include <string>
#include <string_view>

namespace wbverify {

enum class StoreVerb { get, put, remove };

/// A request that a store, or something before it, did not answer with success.
struct StoreRefusal {
  StoreVerb verb = StoreVerb::get;
  int status = 0;             ///< of the answer; there is one
  std::string code, message;  ///< of the store's error document, or empty
  bool stranger = false;      ///< no store speaks so: a web page, or an error without an error document
  std::string product;        ///< `MinIO`, `Ceph RGW`, `Amazon S3`, or empty
  std::string bucket;         ///< its name, or empty
  std::string request_id;     ///< for the store's own log, or empty
};

/// `put`, `get`, `delete`.
std::string_view word(StoreVerb verb);
/// The permission that the verb needs: `s3:PutObject`.
std::string_view action(StoreVerb verb);

/// Causes: body-too-large length-required key-management store-full checksum-refused signed-url-refused store-busy
/// store-error refused-by-proxy not-stored <verb>-denied refused.
std::string store_cause(const StoreRefusal& refusal);

struct StoreAdvice {
  std::string expected, why, fix;
};
/// For the causes of store_cause. `fix` is empty for <verb>-denied, whose remedy depends on whose keys they are.
StoreAdvice advise_on_store(const std::string& cause, const StoreRefusal& refusal);

/// The policy that W&B's keys need on the bucket, as JSON in one line.
std::string bucket_policy(const std::string& bucket, const std::string& region);

/// The lines that nginx needs in front of a store, the one that matters first.
std::string proxy_lines(std::string_view first);

}  // namespace wbverify
