#include "checks/mysql/plugin_variables.hpp"

#include <fmt/format.h>

#include "checks/mysql/plugin_remedy.hpp"
#include "checks/policy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string with_source(const MysqlFacts& facts, std::string_view name, const std::string& shown) {
  const auto at = facts.session.variables.find(std::string(name));
  if (at == facts.session.variables.end() || at->second.source.empty()) return shown;
  const auto& [value, source, path, persisted] = at->second;
  if (source == "COMPILED") return shown + " (MySQL's default)";
  if (source == "COMMAND_LINE") return shown + " (from mysqld's command line)";
  if (source == "DYNAMIC") return shown + " (set since the start)";
  if (source == "PERSISTED") return shown + " (from SET PERSIST)";
  return path.empty() ? shown : shown + " (from " + path + ")";
}

Finding wrong(const MysqlFacts& facts, Status status, const VariableChange& change, std::string shown,
              std::string expected, std::string why) {
  Finding finding;
  finding.status = status;
  finding.cause = "wrong-value";
  finding.observed = with_source(facts, change.name, shown);
  finding.expected = std::move(expected);
  finding.why = std::move(why);
  finding.fix = set_variable(facts, change);
  return finding;
}

bool is_on(std::string_view value) { return iequals(value, "ON") || value == "1"; }

Finding not_a_number(const std::string& value) {
  Finding finding;
  finding.status = Status::unknown;
  finding.cause = "unreadable-value";
  finding.blame = Blame::target;
  finding.observed = "The server gives the value as: " + value;
  return finding;
}

Finding binlog_format(const MysqlFacts& facts, const std::string& value) {
  if (iequals(value, policy::binlog_format)) return passed(value);
  return wrong(facts, Status::fail, {"binlog_format", "ROW", false, true, true}, value, "ROW",
               "W&B demands row logging. With statements in the log, replicas and restores from backup plus log can "
               "end up with other data than the primary.");
}

Finding binlog_row_image(const MysqlFacts& facts, const std::string& value) {
  if (iequals(value, policy::binlog_row_image)) return passed(value);
  // AWS lists the parameter as not modifiable on Aurora, although W&B's own module sets it.
  const bool aurora = mysql_flavour(facts).kind == MysqlKind::aurora;
  return wrong(facts, aurora ? Status::warn : Status::fail, {"binlog_row_image", "MINIMAL", false, true, true}, value,
               "MINIMAL",
               "With whole rows in the log every small change of a run writes its large JSON columns again: the binary "
               "log grows many times faster, fills the disk and slows each commit.");
}

Finding sync_binlog(const MysqlFacts& facts, const std::string& value) {
  if (mysql_flavour(facts).kind == MysqlKind::aurora)
    return skipped("Aurora's storage makes it meaningless; it cannot be changed there.");
  if (value == policy::sync_binlog) return passed(value);
  return wrong(facts, Status::fail, {"sync_binlog", "1"}, value, "1",
               "A crash of the machine loses transactions that were already confirmed from the binary log, so that "
               "replicas and point-in-time restores differ from the primary.");
}

Finding flush_log(const MysqlFacts& facts, const std::string& value) {
  if (value == policy::innodb_flush_log_at_trx_commit) return passed(value);
  return wrong(facts, Status::fail, {"innodb_flush_log_at_trx_commit", "1", false, false, true}, value, "1",
               "A crash loses up to a second of confirmed transactions: runs and artifacts that a user has seen are "
               "gone, while their files stay in the bucket.");
}

Finding online_alter_log(const MysqlFacts& facts, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) return not_a_number(value);
  if (*number >= policy::innodb_online_alter_log_max_size) return passed(value + ", " + show_bytes(value));
  const bool cloud_sql = mysql_flavour(facts).kind == MysqlKind::cloud_sql;  // W&B's own module leaves it out there
  return wrong(facts, cloud_sql ? Status::warn : Status::fail,
               {"innodb_online_alter_log_max_size", std::to_string(policy::innodb_online_alter_log_max_size), false,
                false, true},
               value + ", " + show_bytes(value), "268435456 (256 MiB) or more",
               "W&B's migrations alter large tables while they are written to. When the changes of that time do not "
               "fit into this log, the migration fails with error 1799 and leaves the schema dirty.");
}

