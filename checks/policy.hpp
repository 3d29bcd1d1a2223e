#pragma once
// Every number and name that W&B, or a service's own documentation, states; each with its source and the day it was read.
// A check never holds such a number itself. Sections are in the order of the catalogue.

#include <cstdint>
#include <string_view>

namespace wbverify::policy {

// --- config

/// Days before its end from which W&B itself warns of a licence (platform/hosting/enterprise-licenses, read 2026-11-22).
inline constexpr std::int64_t license_warning_days = 30;

// --- host

/// Clock differences between the server and those who use it. W&B states none; an AWS request is refused when its signature is more
/// than five minutes off ("Signature Version 4", AWS IAM user guide, read 2026-11-22), and leeways of tokens end at a minute.
inline constexpr std::int64_t clock_warn_seconds = 60;
inline constexpr std::int64_t clock_fail_seconds = 300;
/// HOST as the chart has it before anybody sets it (charts/operator-wandb 0.43.8 values.yaml, global.host, 2026-07-24).
inline constexpr std::string_view chart_default_host = "http://localhost:8080";

// --- tls

/// A certificate with less time than this is not being renewed: Let's Encrypt's clients renew when a third of its life is left, 30 of
/// 90 days (letsencrypt.org, FAQ, read 2026-11-22). Of a certificate that lives shorter than 42 days, a third counts.
inline constexpr int tls_soon_days = 14;
/// Longest life of a server certificate that Apple's systems accept, from private CAs too (support.apple.com/103769, read 2026-11-22).
inline constexpr int tls_longest_days = 825;
/// RSA keys from 2048 bits and curves from 224 bits on: security level 2 of OpenSSL on Debian, Ubuntu, Red Hat and in Python
/// (SSL_CTX_set_security_level(3), OpenSSL 3.0); CA/Browser Forum Baseline Requirements 6.1.5 (read 2026-11-22).
inline constexpr int tls_rsa_bits = 2048;
inline constexpr int tls_ec_bits = 224;

// --- mysql
// "W&B self-managed, bare metal" is the page that says how to install on one's own machines; "requirements" its successor of 2026.

/// "W&B Server supports MySQL 8 from 8.0.28 on" (W&B self-managed, bare metal, read 2026-11-22).
inline constexpr int mysql_oldest[] = {8, 0, 28};
/// The floor of the newer page (W&B requirements, version table, read 2026-11-22).
inline constexpr int mysql_oldest_recommended[] = {8, 0, 32};
/// Aurora MySQL 3 from 3.05.2 on (W&B requirements, version table, read 2026-11-22).
inline constexpr int aurora_oldest[] = {3, 5, 2};
/// Oracle's last day of support for 8.0, 2026-04-30, as Unix milliseconds of the day after (W&B's MySQL end-of-life page; Oracle lifetime
/// support policy, read 2026-11-22).
inline constexpr std::int64_t mysql_80_unsupported_from = 1777593600000;
/// Series that Oracle supports for years; all others of 8.1 and later end with their successor (MySQL Reference Manual, "Innovation
/// and LTS", read 2026-11-25).
inline constexpr int mysql_lts[][2] = {{8, 4}, {9, 7}};

// The six parameters of "Parameter group configuration" (W&B self-managed, bare metal, read 2026-11-22).
inline constexpr std::string_view binlog_format = "ROW";
inline constexpr std::string_view binlog_row_image = "MINIMAL";
inline constexpr std::string_view sync_binlog = "1";
inline constexpr std::string_view innodb_flush_log_at_trx_commit = "1";
inline constexpr std::uint64_t innodb_online_alter_log_max_size = 268435456;
inline constexpr std::uint64_t sort_buffer_size = 67108864;
/// What W&B's own chart gives its bundled MySQL (charts/operator-wandb 0.43.8, mysql configmap, 2026-07-24).
inline constexpr std::uint64_t sort_buffer_size_bundled = 33554432;
/// What W&B's Azure module sets (terraform-azurerm-wandb, variables.tf, read 2026-11-22).
inline constexpr std::uint64_t sort_buffer_size_azure = 524288;
/// W&B requirements, MySQL parameters (read 2026-11-22); MySQL's default is 16382.
inline constexpr std::uint64_t max_prepared_stmt_count = 1048576;
/// maxAllowedPacket of the Go driver that the server is built with (go-sql-driver/mysql README, read 2026-11-22).
inline constexpr std::uint64_t max_allowed_packet = 67108864;
/// "CREATE DATABASE wandb_local CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci" (W&B self-managed, bare metal, read 2026-11-22).
inline constexpr std::string_view mysql_charset = "utf8mb4";
inline constexpr std::string_view mysql_collation = "utf8mb4_general_ci";
/// Connections of the smallest production size: 2 api pods × 100 + 2 parquet × 100 + 1 flat-run-fields-updater × 100
/// (GORILLA_MYSQL_MAX_OPEN_CONNS and replicas in charts/operator-wandb 0.43.8 values.yaml, 2026-07-24).
inline constexpr std::uint64_t mysql_connections = 500;

// --- bucket

/// S3 refuses what is signed by a clock that is further off (Amazon S3 API Reference, error RequestTimeTooSkewed: 15 minutes).
inline constexpr std::int64_t s3_clock_limit_seconds = 15 * 60;
/// Our own: from here on it is only a question of time.
inline constexpr std::int64_t s3_clock_warning_seconds = 5 * 60;
/// W&B's rule for CORS: GET, PUT and HEAD, any header, ETag exposed, 3000 s (W&B, "Bring your own bucket", and its Terraform
/// modules; read 2026-11-22). The page on bare metal asks for GET, PUT and HEAD from the server's own origin.
inline constexpr std::string_view cors_methods[] = {"GET", "PUT", "HEAD"};
inline constexpr int cors_max_age_seconds = 3000;

// --- wandb

/// Our own: `wandb verify` waits 10 s for a file and no time at all for the rest (SDK 0.31.0, verify.py, read 2026-11-28); from half of
/// that on people see a lag.
inline constexpr double wandb_late_ms = 5000;
/// Signed URLs hold a day for uploads and an hour for downloads (W&B, "Pre-signed URLs", read 2026-11-22). Our own: an upload that waits
/// for a slow line must not find its URL expired.
inline constexpr std::int64_t wandb_upload_url_seconds = 86400;
inline constexpr std::int64_t wandb_upload_url_shortest_seconds = 3600;
/// What `wandb verify` sends to /graphql: ten million characters (SDK 0.31.0, read 2026-11-22).
inline constexpr std::uint64_t wandb_graphql_body = 10'000'000;
/// Clients send as much to file_stream in one request, "imposed by the back-end" (wandb-core, filestream, read 2026-11-22).
inline constexpr std::uint64_t wandb_stream_body = 10 << 20;
/// Our own: files of models and data sets are larger, and no usual limit of a proxy lies between this and none.
inline constexpr std::uint64_t wandb_store_body = 64 << 20;
/// Today's client (PyPI, package wandb, read 2026-11-28).
inline constexpr std::string_view wandb_sdk = "0.31.0";
/// Releases of the client that gave up servers older than this (wandb/wandb, CHANGELOG of 0.26.0, 0.28.0 and 0.28.1, read 2026-11-28).
/// The last one is the oldest server that today's client supports; below the first one wbverify itself has nothing to ask.
struct WandbFloor {
  std::string_view sdk;
  int server[3];
};
inline constexpr WandbFloor wandb_floors[] = {{"0.26.0", {0, 63, 0}}, {"0.28.0", {0, 65, 0}}, {"0.28.1", {0, 70, 0}}};
/// Body sizes at which products stop by themselves: nginx client_max_body_size (nginx.org, ngx_http_core_module), IIS
/// maxAllowedContentLength (Microsoft Learn, requestLimits), Cloudflare Free and Pro (developers.cloudflare.com, Workers limits); all read
/// 2026-11-28.
struct BodyLimit {
  std::uint64_t bytes;
  std::string_view who;
};
inline constexpr BodyLimit wandb_body_limits[] = {{1048576, "nginx"}, {30000000, "IIS"}, {100000000, "Cloudflare"}};

}  // namespace wbverify::policy
