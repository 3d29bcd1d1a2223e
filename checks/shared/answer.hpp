#pragma once
// An HTTP exchange as checks see it, and who it was that answered.
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/http.hpp"
#include "clients/location.hpp"

namespace wbverify {

/// One request and what came back, as far as a check may need it. Texts are bounded and clean.
struct HttpAnswer {
  std::string method = "GET";
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
  std::vector<std::string> marks;               ///< ids of answer_marks.hpp found in the body
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
void to_json(nlohmann::json& json, const HttpAnswer& answer);
void from_json(const nlohmann::json& json, HttpAnswer& answer);

/// The body of a stranger's answer (HttpResponse::stranger) leaves no text in it: a server can send us to any address.
/// What a check may know of an exchange that began at `asked_at`, in Unix milliseconds of this machine.
HttpAnswer make_answer(const std::string& url, const Result<HttpResponse>& result, std::int64_t asked_at);

/// Unix seconds of a Date header in the form that servers must use (IMF-fixdate, RFC 9110 §5.6.7); nothing for any other text.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace wbverify
