#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clients/http.hpp"
#include "core/secret.hpp"

namespace wbverify {

/// Speaks to one W&B Server, and to the stores that it points to. The log-in goes with requests to the server itself only: same
/// scheme, host and port. Several threads may use it at the same time.
class WandbClient {
 public:
  /// `base` is `https://wandb.example.com`. An empty key: nobody is logged in.
  WandbClient(std::string base, Secret api_key, HttpOptions options);

  const std::string& base() const { return base_; }
  /// Exchanges an identity token at /oidc/token; what comes back is used as Bearer from then on. Not to be called while others ask.
  Result<HttpResponse> exchange(const Secret& identity_token, Deadline deadline, const std::stop_token& stop);
  bool logged_in() const { return !api_key_.empty() || !bearer_.empty(); }

  /// The request as it is, with the log-in when its URL is the server's own.
  Result<HttpResponse> send(HttpRequest request, Deadline deadline, const std::stop_token& stop);
  /// The request as it is, never with a log-in: for signed URLs, whose store refuses two.
  Result<HttpResponse> send_bare(const HttpRequest& request, Deadline deadline, const std::stop_token& stop);
  std::vector<Result<HttpResponse>> send_bare_all(std::span<const HttpRequest> requests, Deadline deadline, const std::stop_token& stop);
  int round_trips() const { return http_.round_trips(); }

 private:
  bool is_own(std::string_view url) const;

  std::string base_;
  Secret api_key_, bearer_;
  HttpClient http_;
};

}  // namespace wbverify
