#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_artifact.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using artifact::Case;

std::size_t files_of(const WandbArtifact& artifact) {
  return static_cast<std::size_t>(std::count_if(artifact.entries.begin(), artifact.entries.end(),
                                                [](const auto& entry) { return !entry.reference; }));
}

std::uint64_t bytes_of(const WandbArtifact& artifact) {
  std::uint64_t bytes = 0;
  for (const auto& entry : artifact.entries) bytes += entry.reference ? 0 : static_cast<std::uint64_t>(entry.size);
  return bytes;
}

Finding create_row(const Case& at) {
  const WandbArtifact& own = at.artifact;
  if (!own.create.asked) return interrupted("A new version of an artifact");
  if (!own.create.ok()) return artifact::refused(own.create, "No version of an artifact can be made", at);
  if (!own.state_created.empty() && own.state_created != "PENDING") {
    Finding finding = artifact::wrong("unexpected-state", at);
    finding.observed = fmt::format(
        "A version of an artifact that was made a moment ago, of random bytes, is {} before anything is uploaded.",
        own.state_created);
    finding.expected = "PENDING.";
    finding.why =
        "Clients stop here and upload nothing: users have artifacts that contain other bytes than theirs, or none.";
    finding.fix =
        "The server takes it for one that it has. Its digest is new, so look for a proxy that answers from a cache "
        "(POST to /graphql is never to be cached). " +
        server_log();
    return finding;
  }
  if (!own.manifest.asked) return interrupted("The manifest of the artifact");
  if (!own.manifest.ok()) return artifact::refused(own.manifest, "The artifact is made, a manifest for it is not", at);
  return passed(
      fmt::format("{} in {:.0f} ms", own.collection, own.create.http.duration_ms + own.manifest.http.duration_ms));
}

/// The one file that is not in the store, or nothing.
std::optional<Finding> upload_trouble(const ArtifactEntry& entry, const Case& at) {
  if (entry.reference || entry.put.ok()) return {};
  if (entry.skipped) {
    Finding finding = artifact::wrong("upload-not-wanted", at);
    finding.observed = fmt::format(
        "The server gives no URL for {}, as if it had these bytes. They are random and a moment old.", entry.path);
    finding.expected = "A signed URL for each file whose bytes are new.";
    finding.why = "Clients upload nothing then: the version is committed, and who uses it finds no file in the store.";
    finding.fix =
        "The server has a wrong idea of what is in its store. If the database was restored from a backup and the "
        "bucket was not, or the other way round, bring them to the same day. " +
        server_log();
    return finding;
  }
  // With --deep the largest one goes up in parts, which wandb.multipart judges.
  if (!entry.put.tried && entry.upload.url.empty() && !at.facts.multipart.empty()) {
    const auto& parts = at.facts.multipart.back();
    if (parts.complete.ok()) return {};
    return skipped(fmt::format("Not told: {} did not go up in parts, see wandb.multipart.", entry.path));
  }
  if (!entry.put.tried) return interrupted("The upload of " + entry.path);
  return artifact::put_refused(entry.put, entry.path, at);
}

Finding upload_row(const Case& at) {
  const WandbArtifact& own = at.artifact;
  if (!own.files.asked) return interrupted("Where to upload the artifact's files");
  if (!own.files.ok()) return artifact::refused(own.files, "The server gives no URLs for the artifact's files", at);
  for (const auto& entry : own.entries) {
    if (auto finding = upload_trouble(entry, at)) return *finding;
  }
  if (!own.manifest_again.asked) return interrupted("Where to upload the manifest");
  if (!own.manifest_again.ok())
    return artifact::refused(own.manifest_again, "The server gives no URL for the manifest", at);
  if (!own.put_manifest.tried) return interrupted("The upload of the manifest");
  if (!own.put_manifest.ok()) return artifact::put_refused(own.put_manifest, "the manifest", at);
  return passed(fmt::format("{} files with {} bytes, and the manifest", files_of(own), bytes_of(own)));
}

