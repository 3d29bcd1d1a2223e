#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "checks/bucket/facts.hpp"
#include "checks/shared/store.hpp"
#include "core/finding.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// `MinIO`, `Ceph RGW`, `Amazon S3` …, as far as any answer tells; else empty.
std::string bucket_product(const BucketReadFacts& facts);

/// An answer in words: `403 AccessDenied (Request has expired)`, or why there is none.
std::string show(const S3Answer& answer);
/// The answer did not come from a store: a proxy or a web server speaks.
bool speaks_for_itself(const S3Answer& answer);

/// `aws …` against this store with the keys of BUCKET, the secret as an environment reference.
std::string aws_command(const BucketPlace& place, std::string_view words);
/// The same as an administrator, with whatever keys the shell has.
std::string aws_admin(const BucketPlace& place, std::string_view words);
/// curl with the options that its TLS needs here.
std::string curl_command(const BucketPlace& place, std::string_view words);

/// BUCKET's value with KEY and SECRET in place of the keys, and the parameters given.
std::string bucket_value(const BucketPlace& place, bool tls, const std::string& region);
/// Where the keys stand, as the scene knows it: `BUCKET in …`, `AWS_SECRET_ACCESS_KEY in …`.
std::string keys_setting(const BucketPlace& place);

/// How an administrator gives the keys the policy that they need, on this kind of store.
std::string give_policy(const BucketPlace& place, const std::string& product);

/// How to let pages of HOST in: the rules to paste, or MinIO's setting. Rules that are there stay.
std::string allow_origin(const BucketPlace& place, const std::string& product, const std::vector<CorsRule>& present);

/// A verdict about an answer that never came: unknown, with whom to blame.
Finding no_answer(const S3Answer& answer, std::string what);

}  // namespace wbverify
