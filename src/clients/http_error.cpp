#include "clients/http_error.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "core/display.hpp"
#include "util/limits.hpp"
#include "util/text.hpp"

namespace wbverify::http {
namespace {

constexpr std::string_view stopped_unsent = "stopped before the request was sent";

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string doing(const Failure& failure) {
  switch (failure.stage) {
    case Stage::connecting: return "while the connection was being opened";
    case Stage::tls: return "during the TLS handshake";
    case Stage::sending: return "after " + std::to_string(failure.uploaded) + " of " + std::to_string(failure.size) + " bytes of the body were sent";
    case Stage::sent: return "before a byte of the answer came";
    case Stage::answering: return "in the middle of the answer";
  }
  return "";
}

Error connect_error(const Failure& failure) {
  note_shortage(failure.error);
  switch (failure.error) {
    case ECONNREFUSED: return {"refused", "connection refused", Blame::target, true};
    case ETIMEDOUT: return {"timed-out", "no answer to the attempt to connect", Blame::path, true};
    case ECONNRESET: return {"reset", "the connection was reset while it was being opened", Blame::target, true};
    case ENETUNREACH:
    case EHOSTUNREACH: return {"unreachable", "no route to that address", Blame::path, true};
    default: break;
  }
  // curl gives up an address after its share of the time and then tells no errno.
  if (has(failure.text, "timed out") || has(failure.text, "Timeout")) return too_late(Stage::connecting, failure.seconds);
  return {"unreachable", failure.text, Blame::path, true};
}

Error tls_error(const Failure& failure) {
  if (failure.error == ECONNRESET || has(failure.text, "reset by peer")) return {"reset", "the connection was reset during the TLS handshake", Blame::target, true};
  if (has(failure.text, "SSL_ERROR_SYSCALL") || has(failure.text, "unexpected eof")) {
    return {"closed", "the connection was closed during the TLS handshake", Blame::target, true};
  }
  if (has(failure.text, "wrong version number") || has(failure.text, "packet length too long")) {
    return {"tls-failed", "that port does not speak TLS (" + failure.text + ")", Blame::target, false};
  }
  return {"tls-failed", "the TLS handshake failed: " + failure.text, Blame::target, false};
}

Error broken(const Failure& failure) {
  if (failure.error == ECONNRESET || failure.error == EPIPE || has(failure.text, "reset by peer")) {
    return {"reset", "the connection was reset " + doing(failure), Blame::target, true};
  }
  // In TLS 1.3 a refusal of the client's certificate comes after the handshake (RFC 8446 §4.4.2.4).
  if (has(failure.text, "alert")) return {"tls-failed", "the server ended TLS: " + failure.text, Blame::target, false};
  if (failure.error == ETIMEDOUT) return {"timed-out", "no answer " + doing(failure), Blame::path, true};
  if (has(failure.text, "headers") && has(failure.text, "arge")) return {"headers-too-large", failure.text, Blame::target, false};
  return {"closed", "the connection broke " + doing(failure) + ": " + failure.text, Blame::target, true};
}

}  // namespace

Error stopped_at(Stage stage) {
  const bool unsent = stage == Stage::connecting || stage == Stage::tls;
  return {"stopped", std::string(unsent ? stopped_unsent : "stopped before the answer came"), Blame::machine, true};
}

bool never_sent(std::string_view cause, std::string_view text) {
  constexpr std::array<std::string_view, 6> causes = {"dns-failed", "refused", "unreachable", "tls-untrusted", "tls-name", "bad-url"};
  return std::find(causes.begin(), causes.end(), cause) != causes.end() || (cause == "stopped" && text == stopped_unsent);
}

Error too_late(Stage stage, double seconds) {
  char time[32];
  std::snprintf(time, sizeof time, "%.1f s", seconds);
  const std::string end = std::string(" after ") + time;
  switch (stage) {
    case Stage::connecting: return {"timed-out", "no connection" + end, Blame::path, true};
    case Stage::tls: return {"timed-out", "the connection is open, but the TLS handshake has not ended" + end, Blame::target, true};
    case Stage::sending: return {"timed-out", "the server has not taken the whole request" + end, Blame::target, true};
    case Stage::sent: return {"timed-out", "the request was sent, but no answer has come" + end, Blame::target, true};
    case Stage::answering: return {"timed-out", "the answer has begun and not ended" + end, Blame::target, true};
  }
  return {};
}

Error explain(const Failure& given) {
  Failure failure = given;
  failure.text = for_display(given.text, 300);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST: return {"dns-failed", failure.text, Blame::path, true};
    case CURLE_COULDNT_CONNECT: return connect_error(failure);
    case CURLE_OPERATION_TIMEDOUT: return too_late(failure.stage, failure.seconds);
    case CURLE_PEER_FAILED_VERIFICATION:
      // The name is looked at after the chain; curl's words are all that tells the two apart.
      if (has(failure.text, "target host") || has(failure.text, "common name")) return {"tls-name", failure.text, Blame::target, false};
      return {"tls-untrusted", failure.text, Blame::target, false};
    case CURLE_SSL_CONNECT_ERROR: return tls_error(failure);
    case CURLE_GOT_NOTHING:
      return {"closed", "the connection was closed " + (failure.stage == Stage::sending ? doing(failure) : std::string("without an answer")), Blame::target, true};
    case CURLE_PARTIAL_FILE: return {"closed", "the connection was closed in the middle of the answer (" + failure.text + ")", Blame::target, true};
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return broken(failure);
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return {"http2-error", "the exchange failed in HTTP/2: " + failure.text, Blame::target, true};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING: return {"not-http", "the answer is not HTTP (" + failure.text + ")", Blame::target, false};
    // A single line beyond curl's own limit of 100 KiB: an error of memory before curl 8.6, then one of size.
    case CURLE_OUT_OF_MEMORY:
    case 100: return {"headers-too-large", "a header of the answer is larger than 100 KiB", Blame::target, false};
    case CURLE_URL_MALFORMAT: return {"bad-url", failure.text, Blame::machine, false};
    default: return {"closed", failure.text, Blame::target, false};
  }
}

}  // namespace wbverify::http
