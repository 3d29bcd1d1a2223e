#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin.hpp"

namespace wbverify {

/// A file that a setting of the installation names, as it is on this machine.
struct NamedFile {
  std::string setting;    ///< `MYSQL`
  std::string path;
  std::string outcome;    ///< read, missing, denied, directory, silent, failed
  std::string error;      ///< why it was not read
  std::string fault;      ///< what is wrong with its content
  int certificates = 0;
  bool operator==(const NamedFile&) const = default;
};

struct LicenseFacts {
  bool read = false;            ///< it is set and could be decoded
  std::int64_t expires = 0;     ///< Unix seconds, 0 when it does not say
  bool trial = false;
  std::string deployment_id;
  std::int64_t seats = 0, teams = 0;
  std::vector<std::string> flags;
};

/// How BUCKET was read.
struct BucketFacts {
  bool read = false;
  std::string provider;         ///< s3, s3-compatible, gcs, azure, coreweave, file
  std::string host, region;
  bool tls = false, region_is_set = false, has_secret = false;
};

/// What the settings say, without any secret. Gathered without asking anybody.
struct ConfigFacts {
  std::vector<SettingIssue> issues;
  std::map<std::string, std::string> readings;   ///< of each well-formed setting: how it was understood
  std::string host_scheme, host_origin;
  BucketFacts bucket;
  std::string bucket_queue;                      ///< internal, sqs, pubsub, azure, unknown; empty when not set
  std::string notifications_queue;
  LicenseFacts license;
  std::vector<NamedFile> files;
  std::vector<std::string> env_files, ca_files;
};
WBVERIFY_FACTS(ConfigFacts);

}  // namespace wbverify
