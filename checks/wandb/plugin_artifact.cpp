#include "checks/wandb/plugin_artifact.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "checks/wandb/plugin_store.hpp"
#include "util/text.hpp"

namespace wbverify::artifact {
namespace {

constexpr std::string_view why_artifacts =
    "Data sets, models and checkpoints are artifacts: `log_artifact` fails, or hangs until it gives up.";

std::string name_by_hand(const Case& at) {
  return shell_quote(at.artifact.entity + "/" + at.artifact.project + "/wbverify-by-hand");
}

/// What was made here is removed at the end: the command makes its own.
std::string log_by_hand(const Case& at) {
  return fmt::format(
      "head -c 1000 /dev/urandom > /tmp/wbverify.bin; WANDB_BASE_URL={} wandb artifact put --name {} --type wbverify "
      "/tmp/wbverify.bin",
      shell_quote(at.facts.place.base), name_by_hand(at));
}

/// With an empty cache: clients read what they have uploaded themselves from their own disk.
std::string fetch_by_hand(const Case& at) {
  return fmt::format(
      "{}\nWANDB_CACHE_DIR=\"$(mktemp -d)\" WANDB_BASE_URL={} wandb artifact get --root /tmp/wbverify {}:latest",
      log_by_hand(at), shell_quote(at.facts.place.base), name_by_hand(at));
}

bool speaks_of_content(const ApiAnswer& answer) {
  const std::string message = to_lower(answer.message);
  constexpr std::array<std::string_view, 6> words = {"manifest", "digest",    "uploaded",
                                                     "checksum", "nosuchkey", "artifact file"};
  for (const auto word : words) {
    if (message.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Finding wrong(std::string cause, const Case& at) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.why = why_artifacts;
  finding.reproduce = fetch_by_hand(at);
  finding.setting = "HOST";
  return finding;
}

Finding refused(const ApiAnswer& answer, std::string_view what, const Case& at) {
  Finding finding = trouble(at.facts.place, answer, at.scene);
  if (finding.cause == "interrupted") return finding;
  finding.observed = fmt::format("{}: {}", what, finding.observed);
  finding.why = why_artifacts;
  finding.reproduce = log_by_hand(at);
  return finding;
}

Finding commit_refused(const Case& at) {
  const ApiAnswer& answer = at.artifact.commit;
  if (!answer.json || !speaks_of_content(answer))
    return refused(answer, "The artifact is uploaded, and the server does not commit it", at);
  Finding finding = wrong("commit-refused", at);
  finding.observed =
      "The store took the files and the manifest, and the server, which looks at them before it commits, is not "
      "content: " +
      tell(answer);
  finding.expected = "A commit, as every file is in the store with the MD5 that the manifest says.";
  finding.fix =
      "The server and the URLs that it gives do not lead to the same bytes. Either it looks into another bucket than "
      "clients "
      "write to (BUCKET, the team's own bucket, a proxy that sends the store's name elsewhere), or the bytes were "
      "changed on "
      "the way. " +
      server_log();
  finding.reproduce = log_by_hand(at);
  finding.setting = "BUCKET";
  return finding;
}

Finding put_refused(const Transfer& put, std::string_view what, const Case& at) {
  Finding finding = store_refused(StoreVerb::put, put, fmt::format("The upload of {}", what), at.facts.place, at.scene);
  // The address is that of files of runs, which were uploaded: what differs is the header that belongs to the body.
  if (finding.cause != "signature-mismatch" && finding.cause != "checksum-refused") return finding;
  finding.cause = "content-md5-refused";
  finding.observed += " Files of runs upload; those of artifacts carry a Content-MD5 besides.";
  finding.expected = "Content-MD5 and the bytes arrive at the store as they were sent.";
  finding.why = "Files of runs upload and artifacts do not: `log_artifact` ends with an error of the store.";
  finding.fix =
      "Something on the way drops or rewrites Content-MD5, or changes the body that it belongs to. Look for rules on "
      "headers in the balancer and the firewall, for a virus scanner, and in nginx for one of these lines, which must "
      "not stand where the store is:\n  proxy_pass_request_headers off;\n  proxy_set_header Content-MD5 \"\";";
  finding.reproduce = log_by_hand(at);
  return finding;
}

Finding get_refused(const Transfer& get, std::string_view what, const Case& at) {
  return store_refused(StoreVerb::get, get, fmt::format("The download of {}, which was just uploaded,", what),
                       at.facts.place, at.scene);
}

Finding bytes_differ(const ArtifactEntry& entry, const Case& at) {
  Finding finding = wrong("bytes-differ", at);
  finding.observed = fmt::format("{} was uploaded with {} bytes, and {} came back{}.", entry.path, entry.size,
                                 entry.get.bytes, entry.size == entry.get.bytes ? ", not the same" : "");
  finding.expected = "Every byte as it was sent.";
  finding.why =
      "Downloads of artifacts end with an error about a checksum, except on machines that have the file in their "
      "cache.";
  finding.fix = changed_bytes();
  finding.setting = "BUCKET";
  return finding;
}

std::string workers() {
  return "With Kubernetes it is glue and executor, which have their work from Redis:\nkubectl get pods -n NAMESPACE\n"
         "kubectl logs -n NAMESPACE deploy/wandb-executor --tail 100\nkubectl logs -n NAMESPACE deploy/wandb-glue "
         "--tail 100\n"
         "With Docker:\ndocker logs --tail 200 wandb-local";
}

std::string changed_bytes() {
  return "Look for what changes or keeps bodies between here and the store: a cache that leaves the query out of its "
         "key, a proxy that "
         "compresses, a virus scanner. If the store gives the same without them, look at its disks and its log.";
}

}  // namespace wbverify::artifact
