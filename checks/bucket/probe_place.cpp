#include <chrono>

#include "checks/bucket/probe.hpp"
#include "config/bucket_url.hpp"
#include "config/go_values.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_on(const Scene& scene, const char* name) {
  const SettingView* view = scene.find(name);
  return view != nullptr && go_bool(view->value).value_or(false);
}

}  // namespace

std::int64_t bucket_now() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

std::string bucket_skip(const Settings& settings) {
  if (!settings.bucket) return "";
  switch (settings.bucket->provider) {
    case BucketProvider::s3:
    case BucketProvider::s3_compatible: return "";
    case BucketProvider::file: return "BUCKET is a folder on the server's own disk; there is no object store to ask.";
    default: return "BUCKET is in " + std::string(name(settings.bucket->provider)) + ", whose checks follow in a later release.";
  }
}

BucketPlace bucket_place(const Settings& settings) {
  BucketPlace place;
  if (settings.host) place.page_origin = settings.host->origin;
  place.proxied = is_on(settings.scene, "BUCKET_PROXY") || is_on(settings.scene, "GORILLA_FILE_STORE_IS_PROXIED");
  place.ca_files = settings.ca_files;
  if (!settings.bucket) return place;
  const BucketTarget& target = *settings.bucket;
  place.provider = name(target.provider);
  place.amazon = target.provider == BucketProvider::s3;
  place.address = {target.tls, target.host, target.port, target.path_style, target.bucket, target.region};
  place.prefix = target.prefix;
  place.region_is_set = target.region_is_set;
  place.has_keys = !target.secret_key.empty() && !target.access_key.empty();
  place.has_token = !target.session_token.empty();
  place.keys_in_url = target.credentials_in_url;
  place.access_key = for_display(target.access_key, 128);
  return place;
}

S3Client bucket_client(const Settings& settings, const S3Address& address, const std::vector<std::string>& addresses) {
  S3Keys keys;
  if (settings.bucket) keys = {settings.bucket->access_key, settings.bucket->secret_key, settings.bucket->session_token};
  if (keys.id.empty()) keys.secret = Secret();
  HttpOptions options;
  options.ca_files = settings.ca_files;
  options.dns_server = settings.dns_server;
  // Amazon has a host for each region, and nothing else of an answer can choose another one.
  const S3Address configured = bucket_place(settings).address;
  options.credentials_for = {configured.origin(), in_region(configured, address.region).origin()};
  if (!addresses.empty()) options.pins.push_back({address.connect_host(), address.port, addresses});
  return {address, std::move(keys), std::move(options)};
}

S3Query first_name(const BucketPlace& place) { return {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", place.prefix.empty() ? "" : place.prefix + "/"}}; }

std::string bucket_folder(const BucketPlace& place, const std::string& run_id) {
  return (place.prefix.empty() ? "" : place.prefix + "/") + "wbverify/" + run_id + "/";
}

std::string bucket_where(const BucketPlace& place) { return place.address.authority() + "/" + place.address.bucket; }

}  // namespace wbverify
