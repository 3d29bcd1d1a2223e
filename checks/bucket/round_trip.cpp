#include <fmt/format.h>

#include <algorithm>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/plugin_remedy.hpp"
#include "checks/bucket/plugin_trip.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using trip::Step;

constexpr std::size_t plain = 0, empty_object = 1, large = 2, first_odd = 3;

Finding put_row(const BucketWriteFacts& facts) {
  for (const std::size_t i : {plain, empty_object}) {
    const BucketObject& object = facts.objects[i];
    if (!object.put.ok()) return trip::refused(Step::put, object.put, fmt::format("The upload of {} with {} bytes by a signed URL", object.name, object.size), facts);
  }
  return passed(fmt::format("{} bytes in {:.0f} ms, an empty one too", facts.objects[plain].size, facts.objects[plain].put.duration_ms));
}

Finding get_row(const BucketWriteFacts& facts) {
  for (const std::size_t i : {plain, empty_object}) {
    const BucketObject& object = facts.objects[i];
    if (!object.get.ok()) return trip::refused(Step::get, object.get, "The download of " + object.name + ", which was just uploaded, by a signed URL", facts);
    if (!object.same) return trip::differs(object, facts);
  }
  return passed(fmt::format("the same {} bytes, {:.0f} ms", facts.objects[plain].size, facts.objects[plain].get.duration_ms));
}

Finding head_row(const BucketWriteFacts& facts) {
  if (!facts.head.ok()) return trip::refused(Step::head, facts.head, "The question for size and type of an object (HEAD) by a signed URL", facts);
  if (facts.head_length == facts.head_size) return passed(fmt::format("{} bytes", facts.head_length));
  Finding finding = trip::wrong("wrong-length", facts);
  finding.status = facts.head_length < 0 ? Status::warn : Status::fail;
  finding.observed = facts.head_length < 0 ? "The answer to HEAD has no Content-Length." : fmt::format("The answer to HEAD says {} bytes, the object has {}.", facts.head_length, facts.head_size);
  finding.expected = fmt::format("Content-Length: {}.", facts.head_size);
  finding.why = "W&B shows the size of files by it, and clients plan their downloads with it.";
  finding.fix = "A proxy that compresses answers drops the length: switch gzip off for the store (nginx: gzip off;).";
  return finding;
}

Finding range_row(const BucketWriteFacts& facts) {
  if (!facts.range.ok()) return trip::refused(Step::range, facts.range, "The download of ten bytes out of the middle (Range: bytes=10-19)", facts);
  if (facts.range.status == 206 && facts.range_same) return passed(facts.range_header.empty() ? "206" : facts.range_header);
  const bool ignored = facts.range.status == 200;
  Finding finding = trip::wrong(ignored ? "range-ignored" : "range-differs", facts);
  finding.status = ignored ? Status::warn : Status::fail;
  finding.observed = ignored ? "Asked for ten bytes out of the middle, the store sends the whole object with 200." : "Asked for bytes 10 to 19, other bytes come back (" + facts.range_header + ").";
  finding.expected = "206 with those ten bytes.";
  finding.why = "Tables and histories are read in parts of large files; without ranges every look at a table loads the whole of it.";
  finding.fix = "Past every proxy the store does it: let Range and Content-Range through (nginx: proxy_set_header Range $http_range; and no proxy_cache in front of the store).";
  return finding;
}

Finding delete_row(const BucketWriteFacts& facts) {
  if (facts.deleted.status == 0 && facts.deleted.cause.empty()) return skipped("Not tried: the run ended before.");
  const bool answered = facts.deleted.ok() || facts.deleted.status == 404;
  if (!answered) {
    Finding finding = trip::refused(Step::remove, facts.deleted, "The deletion of an object", facts);
    if (!facts.left.empty()) {
      finding.observed += fmt::format(" Of {} objects under {} {} stay: {}.", facts.written, facts.folder, facts.left.size(), for_display(join(facts.left, ", "), 160));
      finding.fix += "\nThen:\nwbverify cleanup";
    }
    return finding;
  }
  if (facts.gone.ok()) {
    Finding finding = trip::wrong("still-there", facts);
    finding.observed = "The store answers " + show(facts.deleted) + " to the deletion, and has the object afterwards.";
    finding.expected = "204, and 404 afterwards.";
    finding.why = "What users delete in W&B stays and is paid for; the disk fills.";
    finding.fix = "The store acknowledges what it does not do: look for a cache in front of it, for a retention or legal hold on the bucket, and into its own log.";
    return finding;
  }
  return passed("gone afterwards");
}

