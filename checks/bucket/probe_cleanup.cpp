#include "checks/bucket/probe_cleanup.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "checks/bucket/probe.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds cleanup_limit{6000};
constexpr milliseconds hurried_limit{1200};   // a signal leaves a probe one and a half seconds
constexpr std::size_t most_at_once = 16;

S3Call listing(const std::string& folder) {
  S3Call call;
  call.query = {{"list-type", "2"}, {"prefix", folder}};
  return call;
}

S3Call version_listing(const std::string& folder) {
  S3Call call;
  call.query = {{"prefix", folder}, {"versions", ""}};
  return call;
}

S3Call deletion(const std::string& key, const std::string& version = "") {
  S3Call call;
  call.method = "DELETE";
  call.key = key;
  if (!version.empty()) call.query = {{"versionId", version}};
  return call;
}

bool is_gone(const S3Answer& answer) { return answer.ok() || answer.status == 404; }

bool contains(const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); }

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

Cleanup::Cleanup(Journal& journal, S3Client& client, BucketWriteFacts& facts) : journal_(journal), client_(client), facts_(facts) {}

JournalEntry Cleanup::entry(const std::string& name) const { return {"s3-object", bucket_where(facts_.place), facts_.folder + name}; }

Result<void> Cleanup::announce(const std::vector<std::string>& names) {
  std::vector<JournalEntry> entries;
  for (const auto& name : names) entries.push_back(entry(name));
  auto done = journal_.announce_all(entries);
  if (done) {
    names_.insert(names_.end(), names.begin(), names.end());
    facts_.written = static_cast<int>(names_.size());
  }
  return done;
}

void Cleanup::note_version(const std::string& key, const S3Reply& reply) {
  for (const auto& [name, value] : reply.headers) {
    if (iequals(name, "x-amz-version-id") && value != "null" && reply.answer.ok()) versions_.push_back({key, value, false});
  }
}

void Cleanup::delete_objects(bool by_signed_url, Deadline deadline) {
  std::vector<S3Call> calls;
  std::vector<std::string> names;
  for (const auto& name : names_) {
    if (contains(acknowledged_, name)) continue;
    names.push_back(name);
    calls.push_back(deletion(facts_.folder + name));
    if (by_signed_url && name == facts_.objects.front().name) calls.back().signing = S3Call::Signing::presigned;
  }
  const auto replies = send_in_parts(client_, calls, deadline, {});
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (calls[i].signing == S3Call::Signing::presigned) facts_.deleted = replies[i].answer;
    if (is_gone(replies[i].answer)) acknowledged_.push_back(names[i]);
    note_version(calls[i].key, replies[i]);
  }
}

void Cleanup::delete_versions(Deadline deadline) {
  const auto listed = client_.send(version_listing(facts_.folder), bucket_now(), deadline);
  if (const auto read = listed.answer.ok() ? s3_xml::read_versions(listed.body) : fail({})) versions_ = read->versions;
  std::vector<S3Call> calls;
  for (const auto& version : versions_) {
    if (version.key.starts_with(facts_.folder)) calls.push_back(deletion(version.key, version.id));
  }
  for (const auto& reply : send_in_parts(client_, calls, deadline, {})) {
    if (is_gone(reply.answer)) continue;
    ++facts_.versions_left;
    facts_.version_refusal = reply.answer;
  }
}

void Cleanup::look(Deadline deadline) {
  std::vector<S3Call> calls = {listing(facts_.folder)};
  S3Call head;
  head.method = "HEAD";
  head.key = facts_.folder + facts_.objects.front().name;
  calls.push_back(head);
  const auto replies = client_.send_all(calls, bucket_now(), deadline);
  facts_.last_list = replies[0].answer;
  facts_.gone = replies[1].answer;
  facts_.left.clear();
  const auto listed = replies[0].answer.ok() ? s3_xml::read_listing(replies[0].body) : fail({});
  facts_.cleaned = listed.has_value();
  for (const auto& name : names_) {
    const bool there = listed ? contains(listed->keys, facts_.folder + name) : !contains(acknowledged_, name);
    if (there) facts_.left.push_back(name);
  }
}

void Cleanup::run(bool hurry) {
  if (names_.empty()) return;
  const Deadline deadline = Deadline::after(hurry ? hurried_limit : cleanup_limit);
  delete_objects(true, deadline);
  if (!hurry) {
    look(deadline);
    if (!facts_.left.empty()) {
      // Once more, in the way in which the server itself deletes.
      acknowledged_.clear();
      const S3Answer gone = facts_.gone;
      delete_objects(false, deadline);
      look(deadline);
      facts_.gone = gone;
    }
  }
  if (!versions_.empty()) delete_versions(deadline);
  for (const auto& name : names_) {
    const bool gone = hurry ? contains(acknowledged_, name) : !contains(facts_.left, name);
    if (gone) {
      journal_.settle(entry(name));
    } else if (hurry) {
      facts_.left.push_back(name);
    }
  }
}

namespace {

/// `[prefix/]wbverify/<16 hexadecimal digits>/name`, the name without a slash.
bool is_ours(std::string_view key, const std::string& prefix) {
  const std::string begin = (prefix.empty() ? "" : prefix + "/") + "wbverify/";
  if (!key.starts_with(begin)) return false;
  key.remove_prefix(begin.size());
  constexpr std::size_t id_length = 16;
  return key.size() > id_length + 1 && key.find('/') == id_length && key.find('/', id_length + 1) == std::string_view::npos && key.substr(0, id_length).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool concerns(const JournalEntry& entry, const Settings& settings) {
  if (!settings.bucket) return false;
  const BucketPlace place = bucket_place(settings);
  return bucket_where(place) == entry.where && is_ours(entry.name, place.prefix);
}

Result<Undone> undo(const JournalEntry& entry, const Settings& settings, Deadline deadline, std::stop_token stop) {
  const BucketPlace place = bucket_place(settings);
  const std::string shown = for_display(entry.name, 120);
  S3Client client = bucket_client(settings, place.address, {});
  const auto reply = client.send(deletion(entry.name), bucket_now(), deadline, stop);
  if (!is_gone(reply.answer)) {
    const std::string words = reply.answer.status == 0 ? reply.answer.text : "the store answers " + std::to_string(reply.answer.status) + " " + reply.answer.code;
    return fail({reply.answer.cause.empty() ? "not-undone" : reply.answer.cause, "The object " + shown + " could not be deleted: " + words + ".", Blame::target, reply.answer.transient});
  }
  const auto listed = client.send(version_listing(entry.name), bucket_now(), deadline);
  const auto versions = listed.answer.ok() ? s3_xml::read_versions(listed.body) : fail({});
  if (!versions) return Undone::removed;
  std::vector<S3Call> calls;
  for (const auto& version : versions->versions) {
    if (version.key == entry.name && version.id != "null") calls.push_back(deletion(version.key, version.id));
  }
  send_in_parts(client, calls, deadline, {});
  return Undone::removed;
}

}  // namespace

UndoSpec bucket_undo() { return {"s3-object", concerns, undo}; }

}  // namespace wbverify
