#include "checks/config/facts.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(SettingIssue, setting, kind, cause, column, observed, expected, fix, example)
WBVERIFY_JSON(NamedFile, setting, path, outcome, error, fault, certificates)
WBVERIFY_JSON(LicenseFacts, read, expires, trial, deployment_id, seats, teams, flags)
WBVERIFY_JSON(BucketFacts, read, provider, host, region, tls, region_is_set, has_secret)
WBVERIFY_JSON(ConfigFacts, issues, readings, host_scheme, host_origin, bucket, bucket_queue, notifications_queue, license, files, env_files, ca_files)
WBVERIFY_DEFINE_FACTS(ConfigFacts)

}  // namespace wbverify
