#pragma once
#include "checks/bucket/facts.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// Names, connections, TLS, and all that can be read of the bucket, in one volley of requests.
ProbeSpec bucket_probe();
/// Writes objects of its own through signed URLs, reads them back, tries what must be refused, deletes them.
ProbeSpec bucket_write_probe();
/// Deletes an object that an earlier run left.
UndoSpec bucket_undo();
/// What runs left that no journal lists: folders of objects below `wbverify/`.
LeftoverSpec bucket_leftovers();
/// The names of all objects that a run writes, without the folder.
std::vector<std::string> bucket_object_names();

/// What to say where keys are needed and BUCKET has none.
inline constexpr std::string_view bucket_no_keys =
    "Neither BUCKET nor AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY hold keys, so the server uses the role of its machine; wbverify has no way to borrow it. "
    "Give it keys of the same rights: AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… wbverify";

/// Why there is nothing to look at; empty when there is.
std::string bucket_skip(const Settings& settings);
BucketPlace bucket_place(const Settings& settings);
/// A client with the keys of BUCKET. `addresses` are those already resolved and reached, or none.
S3Client bucket_client(const Settings& settings, const S3Address& address, const std::vector<std::string>& addresses);
/// The query of a listing of one name, which all who may use the bucket may see.
S3Query first_name(const BucketPlace& place);
/// This machine's clock, Unix seconds.
std::int64_t bucket_now();

/// Where our objects go: `prefix/wbverify/<run>/`.
std::string bucket_folder(const BucketPlace& place, const std::string& run_id);
/// The system of a journal entry: `s3.example.com:9000/wandb-files`.
std::string bucket_where(const BucketPlace& place);

}  // namespace wbverify
