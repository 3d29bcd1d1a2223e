#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clients/reach.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// Name and connections of HOST.
struct HostNetworkFacts {
  std::string scheme;
  Reach reach;
};
WBVERIFY_FACTS(HostNetworkFacts);

/// One request and what came back, as far as a check may need it. Texts are bounded and clean.
struct HttpAnswer {
  std::string url;                              ///< as asked
  std::string cause, text;                      ///< of HttpClient, when no answer came
  std::string blame;                            ///< name() of a Blame
  bool transient = false;
  int status = 0;                               ///< 0: no answer came
  std::string version;                          ///< HTTP/1.1, HTTP/2
  std::string address;                          ///< of the peer
  std::map<std::string, std::string> headers;   ///< those that tell something, names in lower case; `location` without its query
  std::vector<std::string> cookies;             ///< names only
  std::string title;                            ///< of an HTML page
  std::string excerpt;                          ///< first 300 bytes of the body
  std::uint64_t body_bytes = 0;                 ///< that were read
  bool html = false;                            ///< the body is a web page, whatever its type says
  std::vector<std::string> marks;               ///< ids of facts_marks.hpp found in the body
  std::string own_url;                          ///< the URL that the server's env.js says it has, or empty
  double duration_ms = 0;
  std::int64_t asked_at = 0, answered_at = 0;   ///< this machine's clock, Unix milliseconds

  bool answered() const { return status != 0; }
  bool redirects() const { return status >= 300 && status < 400 && headers.contains("location"); }
  bool is_gateway_error() const { return status == 502 || status == 503 || status == 504; }
  bool has_mark(const std::string& id) const;
  /// The header's value, or empty.
  std::string header(const std::string& name) const;
};

/// What HOST answers over HTTP.
struct HostHttpFacts {
  std::string scheme, host, origin;   ///< of HOST
  std::uint16_t port = 0;
  HttpAnswer root, healthz, ready, env;
  std::optional<HttpAnswer> plain;    ///< http:// of an https HOST; nothing when nobody listens there or HOST is http
  std::string plain_url;              ///< the URL asked, or that would have been
  std::string curl_options;           ///< what curl needs to come to the same place: ` --cacert …`, ` --resolve …`
  std::string plain_cause;            ///< why there was no listener: cause of its TCP connection
};
WBVERIFY_FACTS(HostHttpFacts);

}  // namespace wbverify
