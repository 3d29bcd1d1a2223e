#pragma once
// Transfers to and from the store behind the URLs that the server hands out, in words.
#include <string>
#include <string_view>
#include <vector>

#include "checks/shared/store.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// A store as its URLs tell it.
struct StoreView {
  std::string origin;    ///< `https://s3.example.com:9000`
  std::string bucket;    ///< its name, or empty
  std::string product;   ///< `Amazon S3`, `Google Cloud Storage`, `Azure Blob Storage`, `MinIO`, or empty
  bool on_host = false;  ///< HOST itself takes and gives the files
};
/// `answer`: of any exchange with it; its URL and its headers count.
StoreView store_of(const HttpAnswer& answer, const WandbPlace& place);
std::string origin_of(const SignedUrl& url);

/// `PUT https://s3.example.com/wandb-files/a.txt: 403 Forbidden from MinIO after 3 ms, AccessDenied ("Access
/// Denied.")`, without a full stop.
std::string describe(const Transfer& transfer);

/// The finding for a transfer that is not ok(), complete. `what` begins a sentence: `The upload of a.txt`. Causes:
/// those of store_cause, and host-rewritten port-lost signature-mismatch unknown-access-key clock-skew url-expired
/// expired-token no-such-bucket wrong-region two-credentials redirected html-page not-found bad-gateway unavailable
/// gateway-timeout; without an answer the client's cause: unknown when the way or this machine is to blame, else fail.
/// interrupted when it was not tried.
/// `url`: what it went by, where that is known; some stores do not say that a URL has expired.
Finding store_refused(StoreVerb verb, const Transfer& transfer, std::string what, const WandbPlace& place,
                      const Scene& scene, const SignedUrl* url = nullptr);

/// What to do when W&B's own keys lack a right on the bucket, on this kind of store.
std::string give_rights(const StoreView& store, StoreVerb verb);

/// The checks of BUCKET whose failure is also the cause when a transfer fails here: as a rule it is the same store.
std::vector<std::string> bucket_checks();
/// With those of its CORS rules.
std::vector<std::string> bucket_checks_for_browsers();

/// Letters, digits, dot, underscore and hyphen: nothing that a proxy could write otherwise.
bool is_plain_name(std::string_view name);
/// One finding, without a row, in place of rows that all fail for one cause: that is one thing to mend. Rows that were
/// skipped go.
Findings merge_alike(Findings rows);

}  // namespace wbverify
