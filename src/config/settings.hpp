#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/scene.hpp"
#include "core/secret.hpp"

namespace wbverify {

/// HOST: where people reach the server.
struct HostTarget {
  std::string scheme;   ///< `http` or `https`
  std::string host;     ///< lower case; IPv6 literals without brackets
  std::uint16_t port = 0;
  std::string origin;   ///< the origin that browsers send: `https://wandb.example.com`, port only when not the scheme's own
};

/// `tls` of a MySQL URL, as Go's driver understands it.
enum class MysqlTls { off, preferred, skip_verify, verify, custom };

/// MYSQL, per requirements of the URL grammar `mysql://user:password@host:port/database?tls=…`.
struct MysqlTarget {
  std::string scheme;      ///< mysql, mysql-replica, cloudsql, cloudsql-replica
  std::string host;
  std::uint16_t port = 3306;
  std::string user;
  Secret password;
  std::string database;
  MysqlTls tls = MysqlTls::off;
  std::string ca_file, cert_file, key_file;   ///< tls=custom
};

enum class BucketProvider { s3, s3_compatible, gcs, azure, coreweave, file };

/// BUCKET.
struct BucketTarget {
  BucketProvider provider = BucketProvider::s3;
  std::string scheme;        ///< as written: s3, gs, az, cw, file
  std::string host;          ///< endpoint of an S3-compatible store, or the regional name of Amazon's; empty for others
  std::uint16_t port = 443;
  bool tls = true;
  bool path_style = true;    ///< false: the bucket's name goes in front of the host
  std::string bucket;
  std::string prefix;        ///< path within the bucket without slashes at its ends, or empty
  std::string region;        ///< AWS_REGION or the URL's; `us-east-1` when not set
  bool region_is_set = false;
  std::string access_key;    ///< key ids are no secrets
  Secret secret_key;
  Secret session_token;
  std::string kms_key;       ///< AWS_S3_KMS_ID
  bool credentials_in_url = false;
};

struct RedisTarget {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;
  Secret password;
  int database = 0;
  bool tls = false;
  std::string ca_file;
  std::string sentinel_master;   ///< `master=`
  bool cluster = false;
  std::int64_t ttl_seconds = 0;
};

enum class QueueProvider { internal, sqs, pubsub, azure, unknown };
struct QueueTarget {
  QueueProvider provider = QueueProvider::internal;
  std::string text;   ///< without secrets
};

/// LICENSE, as far as it can be read without W&B's keys.
struct License {
  std::int64_t expires = 0;    ///< Unix seconds, 0 when it does not say
  bool trial = false;
  std::string deployment_id;   ///< for W&B's support
  std::int64_t seats = 0, teams = 0;
  std::vector<std::string> flags;   ///< features, such as `SCALABLE`, `mysql`, `s3`
};

/// How wbverify logs in to the W&B API, and where it works there.
struct WandbAccess {
  enum class Kind { none, api_key, identity_token };

  Kind kind = Kind::none;                  ///< what was found, usable or not
  Secret api_key;                          ///< goes as the password of Basic
  Secret identity_token;                   ///< a JWT, exchanged at /oidc/token for what goes as Bearer
  std::string origin_setting;              ///< its name in the scene: `WANDB_API_KEY`, `WANDB_IDENTITY_TOKEN_FILE`; empty with Kind::none
  std::string shape;                       ///< `legacy-40`, `local-40` (a prefix and 40), `long` (about 86), `jwt`; empty when malformed or absent
  std::vector<std::string> same_key_for;   ///< other machines for which the netrc has the same key
  std::vector<std::string> netrc_machines; ///< what the netrc has keys for when none is for HOST
  std::vector<std::string> entities;       ///< where runs are made, each in turn; empty: the viewer's default entity
  bool deep = false;                       ///< large transfers too: 64 MiB, and the limits of size

  /// There is a key or a token, and it is well-formed.
  bool usable() const { return kind != Kind::none && !shape.empty(); }
};

/// Something wrong with a setting of the installation, found without any I/O. Judged by the `config` plugin.
struct SettingIssue {
  std::string setting;    ///< `MYSQL`
  std::string kind;       ///< `malformed`, `placeholder`, `conflict`, `suspicious`, `weak-secret`
  std::string cause;      ///< stable kebab-case id: `no-scheme`, `password-not-encoded`
  int column = 0;         ///< 1-based character of the value, 0 when it concerns the whole
  std::string observed;   ///< without secrets
  std::string expected;
  std::string fix;        ///< what to do, without secrets; may hold a command
  std::string example;    ///< the value in its right form, secrets as upper-case words; may be empty
  bool operator==(const SettingIssue&) const = default;
};

/// Every setting of the installation and of wbverify itself, each with its origin. Made once, read-only afterwards.
struct Settings {
  Scene scene;                          ///< what checks may see: origins and redacted values
  std::vector<SettingIssue> issues;
  std::optional<HostTarget> host;       ///< nothing when absent or malformed; then `issues` or the absence in scene.settings tells why
  std::optional<MysqlTarget> mysql;
  std::optional<BucketTarget> bucket;
  std::optional<RedisTarget> redis;
  std::optional<QueueTarget> bucket_queue;
  std::optional<QueueTarget> notifications_queue;
  std::optional<License> license;
  WandbAccess wandb;

  std::vector<std::string> ca_files;    ///< PEM files trusted besides the system's by every service: --ca-file, ca_file, SSL_CERT_FILE; not those that MYSQL or REDIS names for itself
  std::string dns_server;               ///< ADDRESS:PORT asked instead of the system's resolvers, or empty
  std::uint16_t http_port = 80;         ///< where http:// of HOST listens, for the redirect check
  std::vector<SettingView> own;         ///< the settings of wbverify itself that are set, with their origins
  std::vector<std::string> env_files;   ///< environment files that were read
};

}  // namespace wbverify
