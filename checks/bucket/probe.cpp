#include "checks/bucket/probe.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>

#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds connect_limit{6000};
constexpr milliseconds handshake_limit{6000};
constexpr milliseconds ask_limit{8000};

/// Browsers send these with an upload from a page; both need the store's leave.
constexpr const char* upload_headers = "content-md5,content-type";

S3Call ask(std::string method, S3Query query = {}) {
  S3Call call;
  call.method = std::move(method);
  call.query = std::move(query);
  return call;
}

S3Call preflight(const BucketReadFacts& facts, const std::string& run_id, const std::string& method, const std::string& request_headers) {
  S3Call call;
  call.method = "OPTIONS";
  call.key = bucket_folder(facts.place, run_id) + "preflight.bin";
  call.signing = S3Call::Signing::none;
  call.unsigned_headers = {{"Origin", facts.place.page_origin}, {"Access-Control-Request-Method", method}};
  if (!request_headers.empty()) call.unsigned_headers.emplace_back("Access-Control-Request-Headers", request_headers);
  return call;
}

/// A question and what becomes of its reply.
struct Question {
  S3Call call;
  std::function<void(const S3Reply&)> take;
};

std::vector<Question> unsigned_questions(BucketReadFacts& facts, const std::string& run_id, const S3Query& one_key) {
  S3Call anonymous = ask("GET", one_key);
  anonymous.signing = S3Call::Signing::none;
  std::vector<Question> out;
  out.push_back({anonymous, [&facts](const S3Reply& reply) { facts.anonymous = reply.answer; }});
  facts.preflights.clear();
  if (facts.place.page_origin.empty() || facts.place.proxied) return out;
  for (const std::string method : {"GET", "PUT", "HEAD"}) {
    const std::string headers = method == "PUT" ? upload_headers : "";
    out.push_back({preflight(facts, run_id, method, headers), [&facts, method, headers](const S3Reply& reply) {
                     facts.preflights.push_back({method, headers, reply.answer, read_cors_headers(reply.headers)});
                   }});
  }
  return out;
}

std::vector<Question> signed_questions(BucketReadFacts& facts, const S3Query& one_key) {
  std::vector<Question> out;
  out.push_back({ask("HEAD"), [&facts](const S3Reply& reply) { facts.head = reply.answer; }});
  S3Call list = ask("GET", one_key);
  if (!facts.place.page_origin.empty()) list.unsigned_headers = {{"Origin", facts.place.page_origin}};
  out.push_back({list, [&facts](const S3Reply& reply) {
                   facts.list = reply.answer;
                   facts.list_cors = read_cors_headers(reply.headers);
                   if (const auto listing = s3_xml::read_listing(reply.body.unread())) facts.listed_bucket = listing->name;
                 }});
  out.push_back({ask("GET", {{"location", ""}}), [&facts](const S3Reply& reply) {
                   facts.location = reply.answer;
                   const std::string region = s3_xml::read_location(reply.body.unread()).value_or("");
                   facts.location_value = is_s3_region(region) ? region : "";
                 }});
  out.push_back({ask("GET", {{"cors", ""}}), [&facts](const S3Reply& reply) {
                   facts.cors = reply.answer;
                   const auto rules = s3_xml::read_cors(reply.body.unread());
                   facts.rules = rules.value_or(std::vector<CorsRule>());
                   facts.rules_cause = rules || !reply.answer.ok() ? "" : rules.error().cause;
                 }});
  out.push_back({ask("GET", {{"versioning", ""}}), [&facts](const S3Reply& reply) {
                   facts.versioning = reply.answer;
                   facts.versioning_value = s3_xml::read_versioning(reply.body.unread()).value_or("");
                 }});
  // With the bucket in the host's name the path `/` is the bucket's own.
  if (!facts.place.address.path_style) return out;
  S3Call buckets = ask("GET");
  buckets.service = true;
  out.push_back({buckets, [&facts](const S3Reply& reply) {
                   facts.buckets = reply.answer;
                   facts.bucket_names = s3_xml::read_buckets(reply.body.unread()).value_or(std::vector<std::string>());
                 }});
  return out;
}

