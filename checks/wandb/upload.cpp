#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_by_hand.hpp"
#include "checks/wandb/plugin_store.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "Files upload by the URLs that the server gives";

/// Files with plain names upload, and this one's name does not fit its signature.
bool name_is_at_fault(const WandbFile& file, const WandbFiles& files, const Finding& finding) {
  const int status = file.put.answer.status;
  if (is_plain_name(file.name) || finding.status != Status::fail || status < 400 || status >= 500) return false;
  return std::any_of(files.files.begin(), files.files.end(),
                     [](const WandbFile& other) { return is_plain_name(other.name) && other.put.ok(); });
}

void blame_the_name(Finding& finding, const StoreView& store) {
  finding.cause = "name-changed-on-the-way";
  finding.observed += " Files with plain names upload.";
  finding.expected = "Every name passes, as S3 allows all of UTF-8.";
  finding.why =
      "Names of files and artifacts are the users' own. Those with blanks or letters beyond ASCII cannot be uploaded.";
  finding.fix = std::string(
                    "A proxy decodes or cleans the path, which is part of the signature. In nginx write proxy_pass "
                    "without anything "
                    "after the host, not even a slash:\nproxy_pass http://") +
                (store.on_host ? "ADDRESS_OF_W&B:8080" : "STORE:PORT") + ";\nmerge_slashes off;";
}

Finding refused(const WandbFile& file, const WandbFiles& files, const WandbWriteFacts& facts, const Scene& scene) {
  Finding finding =
      store_refused(StoreVerb::put, file.put, "The upload of " + file.name, facts.place, scene, &file.upload);
  if (finding.cause == "interrupted") return finding;
  finding.reproduce = upload_by_hand({facts.place, files.entity});
  if (name_is_at_fault(file, files, finding)) {
    blame_the_name(finding, store_of(file.put.answer, facts.place));
    finding.reproduce = upload_by_hand({facts.place, files.entity, odd_file});
  }
  return finding;
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun&, const WandbFiles& files) -> Findings {
    if (files.files.empty()) return {interrupted("An upload")};
    std::int64_t bytes = 0;
    double slowest = 0;
    for (const auto& file : files.files) {
      if (!file.put.ok()) return {refused(file, files, facts, scene)};
      bytes += file.size;
      slowest = std::max(slowest, file.put.answer.duration_ms);
    }
    const StoreView store = store_of(files.files.front().put.answer, facts.place);
    return {passed(fmt::format("{} file{} with {} bytes to {}, {:.0f} ms at most", files.files.size(),
                               files.files.size() == 1 ? "" : "s", bytes,
                               store.product.empty() ? store.origin : store.product, slowest))};
  });
}

}  // namespace

CheckSpec wandb_upload_check() {
  CheckSpec spec;
  spec.id = "wandb.upload";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.store"};
  spec.by_part = true;
  spec.explained_by = bucket_checks();
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
