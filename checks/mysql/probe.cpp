#include "checks/mysql/probe.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "config/mysql_url.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds connect_limit{4000};
/// A server that looks up its clients' names over a broken resolver keeps silent for about 5 s (one resolver time-out),
/// then greets after all.
constexpr milliseconds greeting_limit{5500};
constexpr milliseconds handshake_limit{5000};
constexpr milliseconds login_limit{6000};
/// Behind a balancer each connection may meet another server with another certificate.
constexpr int login_attempts = 3;

/// The connection that the greeting came over is used for the handshake: each one that ends before a log-in counts
/// towards the server's max_connect_errors.
TlsObservation shake_hands(const MysqlTarget& target, const MysqlFacts& facts, Deadline deadline, const std::stop_token& stop, Socket greeted) {
  TlsRequest request;
  request.server_name = target.host;
  request.address = facts.address;
  request.port = target.port;
  request.ca_files = facts.ca_files;
  request.system_trust = target.tls != MysqlTls::custom;
  // MySQL 8.0.28, the oldest version that passes, has no TLS below 1.2 any more.
  request.probe_old_protocols = false;
  request.connect = [&target, &facts, &stop,
                     kept = std::make_shared<Socket>(std::move(greeted))](Deadline until) -> Result<Socket> {
    if (!*kept) return open_mysql_starttls(facts.address, target.port, until, stop);
    Socket socket = std::move(*kept);
    if (auto sent = socket.send(mysql_ssl_request(), until, stop); !sent) return fail(sent.error());
    return socket;
  };
  return observe_tls(request, deadline, stop);
}

std::string unreadable(const MysqlTarget& target, bool others_trusted) {
  if (target.tls != MysqlTls::custom) return "";
  for (const std::string* path : {&target.ca_file, &target.cert_file, &target.key_file}) {
    if (path == &target.ca_file && others_trusted) continue;
    if (!path->empty() && access(path->c_str(), R_OK) != 0) return *path;
  }
  return "";
}

MysqlFacts gather(const ProbeContext& context) {
  MysqlFacts facts;
  if (!context.settings.mysql) return facts;
  const MysqlTarget& target = *context.settings.mysql;
  for (int attempt = 1;; ++attempt) {
    facts = {};
    look_at_mysql(target, context.settings, context.deadline, context.stop, *context.round_trips, facts);
    if (context.stop.stop_requested()) return facts;
    const auto login = mysql_login(target, facts);
    if (!login) {
      facts.login.cause = login.error().cause;
      facts.login.text = login.error().text;
      return facts;
    }
    facts.login.tried = true;
    facts.login.library = mysql_library();
    const auto started = Deadline::Clock::now();
    auto session = MysqlSession::open(*login, context.deadline.within(login_limit), context.stop);
    facts.login.duration_ms = elapsed_ms(started);
    ++*context.round_trips;
    if (session) {
      facts.login.tls_version = session->tls_version();
      facts.login.tls_cipher = session->tls_cipher();
      ask_mysql(*session, context.deadline, context.run_id, facts);
      *context.round_trips += session->round_trips() - 1;
      return facts;
    }
    facts.login.cause = session.error().cause;
    facts.login.text = session.error().text;
    facts.login.blame = name(session.error().blame);
    facts.login.transient = session.error().transient;
    if (session.error().cause != "certificate-changed" || attempt == login_attempts) return facts;
  }
}

bool transient(const MysqlFacts& facts) {
  const auto attempts = facts.reach.attempts;
  const bool no_way = !attempts.empty() && facts.reach.reachable().empty();
  const bool may_come = std::any_of(attempts.begin(), attempts.end(),
                                    [](const TcpAttempt& a) { return a.cause == "refused" || a.cause == "timed-out"; });
  const bool dns_slow = facts.reach.dns.cause == "timed-out" || facts.reach.dns.cause == "servfail";
  const bool greeting =
      facts.greeting.error == 1040 || facts.greeting.cause == "closed" || facts.greeting.cause == "reset";
  return (no_way && may_come) || dns_slow || greeting || facts.login.transient;
}

std::vector<Touch> touches(const Settings& settings) {
  if (!settings.mysql) return {};
  const std::string target = settings.mysql->host + ":" + std::to_string(settings.mysql->port);
  return {
      {target, "connect to each address of the name, read the greeting", false, "under 1 KiB"},
      {target, "one TLS handshake, unless MYSQL says tls=false", false, "about 6 KiB"},
      {target,
       "log in as " + for_display(settings.mysql->user, 80) +
           ", about 10 read-only questions: variables, status, grants, the schema's names",
       false, "about 16 KiB"},
  };
}

}  // namespace

