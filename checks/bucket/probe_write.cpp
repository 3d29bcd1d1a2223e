#include <algorithm>
#include <chrono>
#include <random>

#include "checks/bucket/probe.hpp"
#include "checks/bucket/probe_cleanup.hpp"
#include "core/digest.hpp"
#include "core/display.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

/// Kept back for deleting what was written.
constexpr milliseconds cleanup_reserve{2500};
/// One byte more than a proxy of nginx's lets through when nobody told it otherwise (client_max_body_size 1m).
constexpr std::size_t large_size = (1 << 20) + 1;
constexpr std::size_t plain_size = 197;
constexpr std::size_t range_first = 10, range_last = 19;
/// W&B's read URLs are good for an hour, its upload URLs for a day (W&B documentation, "pre-signed URLs", read 2026-11-22).
constexpr std::int64_t read_seconds = 3600, upload_seconds = 86400;
/// A URL that was good for a minute, an hour ago.
constexpr std::int64_t stale_age = 3600, stale_expires = 60;
struct Kept {
  const char* name;
  std::size_t size;
};
/// What is written and read back. The names have every character that signers, proxies and stores have been seen to disagree on.
constexpr Kept kept[] = {{"plain.bin", plain_size}, {"empty.bin", 0}, {"large.bin", large_size}, {"a b.bin", 64}, {"a+b.bin", 64}, {"50%25.bin", 64},
                         {"gr\xC3\xB6\xC3\x9F" "e-\xE6\x97\xA5\xE6\x9C\xAC.bin", 64}, {"q?a=b&c#d.bin", 64}};
/// The first is written and must not be deleted; the others must not be written.
constexpr const char* attacked[] = {"guard.bin", "tampered.bin", "expired.bin", "other-method.bin"};

std::string random_bytes(std::size_t size) {
  std::mt19937_64 source{std::random_device{}()};
  std::string out(size, '\0');
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (i % 8 == 0) word = source();
    out[i] = static_cast<char>(word >> (i % 8 * 8) & 0xFF);
  }
  return out;
}

class Trip {
 public:
  Trip(const ProbeContext& context, S3Client& client, BucketWriteFacts& facts)
      : context_(context), client_(client), facts_(facts), deadline_(context.deadline.earlier(std::min(cleanup_reserve, context.deadline.remaining() / 2))) {
    for (const auto& [name, size] : kept) add(name, random_bytes(size));
  }

  void run(Cleanup& cleanup) {
    if (!may_begin() || !announce(cleanup) || !put(cleanup)) return;
    if (facts_.objects.front().put.ok()) read();
  }

 private:
  void add(std::string name, std::string body) {
    BucketObject object;
    object.name = std::move(name);
    object.size = static_cast<std::int64_t>(body.size());
    facts_.objects.push_back(std::move(object));
    bodies_.push_back(std::move(body));
  }

  void give_reason(std::string cause, std::string text, Blame blame) {
    facts_.cause = std::move(cause);
    facts_.text = std::move(text);
    facts_.blame = name(blame);
  }

  /// Whether the bucket is there, takes the keys and is the one that is meant: what the other probe finds out as well, but waiting for
  /// it would double the time. Opens the first connection besides.
  bool may_begin() {
    S3Call call;
    call.query = first_name(facts_.place);
    const S3Reply reply = client_.send(call, bucket_now(), deadline_, context_.stop);
    facts_.gate = reply.answer;
    facts_.transient = reply.answer.transient;
    const auto listing = reply.answer.ok() ? s3_xml::read_listing(reply.body.unread()) : fail({});
    if (listing && is_listing_of(listing->name, facts_.place)) return true;
    const S3Answer& answer = reply.answer;
    const std::string words = answer.status == 0 ? answer.text : std::to_string(answer.status) + (answer.code.empty() ? "" : " " + answer.code);
    give_reason(answer.cause.empty() ? "no-listing" : answer.cause, "Nothing was written: the signed listing before it did not come (" + words + ").", Blame::target);
    return false;
  }

  bool announce(Cleanup& cleanup) {
    const auto done = cleanup.announce(bucket_object_names());
    if (!done) give_reason(done.error().cause, done.error().text, done.error().blame);
    return done.has_value();
  }

