#include "checks/shared/tls.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/mysql/checks.hpp"
#include "checks/mysql/plugin_remedy.hpp"
#include "clients/tls_diagnosis.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_loopback(const Reach& reach) {
  const auto addresses = reach.reachable();
  return !addresses.empty() && std::all_of(addresses.begin(), addresses.end(),
                                           [](const std::string& a) { return a.starts_with("127.") || a == "::1"; });
}

std::string with_tls(const MysqlFacts& facts, const Scene& scene) {
  return scene.change("MYSQL", mysql_url(facts, facts.port, "?tls=true")) +
         "\nPASSWORD stands for the percent-encoded password.";
}

/// How the server comes to offer TLS at all.
std::string offer_tls(const MysqlFacts& facts) {
  if (!mysql_flavour(facts).self_run())
    return "Turn TLS on for the instance; every provider has it on unless somebody turned it off.";
  return "In my.cnf under [mysqld], with a certificate for " + facts.host +
         " from a CA that W&B trusts; remove tls_version = '' and skip_ssl; restart MySQL:\n"
         "  ssl_cert = /etc/mysql/server-chain.pem\n  ssl_key = /etc/mysql/server-key.pem";
}

/// Nobody demands TLS, and nobody verifies.
Finding judge_plain(const MysqlFacts& facts, const Scene& scene) {
  Finding finding;
  const std::string at = fmt::format("{}:{}", facts.host, facts.port);
  if (is_loopback(facts.reach)) {
    finding.observed = "Not encrypted; the connection does not leave the machine.";
    return finding;
  }
  finding.status = Status::warn;
  finding.cause = "plaintext";
  finding.observed = facts.tls_mode == "preferred"
                         ? at + " offers no TLS, so that tls=preferred falls back to plain text."
                         : "MYSQL asks for no TLS: everything goes to " + at + " in plain text.";
  finding.expected = "tls=true, and a certificate of " + facts.host + " that is trusted.";
  finding.why =
      "Whoever is on the way reads and changes queries and rows: API keys' hashes, run data, licences. The password too: "
      "it is encrypted with whatever RSA key the answer brings, and nobody looks whose key that is.";
  finding.fix = (facts.greeting.offers_tls() ? "" : offer_tls(facts) + "\n") + with_tls(facts, scene);
  finding.reproduce = mysql_client(facts, "SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  return finding;
}

Finding judge_unverified(const MysqlFacts& facts, const Scene& scene) {
  Finding finding = judge_tls_handshake(facts.tls, mysql_words(), scene).front();
  if (finding.status != Status::pass && finding.status != Status::warn) return finding;
  finding = {};
  finding.observed = fmt::format("{}, {}; the certificate is not looked at.", facts.tls.protocol, facts.tls.cipher);
  if (is_loopback(facts.reach)) return finding;
  finding.status = Status::warn;
  finding.cause = "not-verified";
  finding.expected = "tls=true: encrypted, and the server's identity verified.";
  finding.why = facts.tls_mode == "preferred"
                    ? "tls=preferred takes any certificate, and plain text when TLS is taken away: whoever stands on "
                      "the way can be the database."
                    : "tls=skip-verify takes any certificate: whoever stands on the way can be the database.";
  const bool would_do = facts.tls.errors.empty();
  finding.fix = with_tls(facts, scene);
  if (facts.tls_mode == "preferred")
    finding.fix +=
        "\nThe operator's chart writes tls=preferred by itself; there, keep MySQL on the cluster's private network.";
  if (!would_do) {
    finding.observed += " It would not be trusted: " + for_display(facts.tls.errors.front().text, 160) + ".";
    finding.fix =
        "First give the server a certificate for " + facts.host + " from a CA that W&B trusts, then:\n" + finding.fix;
  }
  finding.reproduce = mysql_openssl(facts);
  return finding;
}

Finding judge_no_tls(const MysqlFacts& facts) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = "no-tls-offered";
  finding.observed = fmt::format("MYSQL says tls={}, and the server at {}:{} offers no TLS. No password was sent.",
                                 facts.tls_mode, facts.host, facts.port);
  finding.expected = "A server that offers TLS.";
  finding.why = "The W&B server refuses to connect: \"TLS requested but server does not support TLS\".";
  finding.fix = offer_tls(facts);
  finding.reproduce = mysql_client(facts, "SELECT 1");
  return finding;
}

