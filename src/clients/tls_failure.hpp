#pragma once
#include <cstddef>
#include <string>

namespace wbverify::tls {

/// What is known of a handshake that did not end well.
struct Failure {
  static constexpr std::size_t most_first_bytes = 96;

  std::string transport;            ///< `timed-out`, `closed`, `reset`, `too-much`, `stopped`, or empty
  unsigned long openssl = 0;        ///< oldest code of the error queue
  std::string first_bytes;          ///< of the answer
  std::size_t received = 0;
  bool certificate_asked = false;   ///< the server wanted one of the client
};

struct Explanation {
  std::string cause, text;     ///< as in TlsObservation
  bool laxer_may_help = false; ///< old versions, weak keys or ciphers may be all that the server has
};

/// Names what stopped a handshake. Bytes that are no TLS count more than what OpenSSL makes of them.
Explanation explain(const Failure& failure);

}  // namespace wbverify::tls
