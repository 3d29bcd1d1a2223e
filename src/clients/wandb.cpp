#include "clients/wandb.hpp"

#include "clients/graphql.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

/// RFC 7523, section 2.1.
constexpr std::string_view jwt_grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";

}  // namespace

WandbClient::WandbClient(std::string base, Secret api_key, HttpOptions options)
    : base_(std::move(base)), api_key_(std::move(api_key)), http_([&] {
        options.credentials_for = {base_};
        return std::move(options);
      }()) {}

bool WandbClient::is_own(std::string_view url) const { return url.starts_with(base_) && (url.size() == base_.size() || url[base_.size()] == '/' || url[base_.size()] == '?'); }

Result<HttpResponse> WandbClient::exchange(const Secret& identity_token, Deadline deadline, const std::stop_token& stop) {
  HttpRequest request;
  request.method = "POST";
  request.url = base_ + "/oidc/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = std::string(jwt_grant) + std::string(identity_token.expose());   // a JWT has no character that a form escapes
  auto response = http_.send(request, deadline, stop);
  wipe(request.body);
  if (!response || response->status != 200) return response;
  const GraphqlAnswer answer = read_graphql(*response);
  bearer_ = Secret(json_raw(*answer.data, "access_token"));
  response->body.wipe();
  return response;
}

Result<HttpResponse> WandbClient::send(HttpRequest request, Deadline deadline, const std::stop_token& stop) {
  if (is_own(request.url) && logged_in()) {
    std::string value;
    if (!bearer_.empty()) {
      value = "Bearer " + std::string(bearer_.expose());
    } else {
      std::string pair = "api:" + std::string(api_key_.expose());
      value = "Basic " + base64_encode(pair);
      wipe(pair);
    }
    request.headers.emplace_back("Authorization", value);
    wipe(value);
  }
  auto response = http_.send(request, deadline, stop);
  for (auto& [name, value] : request.headers) {
    if (name == "Authorization") wipe(value);
  }
  return response;
}

Result<HttpResponse> WandbClient::send_bare(const HttpRequest& request, Deadline deadline, const std::stop_token& stop) { return http_.send(request, deadline, stop); }

std::vector<Result<HttpResponse>> WandbClient::send_bare_all(std::span<const HttpRequest> requests, Deadline deadline, const std::stop_token& stop) {
  return http_.send_all(requests, deadline, stop);
}

}  // namespace wbverify
