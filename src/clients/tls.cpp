#include "clients/tls.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "clients/tls_certificate.hpp"
#include "clients/tls_handshake.hpp"
#include "clients/tls_verify.hpp"
#include "core/display.hpp"
#include "util/text.hpp"
#include "util/thread.hpp"

namespace wbverify {
namespace {

using tls::HandshakeOutcome;
using tls::HandshakeRules;

constexpr std::size_t most_certificates = 20;      ///< recorded; a chain that works has 2 to 4
constexpr std::chrono::seconds side_question{4};   ///< a handshake that only adds to the picture
/// What Python offers since 3.10, whatever OpenSSL's own list is (bpo-43998). Ciphers of TLS 1.3 come on top.
constexpr const char* python_ciphers = "ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM";

/// Names in certificates have no dot at their end, and SNI must not have one (RFC 6066 §3).
std::string wire_name(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  return name;
}

class Observer {
 public:
  Observer(const TlsRequest& request, Deadline deadline, const std::stop_token& stop)
      : request_(request), deadline_(deadline), stop_(stop), name_(wire_name(request.server_name)) {}
  TlsObservation run();

 private:
  Result<Socket> connect(Deadline deadline);
  HandshakeOutcome shake(const HandshakeRules& rules, Deadline deadline);
  HandshakeRules usual() const;
  HandshakeRules lax() const;
  void record(const HandshakeOutcome& outcome);
  void judge_chain(const HandshakeOutcome& outcome);
  void ask_aside();

