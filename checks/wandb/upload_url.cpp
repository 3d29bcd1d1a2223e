#include <fmt/format.h>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_address.hpp"
#include "checks/wandb/plugin_by_hand.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "Upload URLs lead to an address that everybody can reach";

struct Case {
  const WandbFiles& files;
  const WandbFile& file;
  const WandbWriteFacts& facts;
  const Scene& scene;
};

Finding wrong(std::string cause, const Case& at) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.expected = "A signed URL, with scheme and host, for each file.";
  finding.reproduce = ask_for_upload({at.facts.place, at.files.entity});
  finding.setting = "HOST";
  return finding;
}

std::string spoken(std::int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", seconds);
  return seconds < 7200 ? fmt::format("{} min", seconds / 60) : fmt::format("{} h", seconds / 3600);
}

/// The URL itself is not as it has to be.
std::optional<Finding> judge_form(const Case& at) {
  const SignedUrl& url = at.file.upload;
  if (url.url.empty()) {
    Finding finding = wrong("none-given", at);
    finding.observed = fmt::format("The server answers and gives no URL to upload {} to.", at.file.name);
    finding.why = "Nothing can be uploaded: no file, no artifact, no image.";
    finding.fix =
        "The server could not sign: it has no usable bucket, or may not use its keys (on Google Cloud the right "
        "iam.serviceAccounts.signBlob, on Amazon a role that the pod may assume). Its log says which. " +
        server_log();
    finding.setting = "BUCKET";
    return finding;
  }
  if (url.relative) {
    Finding finding = wrong("relative", at);
    finding.observed = fmt::format("The upload URL of {} has no host: {}.", at.file.name, url.url);
    finding.why = "Clients cannot tell where to: the SDK stops with an error about a missing scheme.";
    finding.fix = "The server does not know its own address. " + tell_the_server(at.facts.place);
    return finding;
  }
  return {};
}

/// Another port of HOST, at which nobody answers.
std::optional<Finding> judge_port(const Case& at) {
  const WandbPlace& place = at.facts.place;
  const SignedUrl& url = at.file.upload;
  const Reach& reach = at.files.store.reach;
  const bool other_scheme = url.scheme != place.scheme;
  if (url.host != place.host || url.port == place.port || other_scheme || origin_of(url) == place.bucket_origin)
    return {};
  if (reach.attempts.empty() || !reach.reachable().empty()) return {};
  Finding finding = wrong("other-port", at);
  finding.observed =
      fmt::format("Upload URLs lead to {}, and nobody answers at that port. HOST is {}.", origin_of(url), place.base);
  finding.expected = "Upload URLs at " + place.base + ", where the server is reached.";
  finding.why =
      "The server makes these URLs from the Host header that its proxy passes on, and there it has another port than "
      "people use: "
      "every upload hangs.";
  finding.fix = tell_the_server(place);
  return finding;
}

std::optional<Finding> judge_signature(const Case& at) {
  const SignedUrl& url = at.file.upload;
  const bool on_host =
      origin_of(url) == UrlParts{at.facts.place.scheme, at.facts.place.host, "/", at.facts.place.port}.origin();
  if (!url.signature && !on_host) {
    Finding finding = wrong("unsigned", at);
    finding.observed = fmt::format("The URL for an upload to {} carries no signature.", origin_of(url));
    finding.why =
        "Clients send nothing else to prove who they are: either the store refuses every upload, or it takes them from "
        "everybody.";
    finding.fix =
        "Something drops the query of the URL, or the server has no keys to sign with. See what it gives with the "
        "command below, "
        "and its log. " +
        server_log();
    finding.setting = "BUCKET";
    return finding;
  }
  if (url.expires > 0 && url.expires < policy::wandb_upload_url_shortest_seconds) {
    Finding finding = wrong("short-lived", at);
    finding.status = Status::warn;
    finding.observed = fmt::format("Upload URLs are good for {}.", spoken(url.expires));
    finding.expected = fmt::format("{}, as W&B signs them.", spoken(policy::wandb_upload_url_seconds));
    finding.why =
        "Clients ask for the URLs of many files at once and work through them: on a slow line the last ones have "
        "expired.";
    finding.fix =
        "Temporary credentials that end soon shorten what they sign. Give the server a role that lasts, or keys of a "
        "user.";
    finding.setting = "BUCKET";
    return finding;
  }
  return {};
}

