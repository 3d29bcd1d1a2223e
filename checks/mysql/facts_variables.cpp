#include "checks/mysql/facts_variables.hpp"

namespace wbverify {

const std::vector<std::string>& mysql_variable_names() {
  static const std::vector<std::string> names = {
      // what W&B demands
      "binlog_format", "binlog_row_image", "innodb_flush_log_at_trx_commit", "innodb_online_alter_log_max_size",
      "sync_binlog", "sort_buffer_size", "max_prepared_stmt_count",
      // what breaks its server or its migrations
      "innodb_force_recovery", "log_bin", "max_allowed_packet", "max_execution_time", "sql_mode",
      "sql_require_primary_key", "wait_timeout", "innodb_buffer_pool_size",
      // whether it may write, and how many may come
      "read_only", "super_read_only", "innodb_read_only", "offline_mode", "group_replication_single_primary_mode",
      "max_connections", "max_user_connections",
      // for the picture
      "default_password_lifetime", "init_connect", "lower_case_table_names", "require_secure_transport",
      "system_time_zone", "time_zone",
      // who it is
      "aria_block_size", "aurora_version", "innodb_version", "wsrep_on"};
  return names;
}

const std::vector<std::string>& mysql_status_names() {
  static const std::vector<std::string> names = {"Connection_errors_max_connections",
                                                 "Max_used_connections",
                                                 "Prepared_stmt_count",
                                                 "Ssl_cipher",
                                                 "Ssl_version",
                                                 "Threads_connected",
                                                 "Uptime",
                                                 "wsrep_cluster_size"};
  return names;
}

}  // namespace wbverify