Finding names_row(const BucketWriteFacts& facts) {
  std::vector<std::string> bad;
  const BucketObject* first = nullptr;
  for (std::size_t i = first_odd; i < facts.objects.size(); ++i) {
    const BucketObject& object = facts.objects[i];
    if (object.put.ok() && object.get.ok() && object.same) continue;
    bad.push_back("\"" + object.name + "\"");
    if (first == nullptr) first = &object;
  }
  if (first == nullptr) return passed(fmt::format("{} names with blank, +, %, ?, #, & and letters beyond ASCII", facts.objects.size() - first_odd));
  const S3Answer& answer = first->put.ok() ? first->get : first->put;
  if (answer.status == 0) return no_answer(answer, "The object " + bad.front());
  Finding finding = trip::wrong(answer.code == "SignatureDoesNotMatch" ? "name-changed-on-the-way" : "name-refused", facts);
  finding.observed = "Objects with unusual names do not make the round trip: " + join(bad, ", ") + ". The first is answered with " + show(answer) + (answer.ok() ? ", and its bytes differ" : "") + ".";
  finding.expected = "Every name passes, as S3 allows all of UTF-8.";
  finding.why = "Names of files and artifacts are the users' own. Those with such characters upload with an error or cannot be opened.";
  finding.fix = "A proxy decodes or cleans the path, which is part of the signature. In nginx write proxy_pass without anything after the host: proxy_pass http://STORE:PORT; (no slash at its end), and merge_slashes off;";
  return finding;
}

Finding large_row(const BucketWriteFacts& facts) {
  const BucketObject& object = facts.objects[large];
  if (!object.put.ok()) return trip::refused(Step::large, object.put, fmt::format("The upload of {} bytes, one more than 1 MiB,", object.size), facts);
  if (!object.get.ok()) return trip::refused(Step::get, object.get, fmt::format("The download of {} bytes", object.size), facts);
  if (!object.same) return trip::differs(object, facts);
  return passed(fmt::format("{} bytes, up {:.0f} ms, down {:.0f} ms", object.size, object.put.duration_ms, object.get.duration_ms));
}

struct Row {
  const char* name;
  const char* title;
  Finding (*judge)(const BucketWriteFacts&);
};

constexpr Row rows[] = {
    {"put", "A signed URL uploads", put_row},         {"get", "A signed URL downloads the same bytes", get_row}, {"head", "A signed URL tells an object's size", head_row},
    {"range", "Parts of an object can be read", range_row}, {"names", "Objects may have any name", names_row},   {"large", "More than 1 MiB passes", large_row},
    {"delete", "Objects can be deleted", delete_row},
};

Findings judge(const BucketWriteFacts& facts, const Scene&) {
  if (facts.objects.size() <= first_odd || !facts.cause.empty() || facts.written == 0) {
    Finding finding;
    finding.status = Status::unknown;
    finding.cause = facts.cause.empty() ? "interrupted" : facts.cause;
    finding.observed = facts.text.empty() ? "The run was stopped before anything was written." : facts.text;
    finding.blame = facts.blame == "target" && !facts.cause.empty() ? Blame::target : Blame::machine;
    return {finding};
  }
  Findings findings;
  bool stored = true;
  for (const auto& row : rows) {
    const std::string_view name = row.name;
    const bool needs_object = name != "put" && name != "delete";
    // What was never stored cannot be read: that is one cause, not six.
    findings.push_back(needs_object && !stored ? skipped("Not tried: the object could not be stored and read back.") : row.judge(facts));
    findings.back().row = row.name;
    findings.back().title = row.title;
    const Status status = findings.back().status;
    if ((name == "put" || name == "get") && status != Status::pass && status != Status::warn) stored = false;
  }
  return findings;
}

}  // namespace

CheckSpec bucket_round_trip_check() {
  CheckSpec spec;
  spec.id = "bucket.round-trip";
  spec.probe = "bucket.write";
  spec.title = "Objects make the round trip by signed URLs";
  spec.needs = {"bucket.exists", "bucket.credentials", "bucket.region"};
  for (const auto& row : rows) spec.rows.emplace_back(row.name);
  return make_check<BucketWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