/// Everything at once: no question depends on another's answer.
void ask_all(S3Client& client, const ProbeContext& context, Deadline deadline, BucketReadFacts& facts) {
  const S3Query one_key = first_name(facts.place);
  std::vector<Question> questions = unsigned_questions(facts, context.run_id, one_key);
  if (facts.place.has_keys) {
    auto more = signed_questions(facts, one_key);
    std::move(more.begin(), more.end(), std::back_inserter(questions));
  }
  std::vector<S3Call> calls;
  for (const auto& question : questions) calls.push_back(question.call);
  const auto replies = client.send_all(calls, bucket_now(), deadline, context.stop);
  for (std::size_t i = 0; i < replies.size(); ++i) questions[i].take(replies[i]);
}

/// The region that the store asks for in its refusal, or empty.
std::string demanded_region(const BucketReadFacts& facts) {
  const S3Answer& list = facts.list;
  const bool refused = list.code == "AuthorizationHeaderMalformed" || list.code == "PermanentRedirect" || list.code == "IllegalLocationConstraintException" ||
                       list.status == 301 || list.status == 307;
  if (!refused) return "";
  const std::string region = list.region.empty() ? facts.head.region : list.region;
  return region == facts.place.address.region ? "" : region;
}

/// What a store refuses to the Authorization header and gives to a signed URL, it refuses because the header never came.
void try_signed_url(S3Client& client, const BucketPlace& place, Deadline deadline, const std::stop_token& stop, SignatureTrial& trial) {
  trial.tried = true;
  S3Call call = ask("GET", first_name(place));
  call.signing = S3Call::Signing::presigned;
  trial.presigned = client.send(call, bucket_now(), deadline, stop).answer;
}

/// A refused signature has two causes that look alike: another secret, or a proxy that changes the Host header, which is
/// signed as well. The old signature leaves that header out, so that it tells the two apart where the store still takes it.
void try_signatures(S3Client& client, const BucketPlace& place, Deadline deadline, const std::stop_token& stop, SignatureTrial& trial) {
  trial.tried = true;
  std::vector<S3Call> calls(1, ask("GET", {{"max-keys", "1"}}));
  calls[0].signing = S3Call::Signing::version_2;
  const std::string authority = place.address.authority();
  if (authority.ends_with(":" + std::to_string(place.address.port))) {
    calls.push_back(ask("GET", {{"max-keys", "1"}}));
    calls[1].signed_host = authority.substr(0, authority.rfind(':'));
  }
  const auto replies = client.send_all(calls, bucket_now(), deadline, stop);
  trial.old_signature = replies[0].answer;
  if (replies.size() > 1) trial.without_port = replies[1].answer;
}

void ask_bucket(const ProbeContext& context, BucketReadFacts& facts) {
  const Deadline deadline = context.deadline.within(ask_limit);
  S3Client client = bucket_client(context.settings, facts.place.address, facts.reach.reachable());
  facts.asked_at = std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  ask_all(client, context, deadline, facts);
  *context.round_trips += client.round_trips();
  const int before = client.round_trips();
  if (context.stop.stop_requested() || !facts.place.has_keys) return;
  if (const std::string region = demanded_region(facts); !region.empty()) {
    facts.refused_region = facts.list;
    facts.right_region = region;
    const S3Address address = in_region(facts.place.address, region);
    S3Client second = bucket_client(context.settings, address, address.host == facts.place.address.host ? facts.reach.reachable() : std::vector<std::string>());
    ask_all(second, context, deadline, facts);
    *context.round_trips += second.round_trips();
  }
  if (facts.list.code == "SignatureDoesNotMatch" && !facts.place.amazon && facts.place.address.path_style) {
    try_signatures(client, facts.place, deadline, context.stop, facts.trial);
  }
  if (facts.list.code == "AccessDenied") try_signed_url(client, facts.place, deadline, context.stop, facts.trial);
  *context.round_trips += client.round_trips() - before;
}

