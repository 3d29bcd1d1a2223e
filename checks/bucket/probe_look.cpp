#include "checks/bucket/probe_look.hpp"

#include <algorithm>
#include <iterator>

#include "checks/bucket/probe.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t most_at_once = 16;
constexpr std::size_t id_length = 16;
constexpr std::size_t most_pages = 1000;

std::string header(const S3Reply& reply, std::string_view name) {
  const Received* const found = find_header(reply.headers, name);
  return found == nullptr ? std::string() : std::string(found->unread());
}

bool is_gone(const S3Answer& answer) { return answer.ok() || answer.status == 404; }

Error no_answer(const std::string& what, const S3Answer& answer) {
  const std::string words = answer.status == 0 ? answer.text : "the store answers " + std::to_string(answer.status) + " " + answer.code;
  return {answer.cause.empty() ? "unexpected-answer" : answer.cause, what + ": " + words + ".", Blame::target, answer.transient};
}

Error foreign() { return {"foreign-listing", "The listing that came is of another bucket.", Blame::target, false}; }
Error incomplete() { return {"incomplete-listing", "The store's listing has no end that can be found.", Blame::target, false}; }

/// Adds the pages of one kind of listing to the look. Nothing else is a reason to ask for the other kind than a refusal of this one.
template <class Page>
Result<void> turn_pages(S3Client& client, S3Call call, Page page, BucketLook& look, Deadline deadline, const std::stop_token& stop) {
  for (std::size_t number = 0; number < most_pages; ++number) {
    const S3Reply reply = client.send(call, bucket_now(), deadline, stop);
    if (!reply.answer.ok()) return fail(no_answer("The objects could not be listed", reply.answer));
    look.now = reply.answer.date;
    auto next = page(reply.body.unread());
    if (!next) return fail(next.error());
    if (!*next) return {};
    if (**next == call.query) return fail(incomplete());
    call.query = std::move(**next);
  }
  return fail(incomplete());
}

Result<BucketLook> look_at_versions(S3Client& client, const BucketPlace& place, const std::string& prefix, Deadline deadline, const std::stop_token& stop) {
  BucketLook look;
  const auto page = [&](std::string_view body) -> Result<std::optional<S3Query>> {
    const auto read = s3_xml::read_versions(body);
    if (!read) return fail(read.error());
    if (!is_listing_of(read->name, place)) return fail(foreign());
    look.things.insert(look.things.end(), read->versions.begin(), read->versions.end());
    if (!read->truncated) return std::nullopt;
    if (read->next_key.empty()) return fail(incomplete());
    return version_listing(prefix, read->next_key, read->next_id).query;
  };
  if (auto done = turn_pages(client, version_listing(prefix), page, look, deadline, stop); !done) return fail(done.error());
  // A bucket that never kept versions calls the only one `null`.
  const bool keeps = std::any_of(look.things.begin(), look.things.end(), [](const auto& thing) { return thing.marker || thing.id != "null"; });
  for (auto& thing : look.things) thing.id = keeps ? thing.id : "";
  return look;
}

Result<BucketLook> look_at_objects(S3Client& client, const BucketPlace& place, const std::string& prefix, Deadline deadline, const std::stop_token& stop) {
  BucketLook look;
  const auto page = [&](std::string_view body) -> Result<std::optional<S3Query>> {
    const auto read = s3_xml::read_listing(body);
    if (!read) return fail(read.error());
    if (!is_listing_of(read->name, place)) return fail(foreign());
    for (std::size_t i = 0; i < read->keys.size(); ++i) look.things.push_back({read->keys[i], "", false, true, read->modified[i]});
    if (!read->truncated) return std::nullopt;
    if (read->next.empty()) return fail(incomplete());
    return bucket_listing(prefix, read->next).query;
  };
  if (auto done = turn_pages(client, bucket_listing(prefix), page, look, deadline, stop); !done) return fail(done.error());
  return look;
}

}  // namespace

