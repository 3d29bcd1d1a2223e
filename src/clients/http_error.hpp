#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace wbverify::http {

/// How far an exchange came.
enum class Stage { connecting, tls, sending, sent, answering };

/// What is known of an exchange that failed in libcurl.
struct Failure {
  int code = 0;          ///< CURLcode
  int error = 0;         ///< errno of the socket, 0 when unknown
  Stage stage = Stage::connecting;
  std::string text;      ///< libcurl's words
  double seconds = 0;    ///< since the beginning
  std::uint64_t uploaded = 0, size = 0;   ///< bytes of the request's body
};

/// The error of an exchange, in the causes of HttpClient.
Error explain(const Failure& failure);
/// Why an exchange ended that was asked to stop.
Error stopped_at(Stage stage);
/// Whether an exchange that failed with this cause and text certainly sent nothing of its request.
bool never_sent(std::string_view cause, std::string_view text);
/// The deadline came first.
Error too_late(Stage stage, double seconds);

}  // namespace wbverify::http
