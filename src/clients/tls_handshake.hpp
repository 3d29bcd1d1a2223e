#pragma once
#include <set>

#include "clients/tls.hpp"
#include "clients/tls_openssl.hpp"

namespace wbverify::tls {

/// What one handshake offers.
struct HandshakeRules {
  int lowest = TLS1_2_VERSION, highest = TLS1_3_VERSION;
  int security_level = 2;               ///< of Debian, Ubuntu, Red Hat, and of Python everywhere
  std::string ciphers = "DEFAULT";      ///< up to TLS 1.2
  bool old_renegotiation = false;       ///< servers without RFC 5746, which OpenSSL 3 refuses
  bool name = true;                     ///< send SNI
  std::vector<std::string> alpn;
};

struct HandshakeOutcome {
  bool completed = false;
  std::string cause, text;              ///< as in TlsObservation, when not
  bool laxer_may_help = false;          ///< the rules, not the connection, stood in the way
  int version = 0;
  std::string protocol, cipher, alpn;
  bool forward_secrecy = true;
  bool certificate_asked = false;
  std::vector<X509Ptr> chain;           ///< as sent, leaf first; also when the handshake failed later
  std::string staple;                   ///< DER, empty when none came
};

/// One handshake over a connection that is ready for a ClientHello. Trust is not looked at. Ends with close_notify.
HandshakeOutcome shake_hands(const Socket& socket, const std::string& server_name, const HandshakeRules& rules, Deadline deadline,
                             const std::stop_token& stop = {});

}  // namespace wbverify::tls
