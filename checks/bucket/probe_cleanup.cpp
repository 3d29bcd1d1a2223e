#include "checks/bucket/probe_cleanup.hpp"

#include <algorithm>
#include <chrono>

#include "checks/bucket/probe.hpp"
#include "clients/http_error.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds cleanup_limit{6000};
constexpr milliseconds hurried_limit{1200};   // a signal leaves a probe one and a half seconds

bool is_gone(const S3Answer& answer) { return answer.ok() || answer.status == 404; }

/// Whether nothing of the request can still arrive: the store took it or refused it, or it never left this machine. A gateway that
/// gave up waiting knows no more than we do.
bool is_certain(const S3Answer& answer) {
  if (answer.status == 0) return http::never_sent(answer.cause, answer.text);
  return answer.status != 408 && (answer.status < 500 || answer.is_s3());
}

bool contains(const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); }

}  // namespace

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

void Cleanup::note_answer(const std::string& name, const S3Reply& reply) {
  if (is_certain(reply.answer)) journal_.answered(entry(name));
  note_version(facts_.folder + name, reply);
}

void Cleanup::nothing_was_sent() {
  for (const auto& name : names_) journal_.answered(entry(name));
}

void Cleanup::note_version(const std::string& key, const S3Reply& reply) {
  const Received* const version = find_header(reply.headers, "x-amz-version-id");
  if (version != nullptr && !version->is("null") && reply.answer.ok()) versions_.push_back({key, std::string(version->unread()), false});
}

void Cleanup::delete_objects(bool by_signed_url, Deadline deadline) {
  std::vector<S3Call> calls;
  std::vector<std::string> names;
  for (const auto& name : names_) {
    if (contains(acknowledged_, name)) continue;
    names.push_back(name);
    calls.push_back(bucket_deletion(facts_.folder + name));
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
  if (const auto read = listed.answer.ok() ? s3_xml::read_versions(listed.body.unread()) : fail({})) versions_ = read->versions;
  std::vector<S3Call> calls;
  for (const auto& version : versions_) {
    if (version.key.starts_with(facts_.folder)) calls.push_back(bucket_deletion(version.key, version.id));
  }
  for (const auto& reply : send_in_parts(client_, calls, deadline, {})) {
    if (is_gone(reply.answer)) continue;
    ++facts_.versions_left;
    facts_.version_refusal = reply.answer;
  }
}

void Cleanup::look(Deadline deadline) {
  std::vector<S3Call> calls = {bucket_listing(facts_.folder)};
  S3Call head;
  head.method = "HEAD";
  head.key = facts_.folder + facts_.objects.front().name;
  calls.push_back(head);
  const auto replies = client_.send_all(calls, bucket_now(), deadline);
  facts_.last_list = replies[0].answer;
  facts_.gone = replies[1].answer;
  facts_.left.clear();
  const auto listed = replies[0].answer.ok() ? s3_xml::read_listing(replies[0].body.unread()) : fail({});
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

}  // namespace wbverify