Finding judge_unreadable(const MysqlFacts& facts) {
  Finding finding;
  finding.status = Status::unknown;
  finding.cause = "file-unreadable";
  finding.blame = Blame::machine;
  finding.observed = "MYSQL names " + facts.unreadable_file +
                     ", which this machine does not have or this user may not read. No password was sent.";
  finding.expected = "The file that the W&B server uses, here as well.";
  finding.why = "Without it the certificate cannot be judged as the W&B server judges it.";
  finding.fix = facts.unreadable_file == facts.ca_file
                    ? "Run wbverify where the W&B server runs, or give the same CA with --ca-file FILE."
                    : "Run wbverify where the W&B server runs.";
  finding.reproduce = "ls -l " + shell_quote(facts.unreadable_file);
  return finding;
}

/// What MySQL makes for itself at its first start. It fails as a whole, also where its CA was given and only the name is wrong.
bool is_default(const TlsObservation& tls) {
  return !tls.presented.empty() && recognise(tls.presented.front()).cause == "mysql-default-cert";
}

Finding judge_default(const MysqlFacts& facts) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = "mysql-default-cert";
  finding.observed = fmt::format("The server shows the certificate that {} made for itself at its first start: {}.",
                                 recognise(facts.tls.presented.front()).product, facts.tls.presented.front().subject_cn);
  finding.expected = fmt::format("A certificate for {} from a CA that W&B trusts.", facts.host);
  finding.why =
      "It names no host and comes from a CA of its own, so it can never be verified; W&B does not support self-signed "
      "certificates. With tls=true the W&B server does not connect.";
  finding.fix = "Put a certificate for " + facts.host +
                " from your CA in place, in my.cnf under [mysqld]:\n"
                "  ssl_cert = /etc/mysql/server-chain.pem\n  ssl_key = /etc/mysql/server-key.pem\n"
                "Then, as an administrator, without a restart:\n"
                "  SET GLOBAL ssl_cert = '/etc/mysql/server-chain.pem'; SET GLOBAL ssl_key = "
                "'/etc/mysql/server-key.pem'; ALTER INSTANCE RELOAD TLS;";
  finding.reproduce = mysql_openssl(facts);
  return finding;
}

/// What the shared words cannot know: how MySQL takes a new certificate.
void add_mysqls_part(const MysqlFacts& facts, Finding& finding) {
  if (finding.status == Status::pass) return;
  switch (mysql_flavour(facts).kind) {
    case MysqlKind::rds:
    case MysqlKind::aurora:
      finding.fix +=
          "\nOn Amazon RDS: give W&B the region's CA bundle (global.mysql.caCert in the chart's values, --ca-file "
          "here).";
      break;
    case MysqlKind::cloud_sql:
      finding.fix +=
          "\nOn Cloud SQL: gcloud sql ssl server-ca-certs list --instance=NAME --format='value(cert)' prints the CA "
          "that W&B has to be given.";
      break;
    case MysqlKind::azure:
      break;
    default:
      finding.fix +=
          "\nWhen the files of ssl_cert and ssl_key are replaced, as an administrator, without a restart: ALTER "
          "INSTANCE RELOAD TLS;";
      break;
  }
  finding.reproduce = mysql_openssl(facts);
}

Findings judge(const MysqlFacts& facts, const Scene& scene) {
  const bool verify = facts.tls_mode == "true" || facts.tls_mode == "custom";
  const bool offered = facts.greeting.offers_tls();
  Finding finding;
  if (facts.tls_mode == "false" || (facts.tls_mode == "preferred" && !offered)) {
    finding = judge_plain(facts, scene);
  } else if (!offered) {
    finding = judge_no_tls(facts);
  } else if (!facts.unreadable_file.empty()) {
    finding = judge_unreadable(facts);
  } else if (!facts.handshaken) {
    finding.status = Status::unknown;
    finding.cause = "interrupted";
    finding.blame = Blame::machine;
    finding.observed = "No handshake was made: the run was stopped.";
  } else if (!verify) {
    finding = judge_unverified(facts, scene);
  } else {
    TlsObservation seen = facts.tls;
    seen.client_certificate_asked = false;  // MySQL asks everybody, and takes no for an answer
    finding = judge_tls(seen, mysql_words(), scene).front();
    if (finding.status == Status::fail && facts.tls.completed && is_default(facts.tls)) {
      finding = judge_default(facts);
    } else {
      add_mysqls_part(facts, finding);
    }
  }
  finding.setting = "MYSQL";
  return {finding};
}

}  // namespace

CheckSpec mysql_tls_check() {
  CheckSpec spec;
  spec.id = "mysql.tls";
  spec.probe = "mysql";
  spec.title = "The connection is encrypted as MYSQL demands, with a certificate that is trusted";
  spec.needs = {"mysql.greeting", "config.files/MYSQL"};
  spec.tags = {"tls"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