Finding sort_buffer(const MysqlFacts& facts, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) return not_a_number(value);
  const auto kind = mysql_flavour(facts).kind;
  const std::string wanted = std::to_string(policy::sort_buffer_size);
  const std::string shown = value + ", " + show_bytes(value);
  constexpr const char* why =
      "Workspaces and run tables sort by JSON columns. When a sort does not fit, the query fails with error 1038 \"Out "
      "of sort memory\" and the page stays empty.";
  if (*number >= policy::sort_buffer_size) {
    const auto session = parse_number(facts.session.session_sort_buffer_size);
    if (!session || *session >= policy::sort_buffer_size) return passed(shown);
    Finding finding;
    finding.status = Status::warn;
    finding.cause = "session-differs";
    finding.observed = fmt::format("{} for the server, but {} for the session of this account.", shown,
                                   show_bytes(facts.session.session_sort_buffer_size));
    finding.expected = wanted + " for sessions too";
    finding.why = why;
    finding.fix =
        "Something sets it at each log-in: look at init_connect, and at a proxy in front.\n  SELECT "
        "@@GLOBAL.init_connect;";
    return finding;
  }
  if (kind == MysqlKind::azure && *number >= policy::sort_buffer_size_azure) {
    return wrong(facts, Status::warn, {"sort_buffer_size", wanted, false, true}, shown,
                 "67108864 (64 MiB), or the largest value that Azure offers", why);
  }
  const bool half = *number >= policy::sort_buffer_size_bundled;
  return wrong(facts, half ? Status::warn : Status::fail, {"sort_buffer_size", wanted, false, true},
               half ? shown + ", as W&B's chart sets it for its own MySQL" : shown, "67108864 (64 MiB)", why);
}

Finding prepared_statements(const MysqlFacts& facts, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) return not_a_number(value);
  const auto status = facts.session.status.find("Prepared_stmt_count");
  const auto used = status == facts.session.status.end() ? std::nullopt : parse_number(status->second);
  const std::string shown = used ? fmt::format("{}, {} in use", value, *used) : value;
  const bool full = used && *number > 0 && static_cast<long double>(*used) > 0.8L * static_cast<long double>(*number);
  if (*number >= policy::max_prepared_stmt_count && !full) return passed(shown);
  Finding finding = wrong(facts, full ? Status::fail : Status::warn,
                          {"max_prepared_stmt_count", std::to_string(policy::max_prepared_stmt_count)}, shown,
                          "1048576, less than 80 % in use",
                          "Every connection of the W&B server keeps its prepared statements. At the limit each new one "
                          "fails with error 1461 until connections close.");
  if (full) finding.cause = "nearly-exhausted";
  return finding;
}

Finding max_packet(const MysqlFacts& facts, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) return not_a_number(value);
  if (*number >= policy::max_allowed_packet) return passed(show_bytes(value));
  constexpr std::uint64_t mysql_57_default_times_4 = 16777216;
  return wrong(facts, *number < mysql_57_default_times_4 ? Status::fail : Status::warn,
               {"max_allowed_packet", std::to_string(policy::max_allowed_packet), false, true}, show_bytes(value),
               "64 MiB, what the driver of the W&B server sends at most",
               "A large run configuration or summary is one statement. What is longer is refused with error 1153, and "
               "the run's data is lost.");
}

Finding sql_mode(const MysqlFacts& facts, const std::string& value) {
  const auto modes = split(value, ',');
  const auto has = [&](std::string_view mode) {
    for (const auto& word : modes) {
      if (iequals(word, mode)) return true;
    }
    return false;
  };
  constexpr const char* usual =
      "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_"
      "SUBSTITUTION";
  const std::string shown = value.empty() ? "empty" : value;
  if (has("ANSI_QUOTES") || has("ANSI")) {
    return wrong(facts, Status::fail, {"sql_mode", usual, false, true}, shown, "no ANSI_QUOTES",
                 "Texts in double quotes become names: W&B's migrations stop with error 1054.");
  }
  if (has("NO_BACKSLASH_ESCAPES")) {
    return wrong(facts, Status::warn, {"sql_mode", usual, false, true}, shown, "no NO_BACKSLASH_ESCAPES",
                 "Statements that escape with a backslash mean something else.");
  }
  if (!has("STRICT_TRANS_TABLES") && !has("STRICT_ALL_TABLES")) {
    return wrong(facts, Status::warn, {"sql_mode", usual, false, true}, shown, "STRICT_TRANS_TABLES",
                 "Without strict mode MySQL cuts what does not fit instead of refusing it: broken JSON and truncated "
                 "names, found weeks later.");
  }
  return passed(shown);
}

Finding primary_key(const MysqlFacts& facts, const std::string& value) {
  if (!is_on(value)) return passed(value);
  return wrong(
      facts, Status::warn, {"sql_require_primary_key", "OFF"}, value, "OFF",
      "A migration that makes a table without a primary key fails with error 3750 and leaves the schema dirty.");
}

