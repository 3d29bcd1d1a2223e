#include "checks/shared/answer_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "util/text.hpp"

namespace wbverify {
namespace {

struct HopTrait {
  std::string_view header, value;   ///< lower case; an empty value: any
  std::string_view words;
};

// Headers that only one product adds come before `server`, which the product behind it may have written.
constexpr HopTrait traits[] = {
    {"cf-ray", "", "Cloudflare"},
    {"x-amz-cf-id", "", "CloudFront"},
    {"x-azure-ref", "", "Azure Front Door"},
    {"x-squid-error", "", "a Squid proxy"},
    {"x-iinfo", "", "Imperva"},
    {"x-akamai-request-id", "", "Akamai"},
    {"x-jenkins", "", "Jenkins"},
    {"kbn-name", "", "Kibana"},
    {"server", "cloudflare", "Cloudflare"},
    {"server", "awselb", "the AWS load balancer"},
    {"server", "cloudfront", "CloudFront"},
    {"server", "akamaighost", "Akamai"},
    {"server", "microsoft-azure-application-gateway", "the Azure application gateway"},
    {"server", "istio-envoy", "Istio"},
    {"server", "google frontend", "the Google load balancer"},
    {"server", "minio", "MinIO"},
    {"server", "amazons3", "Amazon S3"},
    {"server", "simplehttp", "Python's web server"},
    {"via", "google", "the Google load balancer"},
    {"via", "squid", "a Squid proxy"},
    {"x-kong-response-latency", "", "Kong"},
};

struct CookieTrait {
  std::string_view prefix, words;
};
constexpr CookieTrait cookies[] = {{"AWSALB", "the AWS load balancer"}, {"BIGipServer", "an F5 BIG-IP"}, {"ApplicationGatewayAffinity", "the Azure application gateway"},
                                   {"incap_ses", "Imperva"}, {"visid_incap", "Imperva"}, {"NSC_", "a Citrix ADC"}, {"_oauth2_proxy", "oauth2-proxy"}};

}  // namespace

std::string hop_of(const HttpAnswer& answer) {
  for (const auto& trait : traits) {
    const auto at = answer.headers.find(std::string(trait.header));
    if (at != answer.headers.end() && to_lower(at->second).find(trait.value) != std::string::npos) return std::string(trait.words);
  }
  for (const auto& trait : cookies) {
    if (std::any_of(answer.cookies.begin(), answer.cookies.end(), [&](const auto& name) { return name.starts_with(trait.prefix); })) return std::string(trait.words);
  }
  return answer.header("server");
}

std::string status_words(int status) {
  static constexpr std::pair<int, std::string_view> words[] = {
      {200, "OK"}, {204, "No Content"}, {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {307, "Temporary Redirect"},
      {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
      {421, "Misdirected Request"}, {426, "Upgrade Required"}, {429, "Too Many Requests"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
      {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"}, {511, "Network Authentication Required"}};
  for (const auto& [number, text] : words) {
    if (number == status) return fmt::format("{} {}", status, text);
  }
  return std::to_string(status);
}

std::string describe(const HttpAnswer& answer) {
  if (!answer.answered()) return fmt::format("{} {}: {}", answer.method, answer.url, answer.text.empty() ? "no answer" : answer.text);
  const std::string hop = hop_of(answer);
  std::string out = fmt::format("{} {}: {}{} after {:.0f} ms", answer.method, answer.url, status_words(answer.status), hop.empty() ? "" : " from " + hop, answer.duration_ms);
  if (answer.redirects()) out += ", to " + answer.header("location");
  return out;
}

std::string says(const HttpAnswer& answer) {
  if (!answer.title.empty()) return fmt::format("Its page is \"{}\".", answer.title);
  if (answer.excerpt.empty()) return answer.answered() && !answer.redirects() ? "Its body is empty." : "";
  return "It says: " + answer.excerpt;
}

std::string reach_the_server(const std::string& hop) {
  std::string out = "See whether the server runs. With Docker, where it runs:\ndocker ps -a --filter name=wandb\ndocker logs --tail 50 wandb-local\ncurl -sS -i http://127.0.0.1:8080/healthz\n"
                    "With Kubernetes:\nkubectl get pods,svc,endpoints -n NAMESPACE\nkubectl logs -n NAMESPACE deploy/wandb-app --tail 50\n";
  const std::string lower = to_lower(hop);
  if (lower.find("nginx") != std::string::npos) {
    out += "If it runs, nginx asks at the wrong place. Its error log says where; the line is:\nproxy_pass http://ADDRESS_OF_W&B:8080;";
  } else {
    out += fmt::format("If it runs, {} asks at the wrong place: correct address and port (8080) of its backend.", hop.empty() ? "the proxy in front" : hop);
  }
  return out;
}

std::string curl_options(const std::string& ca_file, const std::string& resolve) {
  return (ca_file.empty() ? "" : " --cacert " + shell_quote(ca_file)) + (resolve.empty() ? "" : " --resolve " + shell_quote(resolve));
}

bool is_login_url(const UrlParts& url) {
  const auto has_any = [](std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
  };
  return has_any(url.host, {"login.", "auth.", "sso.", "accounts.", "okta", "auth0.", "onelogin.", "cloudflareaccess.", "idp.", "keycloak", "authelia", "adfs", "signin.", "identity."}) ||
         has_any(to_lower(url.path),
                 {"/login", "/oauth", "/saml", "/sso", "/signin", "/sign_in", "/adfs/", "/realms/", "/authorize", "/auth/", "/.auth/", "/cdn-cgi/access", "/outpost.goauthentik.io"});
}

}  // namespace wbverify