Finding commit_row(const Case& at) {
  const WandbArtifact& own = at.artifact;
  if (!own.commit.asked) return interrupted("The commit of the artifact");
  if (!own.commit.ok()) return artifact::commit_refused(at);
  if (!own.digest_read.empty() && !iequals(own.digest_read, own.digest)) {
    Finding finding = artifact::wrong("digest-differs", at);
    finding.observed = fmt::format("The server gives the artifact the digest {}; over the same files it is {}.",
                                   own.digest_read, own.digest);
    finding.expected = fmt::format("{}, the MD5 over the paths and MD5s of the files.", own.digest);
    finding.why =
        "By the digest clients tell whether they have a version already: equal ones are uploaded anew, or other ones "
        "taken for equal.";
    finding.fix = "Server and clients do not compute it alike: see wandb.version, and update the older of the two.";
    return finding;
  }
  if (!own.state.empty() && own.state != "COMMITTED") {
    Finding finding = artifact::wrong("not-committed", at);
    finding.observed = fmt::format("The commit is accepted, and afterwards the version is {}.", own.state);
    finding.expected = "COMMITTED.";
    finding.why = "Versions that are not committed are invisible: `use_artifact` says that they do not exist.";
    finding.fix = "A worker of the server finishes it, and does not come to it. " + artifact::workers();
    return finding;
  }
  if (own.commit_ms <= policy::wandb_late_ms) {
    return passed(own.commit_ms < 0 ? "digest " + own.digest
                                    : fmt::format("digest {}, usable after {:.0f} ms", own.digest, own.commit_ms));
  }
  Finding finding = artifact::wrong("late", at);
  finding.status = Status::warn;
  finding.observed = fmt::format("The version could be used {:.1f} s after it was committed.", own.commit_ms / 1000);
  finding.expected = fmt::format("Within {:.0f} s.", policy::wandb_late_ms / 1000);
  finding.why = "Pipelines that log in one step and use in the next fail now and then.";
  finding.fix = "The server's workers lag behind. " + artifact::workers();
  return finding;
}

/// Where manifest and files are fetched from is told to whoever uses the artifact.
Finding not_fetched(std::string what, const Case& at) {
  return at.artifact.use.asked && !at.artifact.use.ok() ? skipped("Not tried: no run could use the artifact.")
                                                        : interrupted(std::move(what));
}

/// Files of runs come by the same kind of URL: what is told of them holds here.
bool as_files_of_runs(const Transfer& get, const Case& at) {
  if (at.facts.files.empty() || at.facts.files.front().files.empty()) return false;
  const Transfer& other = at.facts.files.front().files.front().by_direct;
  return other.tried && !other.ok() && other.code == get.code && other.answer.status == get.answer.status &&
         other.answer.cause == get.answer.cause;
}

/// What was to come back from the store did not.
Finding not_given(const Transfer& get, const std::string& what, const Case& at) {
  return as_files_of_runs(get, at) ? skipped("The store gives files of runs neither, see wandb.download.")
                                   : artifact::get_refused(get, what, at);
}

Finding manifest_row(const Case& at) {
  const WandbArtifact& own = at.artifact;
  if (!own.get_manifest.tried) return not_fetched("The manifest's way back", at);
  if (!own.get_manifest.ok()) return not_given(own.get_manifest, "the manifest", at);
  if (!own.manifest_read) {
    Finding finding = artifact::wrong("manifest-unreadable", at);
    finding.observed = fmt::format("What comes back in place of the manifest is none: {}. {}",
                                   describe(own.get_manifest.answer), says(own.get_manifest.answer));
    finding.expected = "The JSON that was uploaded.";
    finding.why =
        "Without its manifest no file of an artifact can be found: downloads of it fail with an error about JSON.";
    finding.fix =
        "The address of the manifest leads to something else than the store, or the store gives other bytes. Look at "
        "what comes with the command below.";
    return finding;
  }
  std::string wrong_entries;
  for (const auto& entry : own.entries) {
    if (!entry.in_manifest) wrong_entries += (wrong_entries.empty() ? "" : ", ") + entry.path;
  }
  if (wrong_entries.empty() && own.differences.empty()) {
    return passed(fmt::format("{} entries, {} bytes", own.entries.size(), own.get_manifest.bytes));
  }
  Finding finding = artifact::wrong("manifest-differs", at);
  finding.observed = "The manifest that comes back is not the one that was uploaded.";
  if (!wrong_entries.empty())
    finding.observed += " Missing, or with another digest or size: " + for_display(wrong_entries, 200) + ".";
  for (const auto& difference : own.differences) {
    finding.observed += fmt::format(" {}: written {}, read {}.", difference.key, difference.written,
                                    difference.read.empty() ? "nothing" : difference.read);
    if (finding.observed.size() > 600) break;
  }
  finding.expected = "The manifest as it was uploaded.";
  finding.why = "Users of the artifact get other files than those that were logged, or an error about a checksum.";
  finding.fix = artifact::changed_bytes();
  return finding;
}

