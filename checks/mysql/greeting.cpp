#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string listen_command(const MysqlFacts& facts) {
  return fmt::format("timeout 6 nc {} {} </dev/null | head -c 80 | strings", shell_operand(facts.host), facts.port);
}

/// A banner betrays who listens there instead.
std::string who_is(std::string_view banner) {
  if (banner.starts_with("SSH-")) return "an SSH server";
  if (banner.starts_with("HTTP/") || banner.find("<html") != std::string_view::npos) return "a web server";
  if (banner.starts_with("220 ") || banner.starts_with("220-")) return "a mail or FTP server";
  if (banner.starts_with("-ERR") || banner.starts_with("-NOAUTH") || banner.starts_with("-DENIED")) return "Redis";
  return "no MySQL server";
}

/// A server that speaks MySQL but turns everybody away.
void judge_refusal(const MysqlFacts& facts, Finding& finding) {
  const std::string from = "this machine";
  switch (facts.greeting.error) {
    case 1040:
      finding.expected = "A free connection for every process of the W&B server.";
      finding.why =
          "All connections are taken, so the W&B server is turned away as well: requests fail with Error 1040, pods "
          "restart.";
      finding.fix =
          "See who holds them, on the server itself (one connection is kept for administrators):\n"
          "  SELECT user, COUNT(*) FROM information_schema.processlist GROUP BY user;\n" +
          set_variable(facts, {"max_connections", "1000", false, false});
      break;
    case 1129:
      finding.expected = "A server that lets " + from + " in.";
      finding.why =
          "After max_connect_errors connections that ended before a log-in the server blocks the address they came "
          "from. Load balancers that "
          "only open the port, and port scanners, bring it about; from the W&B server's address it stops the product.";
      finding.fix = as_administrator(facts, "TRUNCATE TABLE performance_schema.host_cache;") +
                    "\nand, so that it does not come back:\n" +
                    set_variable(facts, {"max_connect_errors", "1000000", false, false});
      break;
    case 1130:
      finding.expected = "An account that may come from " + from + ".";
      finding.why =
          "No account of the server allows the address the connection comes from, so not even a password is asked for. "
          "The same happens to the W&B "
          "server unless its own address is allowed.";
      finding.fix = as_administrator(
          facts,
          fmt::format("CREATE USER {0}@'%' IDENTIFIED BY 'PASSWORD'; GRANT ALL ON {1}.* TO {0}@'%' WITH GRANT OPTION;",
                      sql_text(facts.user), sql_name(facts.database)));
      break;
    default:
      finding.expected = "The greeting of a MySQL server.";
      finding.why = "The server turns every connection away with this error, so the W&B server cannot start.";
      finding.fix = "Look the number up with perror " + std::to_string(facts.greeting.error) +
                    ", and into the server's error log.";
      break;
  }
  finding.observed = fmt::format("{}:{} answers with error {}: {}", facts.address, facts.port, facts.greeting.error,
                                 facts.greeting.text);
}

void judge_silence(const MysqlFacts& facts, Finding& finding) {
  const auto& greeting = facts.greeting;
  const std::string at = fmt::format("{}:{}", facts.address, facts.port);
  finding.expected = "A greeting at once: a MySQL server speaks first.";
  finding.why = "The W&B server meets the same silence: it hangs while it starts.";
  if (greeting.cause == "timed-out") {
    // Something on the way may be what swallows the words, so the installation is not said to be wrong.
    finding.status = Status::unknown;
    finding.blame = Blame::target;
    finding.observed =
        fmt::format("{} accepts the connection and then says nothing for {:.1f} s.", at, greeting.duration_ms / 1000);
    if (!greeting.banner.empty()) finding.observed += " " + greeting.text;
    finding.fix =
        "One of three things, most likely first:\n"
        "- The port belongs to something that waits for its client to speak (HTTP, Redis, a TLS-only proxy): correct "
        "the port in MYSQL.\n"
        "- A proxy or load balancer accepts by itself and has no healthy MySQL behind it: look at its backends.\n"
        "- MySQL looks up the name of each client at a resolver that does not answer: in my.cnf under [mysqld] write "
        "skip_name_resolve = ON, then restart it.";
  } else if (greeting.cause == "closed" || greeting.cause == "reset") {
    finding.observed = fmt::format("{} accepts the connection. {}", at,
                                   greeting.cause == "reset" ? "Then it is reset, without a word." : greeting.text);
    finding.fix =
        "A proxy or load balancer without a healthy MySQL behind it does this: look at its backends. If MySQL itself "
        "listens there, its error log says "
        "why; a mysqld that is starting, stopping or out of file descriptors does it too.";
  } else {
    finding.observed = fmt::format("{} began a greeting that is none. {}", at, greeting.text);
    finding.fix =
        "Something between here and MySQL changes the bytes, or what listens is no MySQL: connect from the server's "
        "own machine and compare.";
  }
}

Findings judge(const MysqlFacts& facts, const Scene& scene) {
  const MysqlGreeting& greeting = facts.greeting;
  Finding finding;
  finding.setting = "MYSQL";
  if (greeting.spoken()) {
    finding.observed =
        fmt::format("{} on {}:{}, after {:.0f} ms", greeting.version, facts.address, facts.port, greeting.duration_ms);
    return {finding};
  }
  finding.cause = greeting.cause.empty() ? "interrupted" : greeting.cause;
  finding.reproduce = listen_command(facts);
  if (greeting.cause.empty()) {
    finding.status = Status::unknown;
    finding.blame = Blame::machine;
    finding.observed = "The greeting was not waited for: the run was stopped.";
    return {finding};
  }
  finding.status = Status::fail;
  if (greeting.error != 0) {
    judge_refusal(facts, finding);
  } else if (greeting.cause == "not-mysql") {
    finding.observed = fmt::format("{}:{} is {}. It says: {}", facts.address, facts.port, who_is(greeting.banner),
                                   greeting.banner.empty() ? "(nothing readable)" : greeting.banner);
    finding.expected = "The greeting of a MySQL server, usually on port 3306.";
    finding.why = "The W&B server speaks MySQL to whatever MYSQL names; against anything else it never starts.";
    finding.fix =
        scene.change("MYSQL", mysql_url(facts, 3306, facts.tls_mode == "false" ? "" : "?tls=" + facts.tls_mode)) +
        "\nwith the host and port of the database.";
  } else if (greeting.cause == "x-protocol-port") {
    finding.observed = fmt::format("{}:{} is MySQL's port for the X protocol.", facts.address, facts.port);
    finding.expected = "The port of the classic protocol, usually 3306.";
    finding.why = "The W&B server's driver speaks the classic protocol only.";
    finding.fix =
        scene.change("MYSQL", mysql_url(facts, 3306, facts.tls_mode == "false" ? "" : "?tls=" + facts.tls_mode));
  } else if (greeting.cause == "old-protocol") {
    finding.observed = fmt::format("{}:{} speaks the protocol of MySQL 3.22.", facts.address, facts.port);
    finding.expected = "MySQL 8.";
    finding.why = "No driver of today speaks it.";
    finding.fix = "Install MySQL 8.4 and bring the data over.";
  } else {
    judge_silence(facts, finding);
  }
  return {finding};
}

}  // namespace

CheckSpec mysql_greeting_check() {
  CheckSpec spec;
  spec.id = "mysql.greeting";
  spec.probe = "mysql";
  spec.title = "A MySQL server answers on the port";
  spec.needs = {"mysql.reachable"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
