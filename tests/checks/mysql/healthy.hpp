#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/facts.hpp"

namespace wbverify {

/// What the probe brings home from a server that is right in everything.
inline MysqlFacts healthy_mysql() {
  MysqlFacts facts;
  facts.host = "db.example.com";
  facts.port = 3306;
  facts.user = "wandb_local";
  facts.database = "wandb_local";
  facts.tls_mode = "true";
  facts.reach.host = facts.host;
  facts.reach.port = facts.port;
  facts.reach.dns.host = facts.host;
  facts.reach.dns.source = "dns";
  facts.reach.dns.ipv4 = {"10.0.0.5"};
  facts.reach.attempts = {{"10.0.0.5", 3306, "", "", 0.4}};
  facts.address = "10.0.0.5";
  facts.greeted = true;
  facts.greeting.version = "8.4.6";
  facts.greeting.capabilities = 0xdfffffffU;
  facts.greeting.auth_plugin = "caching_sha2_password";
  facts.handshaken = true;
  facts.tls.server_name = facts.host;
  facts.tls.completed = true;
  facts.tls.protocol = "TLSv1.3";
  facts.tls.cipher = "TLS_AES_128_GCM_SHA256";
  facts.tls.presented = {Certificate{}};
  Certificate& leaf = facts.tls.presented.front();
  leaf.subject_cn = "db.example.com";
  leaf.subject = "CN=db.example.com";
  leaf.issuer = "CN=Example CA";
  leaf.dns_names = {"db.example.com"};
  leaf.name_count = 1;
  leaf.not_before = 1764547200;  // 2025-12-01
  leaf.not_after = 1796083200;   // 2026-12-01
  leaf.key_type = "EC";
  leaf.key_bits = 256;
  leaf.curve = "prime256v1";
  leaf.signature = "ecdsa-with-SHA256";
  leaf.digest = "SHA256";
  Certificate root = leaf;
  root.subject = root.issuer = root.subject_cn = "CN=Example CA";
  root.dns_names.clear();
  root.is_ca = root.self_issued = root.self_signed = true;
  facts.tls.presented_count = 1;
  facts.tls.built = {leaf, root};
  facts.tls.anchor = "system";
  facts.tls.trust = "system";
  facts.login.tried = true;
  facts.login.tls_version = "TLSv1.3";
  facts.login.tls_cipher = "TLS_AES_128_GCM_SHA256";
  facts.login.library = "MariaDB Connector/C 3.3.20";
  auto& session = facts.session;
  session.version = "8.4.6";
  session.version_comment = "MySQL Community Server - GPL";
  session.current_user = "wandb_local@%";
  session.seen_as = "wandb_local@10.0.0.9";
  session.base_directory = "/usr/";
  session.host_name = "db-0";
  session.server_time = "2026-11-25 03:00:00.500000";
  session.asked_at = 1795575600000000;  // 2026-11-25 03:00:00
  session.answered_at = 1795575601000000;
  session.session_sort_buffer_size = "67108864";
  session.session_max_user_connections = "0";
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"binlog_format", "ROW"},
                                          {"binlog_row_image", "MINIMAL"},
                                          {"innodb_flush_log_at_trx_commit", "1"},
                                          {"innodb_online_alter_log_max_size", "268435456"},
                                          {"sync_binlog", "1"},
                                          {"sort_buffer_size", "67108864"},
                                          {"max_prepared_stmt_count", "1048576"},
                                          {"innodb_force_recovery", "0"},
                                          {"log_bin", "ON"},
                                          {"max_allowed_packet", "67108864"},
                                          {"max_execution_time", "0"},
                                          {"sql_mode", "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES"},
                                          {"sql_require_primary_key", "OFF"},
                                          {"wait_timeout", "28800"},
                                          {"innodb_buffer_pool_size", "8589934592"},
                                          {"read_only", "OFF"},
                                          {"super_read_only", "OFF"},
                                          {"innodb_read_only", "OFF"},
                                          {"offline_mode", "OFF"},
                                          {"max_connections", "1000"},
                                          {"default_password_lifetime", "0"}}) {
    session.variables[name].value = value;
    session.variables[name].source = "GLOBAL";
    session.variables[name].path = "/etc/mysql/my.cnf";
  }
  session.status = {{"Threads_connected", "20"},
                    {"Max_used_connections", "300"},
                    {"Connection_errors_max_connections", "0"},
                    {"Prepared_stmt_count", "100"}};
  session.grants = {"GRANT USAGE ON *.* TO `wandb_local`@`%`",
                    "GRANT ALL PRIVILEGES ON `wandb_local`.* TO `wandb_local`@`%` WITH GRANT OPTION"};
  session.account_plugin = "caching_sha2_password";
  session.account_expiry = "DEFAULT";
  session.charset = "utf8mb4";
  session.collation = "utf8mb4_general_ci";
  session.tables = "120";
  session.bytes = "52428800";
  session.migrated = true;
  session.migration_version = "412";
  session.migration_dirty = "0";
  session.lock = "1";
  session.fastest_ms = 0.6;
  session.answers = 11;
  return facts;
}

/// Before Oracle's support of 8.0 ended.
inline Scene scene_of_2026(std::int64_t started = 1772323200000 /* 2026-03-01 */) {
  Scene scene;
  scene.run_id = "00000000000000aa";
  scene.started = started;
  SettingView view;
  view.name = "MYSQL";
  view.kind = "env-file";
  view.file = "/etc/wandb.env";
  view.line = 4;
  scene.settings["MYSQL"] = view;
  return scene;
}

template <class F>
Findings judge(const CheckSpec& check, const F& facts, const Scene& scene = scene_of_2026()) {
  return check.judge(Facts::of(facts), scene);
}

/// The finding of a row, or of a check without rows.
inline Finding row(const Findings& findings, const std::string& name = "") {
  for (const auto& finding : findings) {
    if (finding.row == name) return finding;
  }
  ADD_FAILURE() << "no row " << name;
  return {};
}

/// What every finding that does not pass owes the reader.
inline void expect_complete(const Finding& finding) {
  if (finding.status == Status::pass) {
    EXPECT_EQ(finding.cause, "");
    EXPECT_NE(finding.observed, "");
    return;
  }
  EXPECT_NE(finding.cause, "");
  EXPECT_NE(finding.observed, "");
  if (finding.status == Status::unknown) {
    EXPECT_NE(finding.blame, Blame::none) << finding.cause;
  }
  if (finding.status == Status::fail || finding.status == Status::warn) {
    EXPECT_NE(finding.expected, "") << finding.cause;
    EXPECT_NE(finding.why, "") << finding.cause;
    EXPECT_NE(finding.fix, "") << finding.cause;
    EXPECT_NE(finding.reproduce, "") << finding.cause;
    EXPECT_EQ(finding.fix.find("{}"), std::string::npos);
  }
}

}  // namespace wbverify
