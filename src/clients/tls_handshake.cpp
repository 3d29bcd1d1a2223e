#include "clients/tls_handshake.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <new>

#include "clients/tcp.hpp"
#include "clients/tls_failure.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify::tls {
namespace {

constexpr std::size_t most_bytes = 1U << 20;          ///< read in one handshake; the largest chains in use stay below 64 KiB
constexpr std::size_t largest_chain = 256U << 10;     ///< bytes of certificates, instead of OpenSSL's 100 KiB: 2,000 names take 60
constexpr std::chrono::seconds second_thoughts{1};    ///< TLS 1.3 refuses a missing client certificate after the handshake

class Handshake {
 public:
  Handshake(const Socket& socket, const std::string& server_name, const HandshakeRules& rules, Deadline deadline, const std::stop_token& stop);
  HandshakeOutcome run();

 private:
  bool flush();
  bool fill(Deadline deadline);
  bool wait(short events, Deadline deadline);
  bool connect();
  void hear_refusal();
  void describe_session();
  static int keep_chain(X509_STORE_CTX* store, void* self);
  static int no_certificate(SSL* ssl, X509** certificate, EVP_PKEY** key);
  static int new_session(SSL* ssl, SSL_SESSION* session);
  static Handshake& of(SSL* ssl) { return *static_cast<Handshake*>(SSL_get_app_data(ssl)); }

  const Socket& socket_;
  Deadline deadline_;
  const std::stop_token& stop_;
  ContextPtr context_;
  SslPtr ssl_;
  BIO *in_ = nullptr, *out_ = nullptr;   // owned by ssl_
  Failure failure_;
  bool ticket_ = false;
  HandshakeOutcome outcome_;
};

Handshake::Handshake(const Socket& socket, const std::string& server_name, const HandshakeRules& rules, Deadline deadline, const std::stop_token& stop)
    : socket_(socket), deadline_(deadline), stop_(stop), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* context = context_.get();
  if (context == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context, rules.lowest);
  SSL_CTX_set_max_proto_version(context, rules.highest);
  SSL_CTX_set_cipher_list(context, (rules.ciphers + ":@SECLEVEL=" + std::to_string(rules.security_level)).c_str());
  SSL_CTX_set_max_cert_list(context, largest_chain);
  if (rules.old_renegotiation) {
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  } else {
    SSL_CTX_clear_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  }
  // The chain is judged afterwards, by tls_verify; until then nothing but the handshake goes over the connection.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, keep_chain, this);
  SSL_CTX_set_client_cert_cb(context, no_certificate);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, new_session);
  ssl_.reset(SSL_new(context));
  SSL* ssl = ssl_.get();
  if (ssl == nullptr) throw std::bad_alloc();
  SSL_set_app_data(ssl, this);
  in_ = BIO_new(BIO_s_mem());
  out_ = BIO_new(BIO_s_mem());
  if (in_ == nullptr || out_ == nullptr) throw std::bad_alloc();
  BIO_set_mem_eof_return(in_, -1);
  SSL_set_bio(ssl, in_, out_);
  SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
  // RFC 6066 §3: no address in SNI.
  if (rules.name && !server_name.empty() && !is_ip(server_name)) {
    std::string name = server_name;   // SSL_set_tlsext_host_name is a macro with a cast of C
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  std::string protocols;
  for (const auto& protocol : rules.alpn) protocols += static_cast<char>(protocol.size()) + protocol;
  if (!protocols.empty()) SSL_set_alpn_protos(ssl, bytes_of(protocols), static_cast<unsigned int>(protocols.size()));
}

int Handshake::keep_chain(X509_STORE_CTX* store, void* self) {
  auto& chain = static_cast<Handshake*>(self)->outcome_.chain;
  const STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) chain.push_back(share(sk_X509_value(sent, i)));
  if (X509* leaf = X509_STORE_CTX_get0_cert(store); chain.empty() && leaf != nullptr) chain.push_back(share(leaf));
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

int Handshake::no_certificate(SSL* ssl, X509**, EVP_PKEY**) {
  of(ssl).outcome_.certificate_asked = true;
  return 0;
}

int Handshake::new_session(SSL* ssl, SSL_SESSION*) {
  of(ssl).ticket_ = true;
  return 0;
}

bool Handshake::wait(short events, Deadline deadline) {
  if (tcp::wait(socket_.fd(), events, deadline, stop_)) return true;
  failure_.transport = stop_.stop_requested() ? "stopped" : "timed-out";
  return false;
}

