#include "checks/bucket/plugin.hpp"

#include "checks/bucket/checks.hpp"
#include "checks/bucket/probe.hpp"

namespace wbverify {

const ServiceWords& bucket_words() {
  static const ServiceWords words{"the object store", "BUCKET", "Every file, artifact, media object and table lives in the bucket: without it uploads fail and pages stay empty."};
  return words;
}

Plugin bucket_plugin() {
  Plugin plugin;
  plugin.service = "bucket";
  plugin.title = "Bucket";
  plugin.probes = {bucket_probe(), bucket_write_probe()};
  plugin.checks = {
      bucket_supported_check(),   bucket_dns_check(),        bucket_reachable_check(),  bucket_tls_check(),     bucket_endpoint_check(),
      bucket_clock_check(),       bucket_credentials_check(), bucket_exists_check(),    bucket_region_check(),  bucket_cors_rules_check(),
      bucket_preflight_check(),   bucket_round_trip_check(), bucket_refuses_check(),    bucket_cleanup_check(),
  };
  plugin.undoers = {bucket_undo()};
  plugin.leftovers = {bucket_leftovers()};
  return plugin;
}

}  // namespace wbverify
