#pragma once
// Rules for the names within a bucket URL.
#include <string>
#include <string_view>

#include "config/issues.hpp"
#include "config/url.hpp"

namespace wbverify::bucket_parts {

UrlWords words_for(std::string_view scheme);
std::string_view without_slashes(std::string_view path);
/// Whether the text has a length between the two and only characters of the set.
bool consists_of(std::string_view text, std::string_view set, std::size_t least, std::size_t most);
/// `s3.REGION.amazonaws.com` and its relatives, alone or behind a bucket's name.
bool is_amazon_endpoint(std::string_view host);
/// The rule by which `s3://A/B` is read.
bool first_is_endpoint(const Url& url, std::string_view scheme);
/// Reports what no bucket is called (`bad-bucket-name`) and what only some stores take (`unusual-bucket-name`). Whether it
/// can be used.
bool report_bucket_name(const BucketTarget& target, std::size_t offset, IssueList& issues);

}  // namespace wbverify::bucket_parts
