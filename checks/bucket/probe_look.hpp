#pragma once
// What lies in the bucket under a prefix: all of it or an error, and how it is deleted.
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "checks/bucket/facts.hpp"

namespace wbverify {

/// Side by side, but never more connections at once than a proxy of modest means bears.
std::vector<S3Reply> send_in_parts(S3Client& client, std::span<const S3Call> calls, Deadline deadline, const std::stop_token& stop);

S3Call bucket_deletion(const std::string& key, const std::string& version = "");

/// One page of the names, and of the versions, that begin with `prefix`.
S3Call bucket_listing(const std::string& prefix, const std::string& token = "");
S3Call version_listing(const std::string& prefix, const std::string& key_marker = "", const std::string& id_marker = "");

struct BucketLook {
  std::vector<S3Version> things;   ///< objects, their versions and delete markers; ids are empty in a bucket that keeps none
  std::int64_t now = 0;            ///< the store's clock, Unix seconds; 0: not told
};
/// Every page. Where the keys may not list versions, the objects alone. An error when any page is missing, or of another bucket.
Result<BucketLook> look_under(S3Client& client, const BucketPlace& place, const std::string& prefix, Deadline deadline, const std::stop_token& stop);

/// Deletes these things with all their versions. Where versions may not be deleted, the objects get a delete marker: what else
/// is possible then. The first error; an error under `not-undone` says that the store refuses.
Result<void> delete_things(S3Client& client, std::span<const S3Version> things, Deadline deadline, const std::stop_token& stop);

/// Whether the key is one that a run of wbverify writes in this bucket: `[prefix/]wbverify/<16 hexadecimal digits>/<one of its names>`.
bool is_bucket_object(const BucketPlace& place, std::string_view key);

}  // namespace wbverify
