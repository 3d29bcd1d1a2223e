#include "tls_lab.hpp"

#include <netinet/in.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>

namespace wbverify::test {
namespace {

KeyPtr own(EVP_PKEY* key) {
  if (key == nullptr) throw std::runtime_error("no key");
  return {key, EVP_PKEY_free};
}

void need(bool fine, const std::string& what) {
  if (fine) return;
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  throw std::runtime_error(what + ": " + text.data());
}

void set_time(ASN1_TIME* time, double days) {
  ASN1_TIME_adj(time, std::time(nullptr), 0, static_cast<long>(days * 86400));
}

/// The macros of OpenSSL cast in the way of C.
template <class F>
void call_back(SSL_CTX* context, int what, F function) {
  SSL_CTX_callback_ctrl(context, what, reinterpret_cast<void (*)()>(function));
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  need(extension != nullptr, "extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

KeyPtr ec_key(const char* curve) { return own(EVP_EC_gen(curve)); }
KeyPtr rsa_key(int bits) { return own(EVP_RSA_gen(static_cast<unsigned int>(bits))); }
KeyPtr ed25519_key() { return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

std::string Issued::pem() const {
  const tls::BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Wish authority(const std::string& name) {
  Wish wish;
  wish.subject = {{"CN", name}};
  wish.san = wish.extended_usage = "";
  wish.to_days = 3650;
  wish.ca = true;
  wish.usage = "critical,keyCertSign,cRLSign";
  return wish;
}

Issued issue(const Wish& wish, const Issued* issuer) {
  static std::atomic<long> serial = 1000;
  Issued out;
  out.key = wish.key ? wish.key : ec_key();
  out.certificate = {X509_new(), X509_free};
  X509* x = out.certificate.get();
  X509* parent = issuer != nullptr ? issuer->certificate.get() : x;
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  set_time(X509_getm_notBefore(x), wish.from_days);
  set_time(X509_getm_notAfter(x), wish.to_days);
  for (const auto& [field, value] : wish.subject) {
    need(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), field.c_str(), MBSTRING_UTF8, tls::bytes_of(value), static_cast<int>(value.size()), -1, 0) == 1, field);
  }
  X509_set_issuer_name(x, X509_get_subject_name(parent));
  X509_set_pubkey(x, out.key.get());
  extend(x, parent, NID_basic_constraints,
         wish.ca ? "critical,CA:TRUE" + (wish.path_length >= 0 ? ",pathlen:" + std::to_string(wish.path_length) : "") : "critical,CA:FALSE");
  if (wish.key_ids) {
    extend(x, parent, NID_subject_key_identifier, "hash");
    if (issuer != nullptr) extend(x, parent, NID_authority_key_identifier, "keyid:always");
  }
  if (!wish.usage.empty()) extend(x, parent, NID_key_usage, wish.usage);
  if (!wish.extended_usage.empty()) extend(x, parent, NID_ext_key_usage, wish.extended_usage);
  if (!wish.san.empty()) extend(x, parent, NID_subject_alt_name, wish.san);
  for (const auto& [nid, value] : wish.extensions) extend(x, parent, nid, value);
  EVP_PKEY* signer = issuer != nullptr ? issuer->key.get() : out.key.get();
  const bool own_digest = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519;
  need(X509_sign(x, signer, own_digest ? nullptr : EVP_get_digestbyname(wish.digest.c_str())) > 0, "signing");
  return out;
}

Issued damaged(const Issued& issued) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(issued.certificate.get(), &der);
  der[size - 1] ^= 1;
  const unsigned char* at = der;
  Issued out{{d2i_X509(nullptr, &at, size), X509_free}, issued.key};
  OPENSSL_free(der);
  return out;
}

PemFile::PemFile(const std::string& text) {
  std::string name = "/tmp/wbverify-tls-test-XXXXXX";
  const int fd = mkstemp(name.data());
  close(fd);
  path_ = name;
  std::ofstream(path_) << text;
}
PemFile::~PemFile() { unlink(path_.c_str()); }

Listener::Listener(std::function<void(int, const std::atomic<bool>&)> serve) : serve_(std::move(serve)) {
  signal(SIGPIPE, SIG_IGN);   // OpenSSL writes to sockets with write()
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  need(bind(fd_, generic, size) == 0 && listen(fd_, 64) == 0 && getsockname(fd_, generic, &size) == 0, "listening");
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] {
    while (!stop_) {
      pollfd entry{fd_, POLLIN, 0};
      if (poll(&entry, 1, 20) <= 0) continue;
      const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      ++connections_;
      threads_.emplace_back([this, fd] {
        serve_(fd, stop_);
        close(fd);
      });
    }
  });
}

Listener::~Listener() {
  stop_ = true;
  accepting_.join();
  for (auto& thread : threads_) thread.join();
  close(fd_);
}

TlsRequest Listener::request(const std::string& name) const {
  TlsRequest request;
  request.server_name = name;
  request.system_trust = false;
  request.address = "127.0.0.1";
  request.port = port_;
  request.connect = [port = port_](Deadline deadline) { return connect_tcp("127.0.0.1", port, deadline); };
  return request;
}

std::unique_ptr<Listener> tls_server(const ServerWish& wish) {
  const auto make = [wish](const Issued& leaf, const std::vector<Issued>& chain) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX* c = context.get();
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_min_proto_version(c, wish.lowest);
    SSL_CTX_set_max_proto_version(c, wish.highest);
    need(SSL_CTX_set_cipher_list(c, wish.ciphers.c_str()) == 1, "ciphers");
    if (!wish.groups.empty()) need(SSL_CTX_set1_groups_list(c, wish.groups.c_str()) == 1, "groups");
    if (!wish.signatures.empty()) need(SSL_CTX_set1_sigalgs_list(c, wish.signatures.c_str()) == 1, "signature algorithms");
    need(SSL_CTX_use_certificate(c, leaf.certificate.get()) == 1, "certificate");
    need(SSL_CTX_use_PrivateKey(c, leaf.key.get()) == 1, "key");
    for (const auto& link : chain) need(SSL_CTX_add1_chain_cert(c, link.certificate.get()) == 1, "chain");
    SSL_CTX_set_mode(c, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_dh_auto(c, 1);
    SSL_CTX_set_verify(c, wish.client_certificates, nullptr);
    if (!wish.tickets) {
      SSL_CTX_set_num_tickets(c, 0);
      SSL_CTX_set_options(c, SSL_OP_NO_TICKET);
    }
    return context;
  };
  const auto context = make(wish.leaf, wish.chain);
  if (wish.other.certificate) {
    // The name decides which context answers; what is given first is for those who say none.
    static const auto by_name = +[](SSL* ssl, int*, void* named) {
      if (SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) != nullptr) SSL_set_SSL_CTX(ssl, static_cast<SSL_CTX*>(named));
      return SSL_TLSEXT_ERR_OK;
    };
    const auto outer = make(wish.other, {});
    call_back(outer.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, by_name);
    SSL_CTX_set_tlsext_servername_arg(outer.get(), context.get());
    return std::make_unique<Listener>([outer, context](int fd, const std::atomic<bool>&) {
      const tls::SslPtr ssl(SSL_new(outer.get()));
      SSL_set_fd(ssl.get(), fd);
      std::array<char, 16> ignored{};
      if (SSL_accept(ssl.get()) == 1) SSL_read(ssl.get(), ignored.data(), 16);
      ERR_clear_error();
    });
  }
  const auto staple = std::make_shared<std::string>(wish.staple);
  if (!staple->empty()) {
    static const auto give = +[](SSL* ssl, void* text) {
      const auto& bytes = *static_cast<std::string*>(text);
      auto* copy = static_cast<unsigned char*>(OPENSSL_malloc(bytes.size()));
      std::copy(bytes.begin(), bytes.end(), copy);
      SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(bytes.size()));
      return SSL_TLSEXT_ERR_OK;
    };
    call_back(context.get(), SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, give);
    SSL_CTX_set_tlsext_status_arg(context.get(), staple.get());
  }
  return std::make_unique<Listener>([context, staple](int fd, const std::atomic<bool>&) {
    const tls::SslPtr ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), fd);
    std::array<char, 16> ignored{};
    if (SSL_accept(ssl.get()) == 1) {
      SSL_read(ssl.get(), ignored.data(), 16);
    } else {
      // A close with unread bytes would turn the alert into a reset.
      shutdown(fd, SHUT_WR);
      while (recv(fd, ignored.data(), ignored.size(), 0) > 0) {
      }
    }
    ERR_clear_error();
  });
}

