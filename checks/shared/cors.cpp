#include "checks/shared/cors.hpp"

#include <algorithm>

#include "checks/policy.hpp"
#include "core/display.hpp"
#include "util/json.hpp"
#include "util/json_members.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& w) { return iequals(w, word); });
}

void add_words(std::vector<std::string>& list, std::string_view value) {
  constexpr std::size_t most = 64;
  for (const auto& part : split(value.substr(0, 4096), ',')) {
    if (const auto word = for_display(part, 100); !word.empty() && list.size() < most) list.push_back(word);
  }
}

nlohmann::json rule_json(const CorsRule& rule) {
  nlohmann::json out = {{"AllowedOrigins", rule.origins}, {"AllowedMethods", rule.methods}};
  if (!rule.headers.empty()) out["AllowedHeaders"] = rule.headers;
  if (!rule.expose.empty()) out["ExposeHeaders"] = rule.expose;
  return out;
}

}  // namespace

WBVERIFY_JSON(CorsHeaders, allow_origin, allow_methods, allow_headers, expose_headers, allow_credentials)

CorsHeaders read_cors_headers(const ReceivedHeaders& headers) {
  CorsHeaders cors;
  for (const auto& [name, value] : headers) {
    if (iequals(name, "access-control-allow-origin")) cors.allow_origin.push_back(for_display(value, 200));
    if (iequals(name, "access-control-allow-methods")) add_words(cors.allow_methods, value.unread());
    if (iequals(name, "access-control-allow-headers")) add_words(cors.allow_headers, value.unread());
    if (iequals(name, "access-control-expose-headers")) add_words(cors.expose_headers, value.unread());
    if (iequals(name, "access-control-allow-credentials")) cors.allow_credentials = trim(value.unread()) == "true";
  }
  return cors;
}

std::string answer_cause(const CorsHeaders& cors, std::string_view origin) {
  if (cors.allow_origin.empty()) return "no-cors-headers";
  if (cors.allow_origin.size() > 1 || cors.allow_origin.front().find(',') != std::string::npos) return "two-origins";
  const std::string& allowed = cors.allow_origin.front();
  return allowed == "*" || allowed == origin ? "" : "other-origin";
}

std::string preflight_cause(const CorsExchange& exchange, std::string_view origin) {
  if (exchange.status == 0) return exchange.cause.empty() ? "stopped" : exchange.cause;
  if (exchange.status >= 300 && exchange.status < 400) return "redirected";
  if (exchange.status < 200 || exchange.status >= 300) return "refused";
  const CorsHeaders& cors = exchange.cors;
  if (auto cause = answer_cause(cors, origin); !cause.empty()) return cause;
  // Fetch standard §3.2.5: GET, HEAD and POST need not be listed; a star counts as long as no cookies are sent.
  const bool listed = contains(cors.allow_methods, exchange.method) || contains(cors.allow_methods, "*");
  if (!listed && exchange.method != "GET" && exchange.method != "HEAD") return "method-not-listed";
  for (const auto& header : split(exchange.request_headers, ',')) {
    if (!header.empty() && !contains(cors.allow_headers, header) && !contains(cors.allow_headers, "*")) {
      return "headers-not-listed";
    }
  }
  return "";
}

bool exposes_etag(const CorsHeaders& cors) {
  return contains(cors.expose_headers, "etag") || contains(cors.expose_headers, "*");
}

std::string describe_preflight(const std::string& cause, const CorsExchange& exchange, const std::string& told) {
  const CorsHeaders& cors = exchange.cors;
  const std::string origins = for_display(join(cors.allow_origin, " and "), 200);
  if (cause == "two-origins") return "The answer has more than one Access-Control-Allow-Origin: " + origins + ".";
  if (cause == "other-origin") return "The answer allows the origin " + origins + ".";
  if (cause == "method-not-listed") {
    return "The answer allows " + (cors.allow_methods.empty() ? "no method" : join(cors.allow_methods, ", ")) + ".";
  }
  if (cause == "headers-not-listed") {
    return "The answer allows the headers " + (cors.allow_headers.empty() ? "none" : join(cors.allow_headers, ", ")) +
           ", asked for were " + exchange.request_headers + ".";
  }
  if (cause == "redirected") {
    return "The preflight is answered with " + told + ", a redirect, which browsers do not follow.";
  }
  if (cause == "refused") return "The preflight is answered with " + told + ".";
  return "The preflight is answered with " + std::to_string(exchange.status) +
         ", without any Access-Control-Allow-Origin.";
}

std::string expected_of_preflight(std::string_view origin) {
  return "A 2xx answer with one Access-Control-Allow-Origin, " + std::string(origin) +
         " or *, that lists the method and the headers.";
}

std::string_view why_preflight() {
  return "Browsers ask the bucket by themselves before they load or upload from a page of W&B. At anything but a clear "
         "yes they stop, and the console shows an error of CORS; the command line is not concerned.";
}

std::string_view why_etag() {
  return "An upload in parts is put together by the ETag of each part; a page that cannot read it cannot finish the "
         "upload.";
}

std::string_view fix_cors_at_proxy(const std::string& cause) {
  if (cause == "two-origins") {
    return "Store and proxy both add the header, and browsers refuse two. Take it out of the proxy: remove add_header "
           "Access-Control-Allow-Origin from its nginx configuration, or enable-cors from the annotations of the "
           "ingress.";
  }
  if (cause == "options-swallowed") {
    return "The store allows this origin, so a proxy in front answers OPTIONS by itself. Let it go through: remove the "
           "block that begins with if ($request_method = OPTIONS) from its nginx configuration.";
  }
  return "Something in front of the store answers OPTIONS by itself. Let the method through, without a login (nginx: "
         "limit_except and auth_request are the usual ones).";
}

std::string cors_configuration(const std::string& origin, const std::vector<CorsRule>& present) {
  nlohmann::json rules = nlohmann::json::array();
  CorsRule own{{origin}, {std::begin(policy::cors_methods), std::end(policy::cors_methods)}, {"*"}, {"ETag"}};
  rules.push_back(rule_json(own));
  rules.back()["MaxAgeSeconds"] = policy::cors_max_age_seconds;
  for (const auto& rule : present) {
    if (rule.origins != own.origins) rules.push_back(rule_json(rule));
  }
  return dump_json(nlohmann::json({{"CORSRules", rules}}));
}

std::string allow_origin_in_minio(const std::string& origin) {
  return "mc admin config set ALIAS api cors_allow_origin=" + origin +
         "\nOr start MinIO with MINIO_API_CORS_ALLOW_ORIGIN=" + origin +
         " in its environment. Several origins are separated by commas.";
}

std::string curl_preflight(const std::string& origin, const std::string& method, const std::string& request_headers,
                           const std::string& url) {
  std::string words = "-i -X OPTIONS -H " + shell_quote("Origin: " + origin) + " -H " +
                      shell_quote("Access-Control-Request-Method: " + method);
  if (!request_headers.empty()) words += " -H " + shell_quote("Access-Control-Request-Headers: " + request_headers);
  return words + " " + shell_operand(url);
}

}  // namespace wbverify