/// The connection that reaching the address has opened already is used for the handshake.
TlsObservation shake_hands(const BucketReadFacts& facts, Deadline deadline, const std::stop_token& stop, Socket reached) {
  TlsRequest request;
  request.server_name = facts.place.address.connect_host();
  request.address = facts.address;
  request.port = facts.place.address.port;
  request.ca_files = facts.place.ca_files;
  request.alpn = {"h2", "http/1.1"};
  request.connect = [&facts, &stop, kept = std::make_shared<Socket>(std::move(reached))](Deadline until) -> Result<Socket> {
    if (*kept) return std::move(*kept);
    return connect_tcp(facts.address, facts.place.address.port, until, stop);
  };
  return observe_tls(request, deadline, stop);
}

BucketReadFacts gather(const ProbeContext& context) {
  BucketReadFacts facts;
  facts.place = bucket_place(context.settings);
  if (facts.place.provider.empty()) return facts;
  const S3Address& address = facts.place.address;
  Socket socket;
  facts.reach = reach(address.connect_host(), address.port, context.settings.dns_server, context.deadline.within(connect_limit), &socket, context.stop);
  *context.round_trips += 1 + static_cast<int>(facts.reach.attempts.size());
  const auto reachable = facts.reach.reachable();
  if (reachable.empty() || context.stop.stop_requested()) return facts;
  facts.address = reachable.front();
  if (address.tls) {
    facts.handshaken = true;
    facts.tls = shake_hands(facts, context.deadline.within(handshake_limit), context.stop, std::move(socket));
    *context.round_trips += facts.tls.round_trips;
    // Nothing is sent to a server that did not prove who it is.
    if (!facts.tls.completed || !facts.tls.errors.empty()) return facts;
  }
  if (!context.stop.stop_requested()) ask_bucket(context, facts);
  return facts;
}

bool transient(const BucketReadFacts& facts) {
  const auto& attempts = facts.reach.attempts;
  const bool no_way = !attempts.empty() && facts.reach.reachable().empty();
  const bool may_come = std::any_of(attempts.begin(), attempts.end(), [](const TcpAttempt& a) { return a.cause == "refused" || a.cause == "timed-out"; });
  const bool dns_slow = facts.reach.dns.cause == "timed-out" || facts.reach.dns.cause == "servfail";
  return (no_way && may_come) || dns_slow || facts.anonymous.transient || facts.list.transient;
}

std::vector<Touch> touches(const Settings& settings) {
  if (!settings.bucket) return {};
  const BucketPlace place = bucket_place(settings);
  const std::string target = place.address.connect_host() + ":" + std::to_string(place.address.port);
  std::vector<Touch> out = {{target, "connect to each address of the name", false, ""}};
  if (place.address.tls) out.push_back({target, "two TLS handshakes", false, "about 12 KiB"});
  std::string reads = "GET the first name in bucket " + place.address.bucket + " (without and with signature)";
  if (place.has_keys) reads += ", HEAD it, GET its location, CORS rules, versioning, and the account's buckets";
  out.push_back({target, reads, false, "about 8 KiB"});
  if (!place.page_origin.empty() && !place.proxied) out.push_back({target, "OPTIONS for GET, PUT and HEAD from " + place.page_origin, false, "under 2 KiB"});
  return out;
}

}  // namespace

ProbeSpec bucket_probe() {
  ProbeSpec spec;
  spec.id = "bucket";
  spec.needs = {"config.well-formed/BUCKET", "config.required/BUCKET", "config.placeholders/BUCKET"};
  spec.limit = milliseconds(15000);
  spec.skip = bucket_skip;
  spec.touches = touches;
  return make_probe<BucketReadFacts>(std::move(spec), gather, transient);
}

}  // namespace wbverify