std::string ocsp_answer(const Issued& leaf, const Issued& issuer, int status) {
  const std::unique_ptr<OCSP_BASICRESP, tls::Freer<OCSP_BASICRESP_free>> basic(OCSP_BASICRESP_new());
  const std::unique_ptr<OCSP_CERTID, tls::Freer<OCSP_CERTID_free>> id(OCSP_cert_to_id(EVP_sha1(), leaf.certificate.get(), issuer.certificate.get()));
  ASN1_TIME* before = X509_gmtime_adj(nullptr, -3600);
  ASN1_TIME* after = X509_gmtime_adj(nullptr, 86400);
  OCSP_basic_add1_status(basic.get(), id.get(), status, OCSP_REVOKED_STATUS_KEYCOMPROMISE, before, before, after);
  need(OCSP_basic_sign(basic.get(), issuer.certificate.get(), issuer.key.get(), EVP_sha256(), nullptr, 0) == 1, "OCSP");
  const std::unique_ptr<OCSP_RESPONSE, tls::Freer<OCSP_RESPONSE_free>> response(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  ASN1_TIME_free(before);
  ASN1_TIME_free(after);
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_RESPONSE(response.get(), &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

TlsObservation observe(const Listener& server, const std::vector<Issued>& roots, const std::string& name, std::chrono::milliseconds limit) {
  std::string text;
  for (const auto& root : roots) text += root.pem();
  const PemFile file(text);
  TlsRequest request = server.request(name);
  if (!roots.empty()) request.ca_files = {file.path()};
  request.alpn = {"h2", "http/1.1"};
  request.probe_without_name = true;
  return observe_tls(request, Deadline::after(limit));
}

TlsObservation observe(const ServerWish& wish, const std::vector<Issued>& roots, const std::string& name) {
  return observe(*tls_server(wish), roots, name);
}

}  // namespace wbverify::test