Finding log_bin(const MysqlFacts& facts, const std::string& value) {
  if (is_on(value)) return passed(value);
  Finding finding = wrong(
      facts, Status::warn, {"log_bin", "binlog", true}, value, "ON",
      "Without the binary log a backup can only be restored to the moment it was made; everything since is lost.");
  switch (mysql_flavour(facts).kind) {
    case MysqlKind::rds:
      finding.fix = fmt::format(
          "The binary log is on as soon as backups are kept:\naws rds modify-db-instance --db-instance-identifier "
          "\"$(aws rds describe-db-instances --query \"DBInstances[?Endpoint.Address=='{}'].DBInstanceIdentifier\" "
          "--output text)\" --backup-retention-period 7 --apply-immediately",
          host_word(facts.host));
      break;
    case MysqlKind::aurora:
      finding.fix = set_variable(facts, {"binlog_format", "ROW", true, false, true});
      break;
    case MysqlKind::cloud_sql:
      finding.fix = fmt::format(
          "gcloud sql instances patch \"$(gcloud sql instances list --filter=ipAddresses.ipAddress={} "
          "--format='value(name)')\" --enable-bin-log --backup-start-time=03:00",
          facts.address);
      break;
    default:
      break;
  }
  return finding;
}

Finding force_recovery(const MysqlFacts& facts, const std::string& value) {
  if (value == "0") return passed(value);
  return wrong(facts, Status::fail, {"innodb_force_recovery", "0", true}, value, "0",
               "Left over from a repair: from 4 on InnoDB writes nothing any more, below it damage goes unnoticed.");
}

Finding execution_time(const MysqlFacts& facts, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) return not_a_number(value);
  constexpr std::uint64_t ten_seconds = 10000;
  if (*number == 0 || *number >= ten_seconds) return passed(*number == 0 ? "no limit" : value + " ms");
  return wrong(facts, Status::warn, {"max_execution_time", "60000", false, true}, value + " ms",
               "0, or 60000 as in W&B's modules",
               "Queries of large workspaces take some seconds; they are ended with error 3024.");
}

Finding wait_timeout(const MysqlFacts& facts, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) return not_a_number(value);
  if (*number >= 60) return passed(value + " s");
  return wrong(facts, Status::warn, {"wait_timeout", "28800", false, true}, value + " s", "60 s or more",
               "The server closes idle connections of the pool behind the W&B server's back; the next query on each "
               "fails with \"invalid connection\".");
}

Finding buffer_pool(const MysqlFacts& facts, const std::string& value) {
  const auto number = parse_number(value);
  const auto size = parse_number(facts.session.bytes.substr(0, facts.session.bytes.find('.')));
  if (!number) return not_a_number(value);
  constexpr std::uint64_t mib = 1 << 20, default_pool = 128 * mib, gib = 1024 * mib;
  if (*number > default_pool || !size || *size <= gib) return passed(show_bytes(value));
  return wrong(facts, Status::warn, {"innodb_buffer_pool_size", std::to_string(8 * gib), false, false},
               show_bytes(value) + fmt::format(", for a database of {}", show_bytes(std::to_string(*size))),
               "half to three quarters of the machine's memory (8 GiB on W&B's smallest size)",
               "The pool is MySQL's default; with a database this large most reads go to the disk.");
}

}  // namespace

const std::vector<VariableRule>& variable_rules() {
  static const std::vector<VariableRule> rules = {
      {"binlog_format", "binlog_format is ROW", binlog_format, true},
      {"binlog_row_image", "binlog_row_image is MINIMAL", binlog_row_image, true},
      {"innodb_flush_log_at_trx_commit", "innodb_flush_log_at_trx_commit is 1", flush_log, true},
      {"innodb_online_alter_log_max_size", "innodb_online_alter_log_max_size is at least 256 MiB", online_alter_log,
       true},
      {"sync_binlog", "sync_binlog is 1", sync_binlog, true},
      {"sort_buffer_size", "sort_buffer_size is at least 64 MiB", sort_buffer, true},
      {"max_prepared_stmt_count", "max_prepared_stmt_count is at least 1048576", prepared_statements, true},
      {"max_allowed_packet", "max_allowed_packet is at least 64 MiB", max_packet, false},
      {"sql_mode", "sql_mode is strict and leaves quotes alone", sql_mode, false},
      {"sql_require_primary_key", "Tables need no primary key", primary_key, false},
      {"log_bin", "The binary log is on", log_bin, false},
      {"innodb_force_recovery", "InnoDB is not in recovery mode", force_recovery, false},
      {"max_execution_time", "Statements may take as long as W&B's do", execution_time, false},
      {"wait_timeout", "Idle connections are kept", wait_timeout, false},
      {"innodb_buffer_pool_size", "The buffer pool fits the database", buffer_pool, false},
  };
  return rules;
}

}  // namespace wbverify