  S3Call presigned(const std::string& method, const std::string& name) const {
    S3Call call;
    call.method = method;
    call.key = facts_.folder + name;
    call.signing = S3Call::Signing::presigned;
    call.expires = method == "PUT" ? upload_seconds : read_seconds;
    // W&B adds who asked, and has it signed.
    call.query = {{"X-User", "wbverify"}};
    return call;
  }

  void attempt(std::vector<S3Call>& calls, const std::string& name, const std::string& what, S3Call call) {
    attempts_at_.emplace_back(facts_.attempts.size(), calls.size());
    facts_.attempts.push_back({name, call.method, what, {}, {}});
    calls.push_back(std::move(call));
  }

  std::vector<S3Reply> send(const std::vector<S3Call>& calls) {
    auto replies = send_in_parts(client_, calls, deadline_, context_.stop);
    for (const auto& [attempt, call] : attempts_at_) facts_.attempts[attempt].answer = replies[call].answer;
    attempts_at_.clear();
    return replies;
  }

  bool put(Cleanup& cleanup) {
    if (context_.stop.stop_requested()) {
      cleanup.nothing_was_sent();
      return false;
    }
    std::vector<S3Call> calls;
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      S3Call call = presigned("PUT", facts_.objects[i].name);
      call.body = bodies_[i];
      // The server signs the digest into upload URLs of artifacts, and the client has to send it.
      if (const std::string digest = i == 0 ? md5(call.body) : ""; !digest.empty()) call.headers = {{"Content-MD5", base64_encode(digest)}};
      calls.push_back(std::move(call));
    }
    calls.push_back(presigned("PUT", "guard.bin"));
    calls.back().body = "guard";

    // Without a body: a store that refuses before it has read one may cut the connection instead of answering.
    S3Call tampered = presigned("PUT", "tampered.bin");
    tampered.tampered = true;
    attempt(calls, "tampered", "an upload with one digit of the signature changed", tampered);
    S3Call expired = presigned("PUT", "expired.bin");
    expired.age = stale_age;
    expired.expires = stale_expires;
    attempt(calls, "expired", "an upload with a URL that expired 59 minutes ago", expired);
    S3Call other = presigned("PUT", "other-method.bin");
    other.signed_method = "GET";
    attempt(calls, "other-method", "an upload with a URL signed for reading", other);

    const auto replies = send(calls);
    for (std::size_t i = 0; i < calls.size(); ++i) cleanup.note_answer(calls[i].key.substr(facts_.folder.size()), replies[i]);
    for (std::size_t i = 0; i < bodies_.size(); ++i) facts_.objects[i].put = replies[i].answer;
    return !context_.stop.stop_requested();
  }

  void read() {
    std::vector<S3Call> calls;
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      calls.push_back(presigned("GET", facts_.objects[i].name));
      calls.back().max_body = bodies_[i].size() + 4096;
    }
    const std::size_t after = calls.size();
    for (const auto* name : {"tampered.bin", "expired.bin", "other-method.bin"}) calls.push_back(presigned("GET", name));
    const std::size_t head = calls.size();
    calls.push_back(presigned("HEAD", "plain.bin"));
    const std::size_t range = calls.size();
    calls.push_back(presigned("GET", "plain.bin"));
    // On a connection of its own: some stores send more than the ten bytes (Ceph's dbstore does), which then stand in front of
    // the next answer.
    calls.back().unsigned_headers = {{"Range", "bytes=" + std::to_string(range_first) + "-" + std::to_string(range_last)}, {"Connection", "close"}};

    S3Call tampered = presigned("GET", "plain.bin");
    tampered.tampered = true;
    attempt(calls, "tampered", "a download with one digit of the signature changed", tampered);
    S3Call expired = presigned("GET", "plain.bin");
    expired.age = stale_age;
    expired.expires = stale_expires;
    attempt(calls, "expired", "a download with a URL that expired 59 minutes ago", expired);
    S3Call other = presigned("DELETE", "guard.bin");
    other.signed_method = "GET";
    attempt(calls, "other-method", "a deletion with a URL signed for reading", other);
    S3Call foreign = presigned("GET", "guard.bin");
    foreign.signed_key = facts_.folder + "plain.bin";
    attempt(calls, "wrong-key", "a download of one object with the URL of another", foreign);
    S3Call anonymous = presigned("GET", "plain.bin");
    anonymous.signing = S3Call::Signing::none;
    anonymous.query.clear();
    attempt(calls, "anonymous", "a download without any signature", anonymous);

    const auto replies = send(calls);
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      BucketObject& object = facts_.objects[i];
      object.get = replies[i].answer;
      object.got = static_cast<std::int64_t>(replies[i].body.size());
      object.same = replies[i].answer.status == 200 && replies[i].body.is(bodies_[i]);
      // The body of an object is no document of the store's.
      if (object.get.ok()) object.get.root = object.get.begin = object.get.kind = "";
    }
    for (std::size_t i = 0; i < 3; ++i) facts_.attempts[i].after = replies[after + i].answer;
    facts_.head = replies[head].answer;
    facts_.head_size = static_cast<std::int64_t>(plain_size);
    facts_.head_length = content_length(replies[head].headers);
    facts_.range = replies[range].answer;
    if (const Received* const header = find_header(replies[range].headers, "content-range")) facts_.range_header = for_display(*header, 60);
    facts_.range_same = replies[range].body.is(bodies_[0].substr(range_first, range_last - range_first + 1));
    if (facts_.range.ok()) facts_.range.root = facts_.range.begin = facts_.range.kind = "";
  }

  static std::int64_t content_length(const ReceivedHeaders& headers) {
    const Received* const header = find_header(headers, "content-length");
    const std::string_view value = header == nullptr ? std::string_view() : header->unread();
    constexpr std::size_t most_digits = 15;
    if (value.empty() || value.size() > most_digits || value.find_first_not_of("0123456789") != std::string_view::npos) return -1;
    return std::stoll(std::string(value));
  }

  const ProbeContext& context_;
  S3Client& client_;
  BucketWriteFacts& facts_;
  Deadline deadline_;
  std::vector<std::string> bodies_;
  std::vector<std::pair<std::size_t, std::size_t>> attempts_at_;   ///< attempt and its call in this volley
};