Finding use_row(const Case& at) {
  const WandbArtifact& own = at.artifact;
  if (!own.use.asked) return interrupted("The use of the artifact by a second run");
  if (!own.use.ok()) return artifact::refused(own.use, "A second run may not use the artifact", at);
  if (own.found_by_alias) return passed(fmt::format("by its alias, in run {}", own.consumer));
  Finding finding = artifact::wrong("alias-lost", at);
  finding.observed = fmt::format(
      "The version of {} is committed and can be used, and the alias that it was made with is gone.", own.collection);
  finding.expected = "The version under its alias.";
  finding.why = "`use_artifact(\"NAME:alias\")` says \"artifact membership not found\" for versions that are there.";
  finding.fix =
      "Aliases are written by a worker of the server, or read from a replica of the database that lags behind. " +
      artifact::workers();
  return finding;
}

Finding files_row(const Case& at) {
  const WandbArtifact& own = at.artifact;
  for (const auto& entry : own.entries) {
    if (entry.reference) continue;  // servers differ in whether these are listed; the manifest has them
    if (!entry.listed) {
      if (!own.use.ok()) return not_fetched("The list of the artifact's files", at);
      Finding finding = artifact::wrong("not-listed", at);
      finding.observed = fmt::format("The server does not list {} among the artifact's files.", entry.path);
      finding.expected = fmt::format("All {} files of the manifest.", files_of(own));
      finding.why = "The page of the artifact shows fewer files than it has, and so do downloads that follow the list.";
      finding.fix =
          "The server reads its list from the manifest in the store, or from a copy in its database that is not "
          "complete. " +
          artifact::workers();
      return finding;
    }
    if (!entry.get.tried) return not_fetched("The download of " + entry.path, at);
    if (!entry.get.ok()) {
      const bool alike = own.get_manifest.tried && !own.get_manifest.ok() && own.get_manifest.code == entry.get.code;
      return alike ? skipped("The store gives the manifest neither.") : not_given(entry.get, entry.path, at);
    }
    if (!entry.get.same) return artifact::bytes_differ(entry, at);
  }
  return passed(fmt::format("{} files with {} bytes, the same byte for byte", files_of(own), bytes_of(own)));
}

struct Row {
  const char* name;
  const char* title;
  Finding (*judge)(const Case&);
  const char* needs;    ///< the row that must have passed
  const char* without;  ///< said when it did not
};

constexpr Row rows[] = {
    {"create", "A version of an artifact can be made", create_row, "", ""},
    {"upload", "Its files and its manifest upload", upload_row, "create", "there is no version to upload to"},
    {"commit", "It can be committed", commit_row, "upload", "not everything is uploaded"},
    {"manifest", "Its manifest comes back as it was written", manifest_row, "commit", "it is not committed"},
    {"use", "Another run finds it by its name and uses it", use_row, "commit", "it is not committed"},
    {"files", "Each of its files comes back from the store", files_row, "commit", "it is not committed"},
};

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  if (!facts.artifact.tried) return {not_written(facts)};
  const Case at{facts, facts.artifact, scene};
  Findings findings;
  for (const Row& row : rows) {
    const bool blocked = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.row == row.needs && finding.status != Status::pass && finding.status != Status::warn;
    });
    findings.push_back(blocked ? skipped(fmt::format("Not tried: {}.", row.without)) : row.judge(at));
    findings.back().row = row.name;
    findings.back().title = row.title;
  }
  return in_first_entity(std::move(findings), facts, facts.artifact.entity);
}

}  // namespace

CheckSpec wandb_artifact_check() {
  CheckSpec spec;
  spec.id = "wandb.artifact";
  spec.probe = "wandb.write";
  spec.title = "An artifact is logged by one run and used by another, unchanged";
  spec.needs = {"wandb.upload"};
  spec.by_part = true;
  spec.explained_by = bucket_checks();
  spec.tags = {"artifacts"};
  for (const Row& row : rows) spec.rows.emplace_back(row.name);
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
