#include <fmt/format.h>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string create_account(const MysqlFacts& facts) {
  return fmt::format(
      "CREATE USER IF NOT EXISTS {0}@'%' IDENTIFIED BY 'PASSWORD';\n  GRANT ALL ON {1}.* TO {0}@'%' WITH GRANT OPTION;",
      sql_text(facts.user), sql_name(facts.database));
}

std::string create_database(const MysqlFacts& facts) {
  return fmt::format(
      "CREATE DATABASE IF NOT EXISTS {1} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;\n  GRANT ALL ON {1}.* TO "
      "{0}@'%' WITH GRANT OPTION;",
      sql_text(facts.user), sql_name(facts.database));
}

/// What to say for a cause, in the words of one who has seen it before.
struct Advice {
  std::string expected, why, fix;
};

Advice advise_on_account(const MysqlFacts& facts, std::string_view cause, const Scene& scene) {
  const std::string account = mysql_account(facts);
  const auto alter = [&](std::string_view words) {
    return as_administrator(facts, fmt::format("ALTER USER {} {};", account, words));
  };
  if (cause == "access-denied-1045") {
    std::string fix = as_administrator(
        facts, fmt::format("SELECT user, host, plugin, account_locked FROM mysql.user WHERE user = {};",
                           sql_text(facts.user)));
    fix += "\nNo row that matches the address in the message: make the account.\n  " + create_account(facts);
    fix += fmt::format("\nA row: give it the password that MYSQL holds.\n  ALTER USER {}@'%' IDENTIFIED BY 'PASSWORD';",
                       sql_text(facts.user));
    fix +=
        "\nOr correct the password in " + scene.origin("MYSQL") + ": in a URL @ is written %40, / %2F, # %23, % %25.";
    if (facts.tls_mode == "false")
      fix += "\nAn account with REQUIRE SSL answers the same to a connection without TLS: then add ?tls=true to MYSQL.";
    return {"The account and password of MYSQL are known to the server.",
            "MySQL does not say whether the user, the address or the password is wrong. The W&B server gets the same "
            "answer and waits for its database for ever.",
            fix};
  }
  if (cause.starts_with("password-expired")) {
    return {"A password that does not expire.",
            "The W&B server cannot change an expired password: from that day on every new connection fails.",
            alter("IDENTIFIED BY 'PASSWORD' PASSWORD EXPIRE NEVER")};
  }
  if (cause.starts_with("account-locked"))
    return {"An account that is not locked.",
            "Somebody locked it with ACCOUNT LOCK; the W&B server is locked out as well.", alter("ACCOUNT UNLOCK")};
  if (cause.starts_with("account-blocked")) {
    return {"An account that is not blocked.",
            "Too many wrong passwords in a row (FAILED_LOGIN_ATTEMPTS): something still uses an old password. Until it "
            "is found, the block comes back.",
            alter("ACCOUNT UNLOCK")};
  }
  if (cause == "login-method-refused") {
    return {"An account of MySQL's own, with caching_sha2_password.",
            "PAM, LDAP and Kerberos accounts want the password in clear text or a ticket. Nothing was sent, and W&B's "
            "driver refuses it as well.",
            alter("IDENTIFIED WITH caching_sha2_password BY 'PASSWORD'")};
  }
  if (cause == "old-login-method-1251" || cause == "login-method-not-loaded-1524") {
    return {"An account with caching_sha2_password.",
            "The account uses a login method that this server has switched off, usually mysql_native_password after an "
            "upgrade to 8.4.",
            alter("IDENTIFIED WITH caching_sha2_password BY 'PASSWORD'")};
  }
  if (cause == "user-limit-reached-1226" || cause == "too-many-user-connections-1203") {
    return {
        "An account without a limit of its own.",
        "The account's own limit of connections or queries is reached; W&B opens hundreds of connections.",
        alter("WITH MAX_USER_CONNECTIONS 0 MAX_CONNECTIONS_PER_HOUR 0 MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0")};
  }
  return {};
}

Advice advise_on_database(const MysqlFacts& facts, std::string_view cause) {
  if (cause == "unknown-database-1049") {
    return {fmt::format("A database {}.", facts.database),
            "The password is right, but the database that MYSQL names is not there. W&B does not make it by itself.",
            as_administrator(facts, create_database(facts))};
  }
  if (cause == "no-database-access-1044") {
    return {fmt::format("A database {} that the account may use.", facts.database),
            "The password is right. MySQL gives this answer both when the database is missing and when the account has "
            "no rights on it.",
            as_administrator(facts, create_database(facts))};
  }
  return {};
}