BucketWriteFacts gather(const ProbeContext& context) {
  BucketWriteFacts facts;
  facts.place = bucket_place(context.settings);
  if (facts.place.provider.empty() || !facts.place.has_keys) return facts;
  facts.folder = bucket_folder(facts.place, context.run_id);
  S3Client client = bucket_client(context.settings, facts.place.address, {});
  Cleanup cleanup(context.journal, client, facts);
  Trip(context, client, facts).run(cleanup);
  cleanup.run(context.stop.stop_requested());
  *context.round_trips += client.round_trips();
  return facts;
}

bool transient(const BucketWriteFacts& facts) { return facts.transient || (!facts.objects.empty() && facts.objects.front().put.transient && facts.left.empty()); }

std::string skip(const Settings& settings) {
  if (auto reason = bucket_skip(settings); !reason.empty()) return reason;
  if (settings.bucket && !bucket_place(settings).has_keys) return std::string(bucket_no_keys);
  return "";
}

std::vector<Touch> touches(const Settings& settings) {
  if (!settings.bucket) return {};
  const BucketPlace place = bucket_place(settings);
  const std::string target = place.address.connect_host() + ":" + std::to_string(place.address.port);
  const std::string folder = place.address.bucket + "/" + bucket_folder(place, settings.scene.run_id);
  return {{target, "GET the first name in bucket " + place.address.bucket + " (signed): without it nothing is written", false, "under 1 KiB"},
          {target, "PUT 9 objects below " + folder + " by signed URLs; 3 uploads there that must be refused", true, "about 1 MiB"},
          {target, "GET, HEAD and a range of them; 5 requests that must be refused", false, "about 1 MiB"},
          {target, "DELETE all of them, and list what is left", true, "about 8 KiB"}};
}

}  // namespace

std::vector<std::string> bucket_object_names() {
  std::vector<std::string> names(std::begin(attacked), std::end(attacked));
  for (const auto& [name, size] : kept) names.emplace_back(name);
  return names;
}

ProbeSpec bucket_write_probe() {
  ProbeSpec spec;
  spec.id = "bucket.write";
  spec.needs = bucket_probe().needs;
  spec.writes = true;
  spec.limit = milliseconds(20000);
  spec.skip = skip;
  spec.touches = touches;
  return make_probe<BucketWriteFacts>(std::move(spec), gather, transient);
}

}  // namespace wbverify