std::vector<S3Reply> send_in_parts(S3Client& client, std::span<const S3Call> calls, Deadline deadline, const std::stop_token& stop) {
  std::vector<S3Reply> replies;
  while (!calls.empty()) {
    const auto part = calls.first(std::min(most_at_once, calls.size()));
    auto some = client.send_all(part, bucket_now(), deadline, stop);
    std::move(some.begin(), some.end(), std::back_inserter(replies));
    calls = calls.subspan(part.size());
  }
  return replies;
}

S3Call bucket_deletion(const std::string& key, const std::string& version) {
  S3Call call;
  call.method = "DELETE";
  call.key = key;
  if (!version.empty()) call.query = {{"versionId", version}};
  return call;
}

S3Call bucket_listing(const std::string& prefix, const std::string& token) {
  S3Call call;
  if (!token.empty()) call.query.emplace_back("continuation-token", token);
  call.query.emplace_back("list-type", "2");
  call.query.emplace_back("prefix", prefix);
  return call;
}

S3Call version_listing(const std::string& prefix, const std::string& key_marker, const std::string& id_marker) {
  S3Call call;
  if (!key_marker.empty()) call.query.emplace_back("key-marker", key_marker);
  call.query.emplace_back("prefix", prefix);
  if (!id_marker.empty()) call.query.emplace_back("version-id-marker", id_marker);
  call.query.emplace_back("versions", "");
  return call;
}

Result<BucketLook> look_under(S3Client& client, const BucketPlace& place, const std::string& prefix, Deadline deadline, const std::stop_token& stop) {
  auto versions = look_at_versions(client, place, prefix, deadline, stop);
  if (versions || stop.stop_requested() || deadline.expired()) return versions;
  return look_at_objects(client, place, prefix, deadline, stop);
}

Result<void> delete_things(S3Client& client, std::span<const S3Version> things, Deadline deadline, const std::stop_token& stop) {
  std::vector<S3Call> calls, more;
  for (const auto& thing : things) calls.push_back(bucket_deletion(thing.key, thing.id));
  const auto replies = send_in_parts(client, calls, deadline, stop);
  const auto failed = std::find_if(replies.begin(), replies.end(), [](const auto& reply) { return !is_gone(reply.answer); });
  for (std::size_t i = 0; i < things.size(); ++i) {
    const S3Version& thing = things[i];
    // A bucket that no longer keeps versions puts a marker in the place of what is deleted.
    if (thing.id.empty() && header(replies[i], "x-amz-delete-marker") == "true") more.push_back(bucket_deletion(thing.key, header(replies[i], "x-amz-version-id")));
    // Where a version may not be deleted, the object can be hidden all the same.
    if (!is_gone(replies[i].answer) && thing.latest && !thing.marker && !thing.id.empty()) more.push_back(bucket_deletion(thing.key));
  }
  const auto rest = send_in_parts(client, more, deadline, stop);
  const bool hidden = !more.empty() && std::all_of(rest.begin(), rest.end(), [](const auto& reply) { return is_gone(reply.answer); });
  if (failed == replies.end() || hidden) return {};
  Error error = no_answer("The object could not be deleted", failed->answer);
  if (failed->answer.status != 0 && !failed->answer.transient) error.cause = "not-undone";
  return fail(std::move(error));
}

bool is_bucket_object(const BucketPlace& place, std::string_view key) {
  const std::string begin = bucket_folder(place, "");
  // An empty run id leaves `prefix/wbverify//`.
  const std::string_view folder = std::string_view(begin).substr(0, begin.size() - 1);
  if (!key.starts_with(folder)) return false;
  key.remove_prefix(folder.size());
  if (key.size() <= id_length + 1 || key[id_length] != '/' || key.substr(0, id_length).find_first_not_of("0123456789abcdef") != std::string_view::npos) return false;
  const auto names = bucket_object_names();
  return std::find(names.begin(), names.end(), key.substr(id_length + 1)) != names.end();
}

}  // namespace wbverify
