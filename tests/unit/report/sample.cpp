#include "sample.hpp"

namespace wbverify::test {
namespace {

RunInfo run_info() {
  RunInfo run;
  run.id = "0123456789abcdef";
  run.version = "0.1.0";
  run.started = 1790000000123;
  run.duration_ms = 1234.5678;
  run.deadline_ms = 60000;
  run.target = "https://wandb.example.com";
  return run;
}

CheckSpec check(const std::string& id, const std::string& probe, const std::string& title) {
  CheckSpec spec;
  spec.id = id;
  spec.probe = probe;
  spec.title = title;
  return spec;
}

Report finished(std::vector<CheckResult> results) {
  Report report;
  report.run = run_info();
  report.results = std::move(results);
  report.probes = {{"config", 0.2, 0.4, 1, 0, "done"}, {"mysql", 0.7, 48.2, 1, 12, "done"}, {"bucket", 0.8, 103.9, 2, 31, "done"}};
  report.run.exit_status = exit_status(report, FailOn::fail);
  return report;
}

CheckResult timed(CheckResult result, double milliseconds) {
  result.duration_ms = milliseconds;
  return result;
}

CheckResult row(const std::string& check_id, const std::string& row, Status status, const std::string& title,
                const std::string& observed) {
  CheckResult result = result_of(check_id + "/" + row, status, title, observed);
  result.check = check_id;
  result.finding.row = row;
  result.more = "wbverify explain " + check_id;
  result.duration_ms = 48.2;
  return result;
}

CheckResult blocked(const std::string& id, const std::string& title, const std::vector<std::string>& causes) {
  CheckResult result = result_of(id, Status::blocked, title, "Waits for " + causes.front() + ".");
  result.finding.cause = "blocked";
  result.blocked_by = causes;
  return result;
}

CheckResult config_ok() {
  return timed(result_of("config.well-formed", Status::pass, "Every setting is well-formed", "HOST, MYSQL, BUCKET"),
               0.4);
}
CheckResult dns_ok() {
  return timed(result_of("mysql.dns", Status::pass, "The name of the MySQL server resolves", "10.0.0.5, 10.0.0.6"),
               48.2);
}
CheckResult login_ok() {
  return timed(
      result_of("mysql.login", Status::pass, "The user of MYSQL can log in", "wandb@10.0.0.7, caching_sha2_password."),
      48.2);
}
CheckResult version_ok() {
  return timed(result_of("mysql.version", Status::pass, "MySQL is 8.0 or newer", "8.0.36"), 48.2);
}
CheckResult read_ok() {
  return timed(result_of("bucket.read", Status::pass, "An object can be read", "4096 bytes in 12 ms"), 103.9);
}

std::vector<CheckResult> variables(Status binlog) {
  CheckResult format =
      row("mysql.variables", "binlog_format", binlog, "binlog_format is ROW", binlog == Status::pass ? "ROW" : "MIXED");
  if (binlog != Status::pass) {
    format.finding.cause = "not-recommended";
    format.finding.expected = "ROW.";
    format.finding.why = "Statement-based replication of W&B's writes can differ between the primary and a replica.";
    format.finding.fix = "SET PERSIST binlog_format = 'ROW';";
    format.finding.reproduce =
        "mysql --host=mysql.example.com --user=wandb --password=\"$MYSQL_PASSWORD\" --execute=\"SHOW VARIABLES LIKE "
        "'binlog_format'\"";
  }
  return {row("mysql.variables", "innodb_flush_log_at_trx_commit", Status::pass, "innodb_flush_log_at_trx_commit is 1",
              "1"),
          format,
          row("mysql.variables", "sort_buffer_size", Status::pass, "sort_buffer_size is 64 MiB or more", "67108864")};
}

}  // namespace

const std::vector<Plugin>& sample_catalog() {
  static const std::vector<Plugin> catalog = [] {
    Plugin config, mysql, bucket;
    config.service = "config";
    config.title = "Configuration";
    config.checks = {check("config.well-formed", "config", "Every setting is well-formed")};
    mysql.service = "mysql";
    mysql.title = "MySQL";
    mysql.checks = {check("mysql.dns", "mysql", "The name of the MySQL server resolves"),
                    check("mysql.login", "mysql", "The user of MYSQL can log in"),
                    check("mysql.version", "mysql", "MySQL is 8.0 or newer"),
                    check("mysql.variables", "mysql", "The server's variables are as W&B needs them"),
                    check("mysql.replica", "mysql", "The replica is not far behind")};
    bucket.service = "bucket";
    bucket.title = "Bucket";
    bucket.checks = {check("bucket.read", "bucket", "An object can be read"),
                     check("bucket.cors", "bucket", "Browsers may talk to the bucket"),
                     check("bucket.kms", "bucket", "The KMS key can be used")};
    return std::vector<Plugin>{config, mysql, bucket};
  }();
  return catalog;
}

CheckResult result_of(const std::string& id, Status status, const std::string& title, const std::string& observed) {
  CheckResult result;
  result.id = result.check = id;
  result.finding.status = status;
  result.finding.title = title;
  result.finding.observed = observed;
  if (status != Status::pass) result.finding.cause = "some-cause";
  result.more = "wbverify explain " + id;
  return result;
}

Report healthy() {
  std::vector<CheckResult> results = {config_ok(), dns_ok(), login_ok(), version_ok()};
  for (auto& result : variables(Status::pass)) results.push_back(std::move(result));
  results.push_back(read_ok());
  results.push_back(timed(result_of("bucket.cors", Status::pass, "Browsers may talk to the bucket",
                                    "GET, PUT and HEAD from https://wandb.example.com."),
                          103.9));
  return finished(std::move(results));
}

Report one_failure() {
  CheckResult login = timed(result_of("mysql.login", Status::fail, "The user of MYSQL can log in",
                                      "mysql.example.com:3306 refuses user 'wandb' from 10.0.0.7: Access denied for "
                                      "user 'wandb'@'10.0.0.7' (using password: "
                                      "YES), error 1045. The password was sent."),
                            48.2);
  login.finding.cause = "access-denied-1045";
  login.finding.expected = "A login as 'wandb' with the password of MYSQL.";
  login.finding.why =
      "The server cannot start without its database: its pods restart in a loop and the page shows error 500.";
  login.finding.fix =
      "Give the user the password that MYSQL has, on the database server as an administrator:\nALTER USER 'wandb'@'%' "
      "IDENTIFIED BY '…';\n"
      "Or write the right one into MYSQL. In /etc/wandb.env line 4 write: "
      "MYSQL=mysql://wandb:…@mysql.example.com:3306/wandb";
  login.finding.reproduce =
      "mysql --host=mysql.example.com --port=3306 --user=wandb --password=\"$MYSQL_PASSWORD\" --execute='SELECT 1' "
      "wandb";
  login.finding.setting = "MYSQL";
  login.origin = "MYSQL in /etc/wandb.env line 4";
  return finished({config_ok(), dns_ok(), login, blocked("mysql.version", "MySQL is 8.0 or newer", {"mysql.login"}),
                   blocked("mysql.variables", "The server's variables are as W&B needs them", {"mysql.login"}),
                   blocked("mysql.replica", "The replica is not far behind", {"mysql.login"}),
                   blocked("bucket.read", "An object can be read", {"mysql.login"}),
                   blocked("bucket.cors", "Browsers may talk to the bucket", {"mysql.login"})});
}

Report warnings() {
  std::vector<CheckResult> results = {config_ok(), dns_ok(), login_ok(), version_ok()};
  for (auto& result : variables(Status::warn)) results.push_back(std::move(result));
  results.push_back(read_ok());
  CheckResult cors = timed(
      result_of("bucket.cors", Status::warn, "Browsers may talk to the bucket", "The rule allows every origin (*)."),
      103.9);
  cors.finding.cause = "any-origin";
  cors.finding.expected = "The origin of HOST, https://wandb.example.com.";
  cors.finding.fix =
      "Set this rule on the bucket wandb-files with `aws s3api put-bucket-cors --bucket wandb-files "
      "--cors-configuration file://cors.json`, where cors.json is:\n"
      "{\n  \"CORSRules\": [\n    {\"AllowedOrigins\": [\"https://wandb.example.com\"], \"AllowedMethods\": [\"GET\", "
      "\"PUT\", \"HEAD\"]}\n  ]\n}";
  results.push_back(cors);
  return finished(std::move(results));
}

Report unknowns() {
  std::vector<CheckResult> results = {config_ok()};
  for (const char* id : {"mysql.dns", "mysql.login", "mysql.version", "mysql.variables"}) {
    CheckResult silent = timed(result_of(id, Status::unknown, "The answer of " + std::string(id) + " is good",
                                         "No answer within the time limit of the run, 4 s."),
                               4012.3);
    silent.finding.cause = "timed-out";
    silent.finding.blame = Blame::target;
    results.push_back(silent);
  }
  CheckResult read = timed(
      result_of("bucket.read", Status::unknown, "An object can be read", "The facts could not be judged: bad_cast."),
      103.9);
  read.finding.cause = "internal-error";
  read.finding.blame = Blame::tool;
  results.push_back(read);
  return finished(std::move(results));
}

Report cut_short() {
  const auto cut = [](const std::string& id, const std::string& cause, const std::string& observed) {
    CheckResult result = timed(result_of(id, Status::unknown, "The answer of " + id + " is good", observed), 4012.3);
    result.finding.cause = cause;
    result.finding.blame = Blame::machine;
    result.finding.fix = "Give the run more time: --timeout 5m";
    result.finding.setting = "MYSQL";
    result.origin = "MYSQL in /etc/wandb.env line 4";
    return result;
  };
  const std::string late = "The time limit of the run ended this before it was done.";
  const std::string few = "This process may open only 14 files (ulimit -n); it needs 96.";
  return finished({config_ok(), dns_ok(), cut("mysql.login", "run-deadline", late + " Seen until then: No answer."),
                   blocked("mysql.version", "MySQL is 8.0 or newer", {"mysql.login"}), cut("mysql.variables", "run-deadline", late),
                   cut("mysql.replica", "machine-paused", "This process was stopped for a while, by a signal or by a machine that slept or had no time for it."),
                   cut("bucket.read", "no-resources", few + " Seen until then: No answer."), cut("bucket.cors", "no-resources", few)});
}

Report skips() {
  std::vector<CheckResult> results = {config_ok()};
  for (const auto& spec : sample_catalog()[1].checks)
    results.push_back(result_of(spec.id, Status::skip, spec.title, "MYSQL is not set."));
  results.push_back(read_ok());
  results.push_back(result_of("bucket.cors", Status::skip, "Browsers may talk to the bucket",
                              "It writes, and --read-only was given."));
  results.push_back(result_of("bucket.kms", Status::skip, "The KMS key can be used", "AWS_S3_KMS_ID is not set."));
  return finished(std::move(results));
}

Report hostile() {
  CheckResult bad = timed(result_of("mysql.login", Status::fail, "The user of MYSQL can log in",
                                    "Server says \x1b[2J\x1b]0;owned\x07 \xff\xfe text \xe2\x80\xae"
                                    "desrever\xe2\x80\xac and\r\nmore\tof it: " +
                                        std::string(90, 'x') +
                                        " \xc2\x9b"
                                        "31m end."),
                          48.2);
  bad.finding.expected =
      "Wide text: 你好，世界你好，世界你好，世界 and e\xcc\x81"
      "e\xcc\x81 combining; a price of 5 €.";
  bad.finding.fix = "echo 'one  two'\r\n  indented \x1b[31mred\x1b[0m\n\n\ttabbed\x08\n";
  bad.finding.reproduce = "printf '\\033[31m'; cat <<'E'\n\xff\nE";
  bad.origin = "MYSQL in /tmp/\x1b[31m.env line 4";
  return finished({config_ok(), dns_ok(), bad});
}

std::string render_terminal(const Report& report, const TerminalStyle& style,
                            const std::vector<std::pair<std::string, std::string>>& written) {
  std::ostringstream out;
  TerminalReporter reporter(out, style);
  reporter.heading(report.run);
  for (const auto& result : report.results) {
    for (const auto& plugin : sample_catalog()) {
      if (result.id.starts_with(plugin.service + ".")) reporter.result(plugin, result);
    }
  }
  reporter.finish(report, written);
  return out.str();
}

}  // namespace wbverify::test