  const TlsRequest& request_;
  Deadline deadline_;
  const std::stop_token& stop_;
  std::string name_;
  TlsObservation out_;
  std::atomic<int> round_trips_ = 0;
  std::mutex connecting_;
};

HandshakeRules Observer::usual() const {
  HandshakeRules rules;
  rules.alpn = request_.alpn;
  return rules;
}

/// Everything this OpenSSL can still do, to find out what a server that today's clients refuse has to offer.
HandshakeRules Observer::lax() const {
  HandshakeRules rules = usual();
  rules.lowest = TLS1_VERSION;
  rules.security_level = 0;
  rules.ciphers = "ALL";
  rules.old_renegotiation = true;
  return rules;
}

/// One after the other: the request's function need not be made for threads.
Result<Socket> Observer::connect(Deadline deadline) {
  const std::scoped_lock lock(connecting_);
  return request_.connect(deadline);
}

HandshakeOutcome Observer::shake(const HandshakeRules& rules, Deadline deadline) {
  Result<Socket> socket = connect(deadline);
  if (!socket) {
    HandshakeOutcome outcome;
    outcome.cause = socket.error().cause;
    outcome.text = socket.error().text;
    return outcome;
  }
  ++round_trips_;
  return tls::shake_hands(*socket, name_, rules, deadline, stop_);
}

void Observer::record(const HandshakeOutcome& outcome) {
  out_.completed = outcome.completed;
  out_.cause = outcome.cause;
  out_.text = outcome.text;
  out_.protocol = outcome.protocol;
  out_.cipher = outcome.cipher;
  out_.forward_secrecy = outcome.forward_secrecy;
  out_.alpn = outcome.alpn;
  out_.client_certificate_asked = outcome.certificate_asked;
  out_.presented_count = static_cast<int>(outcome.chain.size());
  for (std::size_t i = 0; i < std::min(outcome.chain.size(), most_certificates); ++i) {
    out_.presented.push_back(tls::describe(outcome.chain[i].get()));
  }
}

void Observer::judge_chain(const HandshakeOutcome& outcome) {
  const tls::Trust trust(request_.system_trust, request_.ca_files);
  out_.trust = trust.words();
  out_.trust_problems = trust.problems();
  if (outcome.chain.empty()) return;
  tls::ChainQuestion question;
  question.leaf = outcome.chain.front().get();
  question.name = name_;
  for (const auto& certificate : outcome.chain) question.sent.push_back(certificate.get());
  tls::ChainAnswer answer = tls::verify_chain(question, trust);
  for (const auto& certificate : answer.path) {
    if (out_.built.size() < most_certificates) out_.built.push_back(tls::describe(certificate.get()));
  }
  if (!outcome.staple.empty()) out_.staple = tls::read_staple(outcome.staple, answer.path);
  out_.errors = std::move(answer.errors);
  out_.strict_errors = std::move(answer.strict);
  out_.anchor = std::move(answer.anchor);
  out_.path_needs_search = answer.needs_search;
}

/// Old versions, clients without SNI, Python's ciphers: side by side, each in a connection of its own.
void Observer::ask_aside() {
  const Deadline deadline = deadline_.within(side_question);
  std::vector<std::jthread> threads;
  if (request_.probe_old_protocols) {
    threads.push_back(start_thread([&] {
      HandshakeRules rules = lax();
      rules.highest = TLS1_1_VERSION;
      const HandshakeOutcome old = shake(rules, deadline);
      if (old.completed) out_.old_protocol = old.protocol;
      out_.old_protocols_unanswered = old.cause == "timed-out" || old.cause == "stopped";
    }));
  }
  if (request_.probe_without_name && !tls::is_ip(name_)) {
    threads.push_back(start_thread([&] {
      HandshakeRules rules = usual();
      rules.name = false;
      if (const HandshakeOutcome nameless = shake(rules, deadline); !nameless.chain.empty()) {
        out_.without_name.push_back(tls::describe(nameless.chain.front().get()));
      }
    }));
  }
  // Python offers neither RSA key exchange nor CBC with SHA-1. A server that chose one of these may still have a better one.
  const bool strange_to_python = out_.protocol == "TLSv1.2" && (!out_.forward_secrecy || out_.cipher.ends_with("-SHA") || out_.cipher.find("CCM") != std::string::npos);
  if (strange_to_python) {
    threads.push_back(start_thread([&] {
      HandshakeRules rules = usual();
      rules.ciphers = python_ciphers;
      const HandshakeOutcome python = shake(rules, deadline);
      out_.refused_by_python = !python.completed && python.laxer_may_help;
    }));
  }
}

TlsObservation Observer::run() {
  const auto started = Deadline::Clock::now();
  out_.server_name = for_display(request_.server_name, 300);
  out_.address = request_.address;
  out_.port = request_.port;
  HandshakeOutcome first = shake(usual(), deadline_);
  if (!first.completed && first.laxer_may_help && !deadline_.expired() && !stop_.stop_requested()) {
    HandshakeOutcome second = shake(lax(), deadline_.within(side_question));
    // Asked twice: a connection that broke by chance is no reason to speak of lax rules.
    const bool by_chance = second.completed && second.version >= TLS1_2_VERSION && (first.cause == "closed" || first.cause == "reset");
    if (by_chance) {
      if (HandshakeOutcome again = shake(usual(), deadline_.within(side_question)); again.completed) second = std::move(again);
      else out_.refused_by = first.text;
    } else if (second.completed && second.version >= TLS1_2_VERSION) {
      out_.refused_by = first.text;
    }
    // With lax rules more is said, such as a demand for a certificate, but not what stops a usual client.
    if (second.completed || second.cause == "client-cert-required") first = std::move(second);
  }
  record(first);
  judge_chain(first);
  if (first.completed) {
    if (first.version < TLS1_2_VERSION) out_.old_protocol = first.protocol;
    else if (!deadline_.expired()) ask_aside();
  }
  out_.duration_ms = elapsed_ms(started);
  out_.round_trips = round_trips_;
  return std::move(out_);
}

}  // namespace

TlsObservation observe_tls(const TlsRequest& request, Deadline deadline, const std::stop_token& stop) { return Observer(request, deadline, stop).run(); }

}  // namespace wbverify