bool Handshake::flush() {
  char* data = nullptr;
  long left = BIO_get_mem_data(out_, &data);
  while (left > 0) {
    const ssize_t sent = ::send(socket_.fd(), data, static_cast<std::size_t>(left), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      data += sent;
      left -= sent;
    } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!wait(POLLOUT, deadline_)) return false;
    } else if (errno != EINTR) {
      // What the server said before it went, an alert mostly, is still in the queue: fill() reads it.
      break;
    }
  }
  BIO_reset(out_);
  return true;
}

bool Handshake::fill(Deadline deadline) {
  std::array<char, 16384> part{};
  for (;;) {
    if (!wait(POLLIN, deadline)) return false;
    const ssize_t got = recv(socket_.fd(), part.data(), part.size(), MSG_DONTWAIT);
    if (got > 0) {
      const auto size = static_cast<std::size_t>(got);
      failure_.received += size;
      if (failure_.first_bytes.size() < Failure::most_first_bytes) {
        failure_.first_bytes.append(part.data(), std::min(size, Failure::most_first_bytes - failure_.first_bytes.size()));
      }
      if (failure_.received > most_bytes) {
        failure_.transport = "too-much";
        return false;
      }
      BIO_write(in_, part.data(), static_cast<int>(got));
      return true;
    }
    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) continue;
    failure_.transport = got == 0 ? "closed" : "reset";
    return false;
  }
}

bool Handshake::connect() {
  for (;;) {
    ERR_clear_error();
    const int done = SSL_connect(ssl_.get());
    const int error = SSL_get_error(ssl_.get(), done);
    if (done != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      failure_.openssl = ERR_peek_error();
      flush();   // the alert that tells the server why
      return false;
    }
    if (!flush()) return false;
    if (done == 1) return true;
    if (error == SSL_ERROR_WANT_READ && !fill(deadline_)) return false;
  }
}

/// In TLS 1.3 the client is done before the server has looked at its certificate, or at the lack of one. A session ticket or
/// data says that it went on.
void Handshake::hear_refusal() {
  const Deadline patience = deadline_.within(second_thoughts);
  std::array<char, 64> ignored{};
  while (!ticket_) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size()));
    if (got > 0 || ticket_) return;
    if (SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ) {
      if (!flush()) return;
      if (fill(patience)) continue;
      if (failure_.transport == "timed-out" || failure_.transport == "stopped") {
        failure_.transport.clear();
        return;
      }
    } else {
      failure_.openssl = ERR_peek_error();
    }
    outcome_.completed = false;
    return;
  }
}

void Handshake::describe_session() {
  const SSL* ssl = ssl_.get();
  outcome_.version = SSL_version(ssl);
  outcome_.protocol = SSL_get_version(ssl);
  if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl); cipher != nullptr) {
    outcome_.cipher = SSL_CIPHER_get_name(cipher);
    const int exchange = SSL_CIPHER_get_kx_nid(cipher);
    outcome_.forward_secrecy = exchange != NID_kx_rsa && exchange != NID_kx_psk && exchange != NID_kx_rsa_psk;
  }
  const unsigned char* alpn = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &size);
  if (size > 0) outcome_.alpn = for_display({reinterpret_cast<const char*>(alpn), size}, 32);
  unsigned char* staple = nullptr;
  const long length = SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &staple);
  if (length > 0) outcome_.staple.assign(reinterpret_cast<const char*>(staple), static_cast<std::size_t>(length));
}

HandshakeOutcome Handshake::run() {
  outcome_.completed = connect();
  if (outcome_.completed) {
    describe_session();
    if (outcome_.version >= TLS1_3_VERSION && outcome_.certificate_asked) hear_refusal();
    if (outcome_.completed && SSL_shutdown(ssl_.get()) >= 0) flush();
  }
  if (!outcome_.completed) {
    failure_.certificate_asked = outcome_.certificate_asked;
    const Explanation explanation = explain(failure_);
    outcome_.cause = explanation.cause;
    outcome_.text = explanation.text;
    outcome_.laxer_may_help = explanation.laxer_may_help;
  }
  ERR_clear_error();
  return std::move(outcome_);
}

}  // namespace

HandshakeOutcome shake_hands(const Socket& socket, const std::string& server_name, const HandshakeRules& rules, Deadline deadline,
                             const std::stop_token& stop) {
  return Handshake(socket, server_name, rules, deadline, stop).run();
}

}  // namespace wbverify::tls
