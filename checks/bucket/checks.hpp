#pragma once
// The checks of the bucket, in the order of the report; each in its own file.
#include "checks/shared/reach.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// How the bucket is spoken of where every service is judged alike.
const ServiceWords& bucket_words();

CheckSpec bucket_supported_check();
CheckSpec bucket_dns_check();
CheckSpec bucket_reachable_check();
/// Causes: those of judge_tls.
CheckSpec bucket_tls_check();
/// Causes: https-port console-port login-page redirected web-page azure-endpoint not-s3 store-down store-error not-http closed reset
/// headers-too-large timed-out …
CheckSpec bucket_endpoint_check();
/// Causes: clock-skew clock-drift.
CheckSpec bucket_clock_check();
/// Causes: unknown-access-key signature-mismatch host-rewritten port-lost expired-token invalid-token account-disabled access-denied
/// refused-by-proxy store-error …
CheckSpec bucket_credentials_check();
/// Causes: no-such-bucket owned-by-another endpoint-holds-bucket store-error …
CheckSpec bucket_exists_check();
/// Causes: wrong-region.
CheckSpec bucket_region_check();
/// Causes: no-cors-rules origin-not-allowed no-get-rule no-put-rule headers-not-allowed; no-head-rule etag-not-exposed not-readable (warn).
CheckSpec bucket_cors_rules_check();
/// Rows GET PUT HEAD. Causes: those of preflight_cause, origin-not-allowed options-swallowed missing-on-answer; etag-not-exposed (warn).
CheckSpec bucket_preflight_check();
/// Rows put get head range delete names large.
CheckSpec bucket_round_trip_check();
/// Rows tampered expired other-method wrong-key anonymous.
CheckSpec bucket_refuses_check();
/// Causes: left-behind; versions-left (warn).
CheckSpec bucket_cleanup_check();

}  // namespace wbverify
