#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view why_parts =
    "Files from 2 GiB on are uploaded in parts: small artifacts work, and large checkpoints and data sets fail at "
    "their end, "
    "after hours.";

struct Case {
  const WandbWriteFacts& facts;
  WandbMultipart upload;
  const Scene& scene;
};

std::string by_hand(const Case& at) {
  return fmt::format(
      "truncate -s 2200M /tmp/wbverify.bin; WANDB_BASE_URL={} wandb artifact put --name wbverify/by-hand --type "
      "wbverify /tmp/wbverify.bin",
      shell_quote(at.facts.place.base));
}

Finding wrong(std::string cause, const Case& at) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.why = why_parts;
  finding.reproduce = by_hand(at);
  finding.setting = "BUCKET";
  return finding;
}

Finding refused(const ApiAnswer& answer, std::string_view what, const Case& at) {
  Finding finding = trouble(at.facts.place, answer, at.scene);
  if (finding.cause == "interrupted") return finding;
  finding.observed = fmt::format("{}: {}", what, finding.observed);
  finding.why = why_parts;
  finding.reproduce = by_hand(at);
  return finding;
}

/// The server puts the parts together at the store, and tells the store's own words when that fails.
Finding complete_refused(const Case& at) {
  const ApiAnswer& answer = at.upload.complete;
  constexpr std::string_view codes[] = {"AccessDenied", "InvalidPart", "NoSuchUpload", "EntityTooSmall",
                                        "MalformedXML", "kms:",        "KMS"};
  const bool by_store = answer.json && std::any_of(std::begin(codes), std::end(codes), [&](auto code) {
                          return answer.message.find(code) != std::string::npos;
                        });
  if (!by_store) return refused(answer, "All parts are at the store, and the server does not put them together", at);
  Finding finding = wrong("complete-refused", at);
  finding.observed = "All parts are at the store, and the store refuses to put them together: " + tell(answer);
  finding.expected = "CompleteMultipartUpload succeeds.";
  finding.fix =
      "The keys of BUCKET need more than s3:PutObject for this: s3:AbortMultipartUpload, s3:ListMultipartUploadParts, "
      "and "
      "kms:Decrypt where the bucket encrypts with KMS. InvalidPart and NoSuchUpload mean that the parts went to "
      "another store "
      "than the server asks, or that something cleaned them up in between.";
  return finding;
}

Finding no_part_urls(const Case& at, bool old_server) {
  Finding finding = wrong(old_server ? "old-server" : "no-part-urls", at);
  finding.status = Status::warn;
  finding.observed =
      old_server ? "The server does not know uploads in parts." : "Asked for URLs of parts, the server gives none.";
  finding.expected = "A URL for each part.";
  finding.why = "Large files are sent in one request then, and S3 takes no more than 5 GB in one.";
  finding.fix =
      "The server is too old for uploads in parts. Update it: "
      "https://docs.wandb.ai/platform/hosting/server-upgrade-process";
  return finding;
}

Finding judge_upload(const Case& at) {
  const WandbMultipart& upload = at.upload;
  for (std::size_t i = 0; i < upload.puts.size(); ++i) {
    if (!upload.puts[i].ok())
      return store_refused(StoreVerb::put, upload.puts[i], fmt::format("The upload of part {}", i + 1), at.facts.place,
                           at.scene);
  }
  if (upload.puts.size() < 2) return interrupted("The upload of all parts");
  if (!upload.etags) {
    Finding finding = wrong("no-etag", at);
    finding.observed = "The store takes the parts, and its answers have no ETag.";
    finding.expected = "An ETag in the answer to each part.";
    finding.fix =
        "The parts are put together by their ETags. Every S3 store sends them, so a proxy takes them away: in nginx "
        "look for "
        "proxy_hide_header ETag, gzip on and sub_filter, and take them out for the store.";
    return finding;
  }
  if (!upload.complete.asked && !upload.complete.unknown.empty()) return no_part_urls(at, true);
  if (!upload.complete.asked) return interrupted("The end of the upload in parts");
  if (!upload.complete.ok()) return complete_refused(at);
  return passed(fmt::format("{} bytes in {} parts", upload.bytes, upload.parts));
}

/// Parts are asked for together with the URLs of the artifact's files.
Finding without_parts(const WandbWriteFacts& facts, const Scene& scene) {
  const ApiAnswer& files = facts.artifact.files;
  if (!files.asked)
    return facts.artifact.create.asked && !facts.artifact.create.ok()
               ? skipped("Not tried: no artifact can be made, see wandb.artifact.")
               : not_written(facts);
  if (!files.ok()) return skipped("Not tried: the server gives no URLs for an artifact's files, see wandb.artifact.");
  const auto dialect = [](const ArtifactEntry& entry) {
    return entry.upload.dialect == "gcs" || entry.upload.dialect == "azure";
  };
  if (std::any_of(facts.artifact.entries.begin(), facts.artifact.entries.end(), dialect)) {
    return skipped("The bucket is no S3 store: there the server takes large files in one piece.");
  }
  return no_part_urls({facts, {}, scene}, !files.unknown.empty());
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  if (!facts.place.deep) return {skipped("An upload in parts is tried with --deep only.")};
  if (facts.multipart.empty()) return in_first_entity({without_parts(facts, scene)}, facts, facts.artifact.entity);
  Findings findings;
  for (const auto& upload : facts.multipart) findings.push_back(judge_upload({facts, upload, scene}));
  const auto worst = std::find_if(findings.begin(), findings.end(),
                                  [](const auto& finding) { return finding.status != Status::pass; });
  return in_first_entity({worst == findings.end() ? findings.front() : *worst}, facts, facts.artifact.entity);
}

}  // namespace

CheckSpec wandb_multipart_check() {
  CheckSpec spec;
  spec.id = "wandb.multipart";
  spec.probe = "wandb.write";
  spec.title = "A large file uploads in parts";
  spec.needs = {"wandb.upload"};
  spec.by_part = true;
  spec.explained_by = bucket_checks();
  spec.tags = {"limits"};
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
