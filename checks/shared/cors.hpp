#pragma once
// What browsers are told about requests from another origin, and what they make of it.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "clients/http.hpp"
#include "clients/s3_xml.hpp"

namespace wbverify {

/// The Access-Control-* headers of an answer.
struct CorsHeaders {
  std::vector<std::string> allow_origin;  ///< every header of that name: more than one is an error to browsers
  std::vector<std::string> allow_methods, allow_headers, expose_headers;  ///< the lists' words
  bool allow_credentials = false;
};
void to_json(nlohmann::json& json, const CorsHeaders& headers);
void from_json(const nlohmann::json& json, CorsHeaders& headers);

CorsHeaders read_cors_headers(const ReceivedHeaders& headers);

/// A question that a browser asks before it sends a request from another origin, whoever sent it for us.
struct CorsExchange {
  std::string method, request_headers;  ///< asked for; headers sorted and separated by commas, or empty
  int status = 0;                       ///< of the answer; 0: none came
  std::string cause;                    ///< why none came
  CorsHeaders cors;
};

/// What is wrong with a preflight's answer, empty when the browser goes on: `refused` `redirected` `no-cors-headers`
/// `two-origins` `other-origin` `method-not-listed` `headers-not-listed`, or the cause of having no answer.
std::string preflight_cause(const CorsExchange& exchange, std::string_view origin);
/// The same for the headers of the answer proper: `no-cors-headers` `two-origins` `other-origin`.
std::string answer_cause(const CorsHeaders& cors, std::string_view origin);
/// Pages see the ETag of the answer.
bool exposes_etag(const CorsHeaders& cors);

/// What was seen, one sentence, for the causes of preflight_cause. `told` is the answer in words: `403 AccessDenied`.
std::string describe_preflight(const std::string& cause, const CorsExchange& exchange, const std::string& told);
/// What a browser on a page of that origin has to be told, one sentence.
std::string expected_of_preflight(std::string_view origin);
/// What goes wrong when it is told something else.
std::string_view why_preflight();
std::string_view why_etag();
/// What to do where a proxy, not the store, is at fault: `two-origins` `options-swallowed`, and for other causes a
/// proxy that answers OPTIONS by itself.
std::string_view fix_cors_at_proxy(const std::string& cause);

/// W&B's rule for pages of the origin, with the rules that are there behind it, in the form of `aws s3api
/// put-bucket-cors`.
std::string cors_configuration(const std::string& origin, const std::vector<CorsRule>& present);
/// How MinIO, which has one setting for the whole store, lets pages of the origin in.
std::string allow_origin_in_minio(const std::string& origin);
/// curl's words for the preflight, without `curl` itself.
std::string curl_preflight(const std::string& origin, const std::string& method, const std::string& request_headers,
                           const std::string& url);

}  // namespace wbverify