/// Headers that belong to the client, or more of them than an upload needs.
std::optional<Finding> judge_headers(const Case& at) {
  if (at.file.refused_headers.empty()) return {};
  Finding finding = wrong("refused-headers", at);
  finding.status = Status::warn;
  finding.observed = fmt::format("The server names headers for the upload of {} that are not sent: {}.", at.file.name, join(at.file.refused_headers, ", "));
  finding.expected = "Headers that describe the file, such as Content-Type or x-amz-server-side-encryption; at most 64, and 8 KiB.";
  finding.why =
      "Headers that frame a message, steer the connection or log somebody in are the client's own. A server that names them chooses what arrives at the "
      "store in the name of whoever uploads; clients that obey send broken requests.";
  finding.fix = "Nothing in W&B does that: see what changes its answers on the way, or who answers in its place. " + server_log();
  return finding;
}

std::string peer_of(const WandbRun& run) { return run.create.http.address; }

std::vector<std::string> addresses_of(const StoreAddress& store) {
  std::vector<std::string> out = store.reach.dns.ipv4;
  out.insert(out.end(), store.reach.dns.ipv6.begin(), store.reach.dns.ipv6.end());
  return out;
}

/// The first that fails, else the first that warns.
std::optional<Finding> first_fault(const Case& at, const WandbRun& run) {
  if (auto finding = judge_form(at)) return finding;
  const SignedUrl& url = at.file.upload;
  const bool same_store = origin_of(url) == at.files.store.origin;
  const auto addresses = same_store ? addresses_of(at.files.store) : std::vector<std::string>();
  std::optional<Finding> warning;
  if (const auto fault = address_fault(url, at.facts.place, peer_of(run), addresses)) {
    Finding finding = wrong_address(*fault, url, "Upload URLs lead to", at.facts.place, at.scene);
    finding.reproduce = ask_for_upload({at.facts.place, at.files.entity});
    if (finding.status == Status::fail) return finding;
    warning = finding;
  }
  for (const auto judge : {judge_port, judge_signature, judge_headers}) {
    auto finding = judge(at);
    if (finding && finding->status == Status::fail) return finding;
    if (finding && !warning) warning = finding;
  }
  return warning;
}

std::string passes(const WandbFiles& files, const WandbPlace& place) {
  const SignedUrl& url = files.files.front().upload;
  std::string out = origin_of(url);
  if (files.store.same_as == "HOST" || out == place.base)
    out += ", HOST itself";
  else if (files.store.same_as == "BUCKET")
    out += ", the store of BUCKET";
  if (url.expires > 0) out += ", good for " + spoken(url.expires);
  return out;
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles& files) -> Findings {
    if (!files.create.ok()) {
      Finding finding = trouble(facts.place, files.create, scene);
      if (finding.cause != "interrupted") finding.observed = "The server gives no upload URLs. " + finding.observed;
      return {finding};
    }
    if (files.files.empty()) return {interrupted("The question for upload URLs")};
    std::optional<Finding> warning;
    for (const auto& file : files.files) {
      auto finding = first_fault({files, file, facts, scene}, run);
      if (finding && finding->status == Status::fail) return {*finding};
      if (finding && !warning) warning = finding;
    }
    return {warning ? *warning : passed(passes(files, facts.place))};
  });
}

}  // namespace

CheckSpec wandb_upload_url_check() {
  CheckSpec spec;
  spec.id = "wandb.upload-url";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.run"};
  spec.explained_by = {"host.own-url"};
  spec.by_part = true;
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