Advice advise_on_connection(const MysqlFacts& facts, std::string_view cause, const Scene& scene) {
  if (cause == "tls-required-3159" || cause == "secure-connection-required-2061") {
    return {"A connection with TLS.",
            cause.ends_with("3159") ? "The server takes no connection without TLS (require_secure_transport)."
                                    : "The account's login method needs TLS.",
            scene.change("MYSQL", mysql_url(facts, facts.port, "?tls=true"))};
  }
  if (cause == "too-many-connections-1040") {
    return {"A free connection.", "All connections are taken: the W&B server is turned away as well.",
            set_variable(facts, {"max_connections", "1000"})};
  }
  if (cause == "offline-mode-3032") {
    return {"A server that is not in offline mode.",
            "Somebody switched offline_mode on, for maintenance or because a replica lagged; only administrators may "
            "connect.",
            as_administrator(facts, "SET GLOBAL offline_mode = OFF;")};
  }
  if (cause.starts_with("lost-connection") || cause == "server-shutting-down-1053") {
    return {"A log-in that is answered.",
            "The server broke the connection in the middle of the log-in; its error log has the reason (crash, "
            "restart, out of memory, a proxy's limit).",
            "journalctl -u mysql --since -10min, or the container's or the provider's log of MySQL."};
  }
  if (cause == "too-large") {
    return {"Answers of the size that MySQL gives.",
            "What listens there floods whoever asks: no MySQL server answers these questions with as much. The W&B server would run out of memory.",
            "See who answers at " + facts.host + ": a broken proxy, or something in MySQL's place."};
  }
  if (cause.starts_with("tls-failed")) {
    return {"The log-in goes over TLS as the handshake before it did.",
            "The handshake alone succeeded, the one for the log-in did not. A server that wants a client certificate "
            "does that.",
            "When the server demands client certificates (Cloud SQL: TRUSTED_CLIENT_CERTIFICATE_REQUIRED): "
            "tls=custom&ssl-ca=…&ssl-cert=…&ssl-key=… in MYSQL."};
  }
  return {};
}

/// What says nothing about the installation.
bool is_ours(std::string_view cause) {
  return cause == "timed-out" || cause == "stopped" || cause == "plugin-not-loaded" || cause == "certificate-changed" ||
         cause == "tls-not-used" || cause == "no-resources" || cause == "certificate-unknown" || cause == "library-failed";
}

void judge_ours(const MysqlFacts& facts, Finding& finding) {
  const std::string_view cause = facts.login.cause;
  finding.status = Status::unknown;
  finding.blame = blame_from_name(facts.login.blame).value_or(Blame::target);
  if (cause == "plugin-not-loaded") {
    finding.expected = "A client library that knows the account's login method.";
    finding.why = fmt::format("{} has no plug-in for it on this machine; W&B's own driver has.", facts.login.library);
    finding.fix =
        "On Debian: apt-get install --reinstall libmariadb3. Or give the account caching_sha2_password, which MySQL 8 "
        "has by default:\n  ALTER USER " +
        mysql_account(facts) + " IDENTIFIED WITH caching_sha2_password BY 'PASSWORD';";
  } else if (cause == "certificate-changed") {
    finding.blame = Blame::path;
    finding.expected = "The same certificate in the handshake and in the log-in right after it.";
    finding.why =
        "Three times the log-in met another certificate than the one judged a moment before, so the password was not "
        "sent. Several servers with certificates of their own behind one "
        "address do that, and so does somebody on the way.";
    finding.fix = "Give every server behind " + facts.host + " the same certificate, or point MYSQL to one of them.";
  } else if (cause == "timed-out") {
    finding.expected = "A log-in within a few seconds.";
    finding.why =
        "The server greets and then does not answer the log-in: it is overloaded, out of memory, or a proxy in front "
        "has lost its backend.";
    finding.fix = "Look at the server's load and its process list; through a proxy, log in past it.";
  }
}

Findings judge(const MysqlFacts& facts, const Scene& scene) {
  const MysqlLoginFacts& login = facts.login;
  Finding finding;
  finding.setting = "MYSQL";
  if (login.succeeded()) {
    finding.observed =
        fmt::format("{} in {}, {}, {:.0f} ms",
                    facts.session.current_user.empty() ? facts.user : facts.session.current_user, facts.database,
                    login.tls_cipher.empty()    ? "not encrypted"
                    : login.tls_version.empty() ? login.tls_cipher
                                                : login.tls_version + " " + login.tls_cipher,
                    login.duration_ms);
    return {finding};
  }
  finding.cause = login.cause.empty() ? "not-tried" : login.cause;
  finding.reproduce = mysql_client(facts, "SELECT CURRENT_USER()");
  finding.observed = fmt::format("{} as {} at {}:{}: {}", login.tried ? "Log-in" : "No log-in", facts.user, facts.host,
                                 facts.port, login.text.empty() ? "the run was stopped." : login.text);
  if (!login.tried || is_ours(login.cause)) {
    judge_ours(facts, finding);
    return {finding};
  }
  finding.status = Status::fail;
  Advice advice = advise_on_account(facts, login.cause, scene);
  if (advice.expected.empty()) advice = advise_on_database(facts, login.cause);
  if (advice.expected.empty()) advice = advise_on_connection(facts, login.cause, scene);
  if (advice.expected.empty()) {
    advice = {"A log-in with what MYSQL says.", "The W&B server gets the same answer and does not start.",
              "Run the command below from the W&B server's machine, and look into MySQL's error log."};
  }
  finding.expected = advice.expected;
  finding.why = advice.why;
  finding.fix = advice.fix;
  return {finding};
}

}  // namespace

CheckSpec mysql_login_check() {
  CheckSpec spec;
  spec.id = "mysql.login";
  spec.probe = "mysql";
  spec.title = "W&B's account can log in and use its database";
  spec.needs = {"mysql.flavour", "mysql.tls"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