MysqlPlace mysql_place(const MysqlTarget& target, const Settings& settings) {
  MysqlPlace place{target.host,    target.port,      target.user, target.database, std::string(name(target.tls)),
                   target.ca_file, settings.ca_files};
  if (target.tls == MysqlTls::custom && access(target.ca_file.c_str(), R_OK) == 0) place.ca_files = {target.ca_file};
  return place;
}

void look_at_mysql(const MysqlTarget& target, const Settings& settings, Deadline deadline, const std::stop_token& stop,
                   std::atomic<int>& round_trips, MysqlFacts& facts) {
  static_cast<MysqlPlace&>(facts) = mysql_place(target, settings);
  facts.unreadable_file = unreadable(target, !facts.ca_files.empty());

  Socket socket;
  facts.reach = reach(target.host, target.port, settings.dns_server, deadline.within(connect_limit), &socket, stop);
  round_trips += 1 + static_cast<int>(facts.reach.attempts.size());
  const auto reachable = facts.reach.reachable();
  if (reachable.empty() || stop.stop_requested()) return;
  facts.address = reachable.front();

  facts.greeted = true;
  facts.greeting = read_mysql_greeting(socket, deadline.within(greeting_limit), stop);
  if (!facts.greeting.spoken() || stop.stop_requested()) return;

  if (target.tls == MysqlTls::off || !facts.greeting.offers_tls() || !facts.unreadable_file.empty()) return;
  facts.handshaken = true;
  facts.tls = shake_hands(target, facts, deadline.within(handshake_limit), stop, std::move(socket));
  round_trips += facts.tls.round_trips;
}

Result<MysqlLogin> mysql_login(const MysqlTarget& target, const MysqlFacts& seen) {
  const auto refuse = [](const char* cause, const char* text) { return fail({cause, text, Blame::target, false}); };
  if (!seen.greeting.spoken()) return refuse("no-greeting", "No MySQL server greeted.");
  if (seen.greeting.looks_like_mariadb()) return refuse("not-mysql", "The server is MariaDB; no password was sent.");
  MysqlLogin login;
  login.host = target.host;
  login.address = seen.address;
  login.port = target.port;
  login.user = target.user;
  login.password = target.password;
  login.database = target.database;
  const bool plain_is_fine =
      target.tls == MysqlTls::off || (target.tls == MysqlTls::preferred && !seen.greeting.offers_tls());
  if (plain_is_fine) return login;

  if (!seen.greeting.offers_tls())
    return refuse("no-tls", "MYSQL demands TLS and the server offers none; no password was sent.");
  if (!seen.unreadable_file.empty())
    return refuse("file-unreadable", "The certificate could not be judged; no password was sent.");
  if (!seen.tls.completed || !seen.tls.refused_by.empty() || seen.tls.presented.empty()) {
    return refuse("no-handshake", "The TLS handshake failed; no password was sent.");
  }
  const bool verify = target.tls == MysqlTls::verify || target.tls == MysqlTls::custom;
  if (verify && !seen.tls.errors.empty())
    return refuse("not-trusted", "The certificate is not trusted; no password was sent.");
  login.tls = verify ? MysqlLogin::Tls::verified : MysqlLogin::Tls::encrypted;
  login.certificate_sha1 = seen.tls.presented.front().sha1;
  login.ca_files = seen.ca_files;
  login.system_trust = target.tls != MysqlTls::custom;
  if (target.tls == MysqlTls::custom) {
    login.cert_file = target.cert_file;
    login.key_file = target.key_file;
  }
  return login;
}

ProbeSpec mysql_probe() {
  ProbeSpec spec;
  spec.id = "mysql";
  spec.needs = {"config.well-formed/MYSQL", "config.required/MYSQL", "config.placeholders/MYSQL"};
  spec.limit = milliseconds(18000);
  spec.skip = [](const Settings& settings) -> std::string {
    if (!settings.mysql || !settings.mysql->scheme.starts_with("cloudsql")) return "";
    return "MYSQL names a Cloud SQL instance by its connection name; only the Cloud SQL connector in the server knows "
           "the way to it.";
  };
  spec.touches = touches;
  return make_probe<MysqlFacts>(std::move(spec), gather, transient);
}

}  // namespace wbverify
