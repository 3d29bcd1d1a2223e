#include "clients/s3_xml.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <initializer_list>
#include <pugixml.hpp>

#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify::s3_xml {
namespace {

constexpr std::size_t most_rules = 100;    // as many as S3 itself allows
constexpr std::size_t most_values = 100;
constexpr std::size_t most_keys = 1000;    // of one page of a listing
constexpr std::size_t longest_value = 300;
constexpr std::size_t longest_key = 1024;  // S3: 1024 bytes of UTF-8
constexpr std::size_t longest_token = 4096;

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// Nothing of a DTD is ever expanded; a document that has one is none of S3's.
bool parse(pugi::xml_document& document, std::string_view text) {
  if (text.size() > largest || text.find("<!DOCTYPE") != std::string_view::npos || text.find("<!ENTITY") != std::string_view::npos) return false;
  return static_cast<bool>(document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8)) && !document.document_element().empty();
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (const auto& node : parent.children()) {
    if (local_name(node) == name) return node;
  }
  return {};
}

std::string raw(const pugi::xml_node& parent, std::string_view name) { return child(parent, name).child_value(); }
std::string text_of(const pugi::xml_node& parent, std::string_view name) { return for_display(child(parent, name).child_value(), longest_value); }

/// What stands in the next question as it is.
std::string token(const pugi::xml_node& parent, std::string_view name) {
  std::string value = raw(parent, name);
  return value.size() <= longest_token ? value : "";
}

std::vector<std::string> values(const pugi::xml_node& parent, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& node : parent.children()) {
    if (local_name(node) == name && out.size() < most_values) out.push_back(for_display(node.child_value(), longest_value));
  }
  return out;
}

/// The outermost element, when it is one of those expected.
Result<pugi::xml_node> open(pugi::xml_document& document, std::string_view text, std::initializer_list<std::string_view> roots) {
  if (!parse(document, text)) return fail({"not-xml", "the answer is no XML document", Blame::target, false});
  const pugi::xml_node root = document.document_element();
  for (const auto& name : roots) {
    if (local_name(root) == name) return root;
  }
  return fail({"unexpected-document", "the answer is a document <" + for_display(local_name(root), 60) + ">", Blame::target, false});
}

}  // namespace

std::string root_of(std::string_view text) {
  pugi::xml_document document;
  return parse(document, text) ? for_display(local_name(document.document_element()), 60) : "";
}

std::int64_t read_time(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = -1;
    const char* const begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + digits, value);
    return error == std::errc() && end == begin + digits ? value : -1;
  };
  constexpr std::size_t shortest = 20;
  if (text.size() < shortest || text[10] != 'T' || text.back() != 'Z') return 0;
  using namespace std::chrono;
  const int day = number(8, 2), hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  const year_month_day date = year(number(0, 4)) / std::max(number(5, 2), 0) / std::max(day, 0);
  if (!date.ok() || hour < 0 || minute < 0 || second < 0) return 0;
  return duration_cast<seconds>(sys_days(date).time_since_epoch()).count() + hour * 3600 + minute * 60 + second;
}

std::optional<S3ErrorDocument> read_error(std::string_view text) {
  pugi::xml_document document;
  const auto root = open(document, text, {"Error"});
  if (!root) return std::nullopt;
  S3ErrorDocument out;
  out.code = for_display(raw(*root, "Code"), 80);
  out.message = text_of(*root, "Message");
  out.region = for_display(raw(*root, "Region"), 64);
  out.endpoint = text_of(*root, "Endpoint");
  out.request_id = for_display(raw(*root, "RequestId"), 80);
  return out;
}

Result<std::vector<CorsRule>> read_cors(std::string_view text) {
  pugi::xml_document document;
  const auto root = open(document, text, {"CORSConfiguration"});
  if (!root) return fail(root.error());
  std::vector<CorsRule> rules;
  for (const auto& node : root->children()) {
    if (local_name(node) != "CORSRule" || rules.size() == most_rules) continue;
    rules.push_back({values(node, "AllowedOrigin"), values(node, "AllowedMethod"), values(node, "AllowedHeader"), values(node, "ExposeHeader")});
  }
  return rules;
}

Result<std::string> read_location(std::string_view text) {
  pugi::xml_document document;
  const auto root = open(document, text, {"LocationConstraint"});
  if (!root) return fail(root.error());
  // Some stores wrap the element once more.
  const std::string value = for_display(root->child_value(), 64);
  return value.empty() ? for_display(raw(*root, "LocationConstraint"), 64) : value;
}

Result<std::string> read_versioning(std::string_view text) {
  pugi::xml_document document;
  const auto root = open(document, text, {"VersioningConfiguration", "GetBucketVersioningResponse"});
  if (!root) return fail(root.error());
  return for_display(raw(*root, "Status"), 20);
}

Result<S3Listing> read_listing(std::string_view text) {
  pugi::xml_document document;
  const auto root = open(document, text, {"ListBucketResult"});
  if (!root) return fail(root.error());
  S3Listing listing;
  listing.name = text_of(*root, "Name");
  listing.truncated = raw(*root, "IsTruncated") == "true";
  listing.next = token(*root, "NextContinuationToken");
  bool left_out = false;
  for (const auto& node : root->children()) {
    if (local_name(node) != "Contents") continue;
    std::string key = raw(node, "Key");
    if (key.empty() || key.size() > longest_key || listing.keys.size() == most_keys) {
      // What is not taken in is more, to which no token leads.
      left_out = true;
      continue;
    }
    listing.keys.push_back(std::move(key));
    listing.modified.push_back(read_time(raw(node, "LastModified")));
  }
  if (left_out) listing.truncated = true, listing.next.clear();
  return listing;
}

Result<S3Versions> read_versions(std::string_view text) {
  pugi::xml_document document;
  const auto root = open(document, text, {"ListVersionsResult"});
  if (!root) return fail(root.error());
  S3Versions out;
  out.truncated = raw(*root, "IsTruncated") == "true";
  out.name = text_of(*root, "Name");
  out.next_key = token(*root, "NextKeyMarker");
  out.next_id = token(*root, "NextVersionIdMarker");
  bool left_out = false;
  for (const auto& node : root->children()) {
    const auto name = local_name(node);
    if (name != "Version" && name != "DeleteMarker") continue;
    S3Version version{raw(node, "Key"), raw(node, "VersionId"), name == "DeleteMarker", raw(node, "IsLatest") == "true", read_time(raw(node, "LastModified"))};
    if (version.key.empty() || version.key.size() > longest_key || version.id.size() > longest_key || out.versions.size() == most_keys) {
      left_out = true;
      continue;
    }
    out.versions.push_back(std::move(version));
  }
  if (left_out) out.truncated = true, out.next_key.clear(), out.next_id.clear();
  return out;
}

Result<std::vector<std::string>> read_buckets(std::string_view text) {
  pugi::xml_document document;
  const auto root = open(document, text, {"ListAllMyBucketsResult"});
  if (!root) return fail(root.error());
  constexpr std::size_t most_buckets = 50;
  std::vector<std::string> names;
  for (const auto& node : child(*root, "Buckets").children()) {
    if (local_name(node) == "Bucket" && names.size() < most_buckets) names.push_back(text_of(node, "Name"));
  }
  return names;
}

}  // namespace wbverify::s3_xml
