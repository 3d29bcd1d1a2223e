#pragma once
// Signed URLs and what the stores behind them answer.
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checks/wandb/facts_transfer.hpp"
#include "checks/wandb/probe_api.hpp"

namespace wbverify {

/// What may be known of a URL that the server handed out.
SignedUrl read_signed_url(std::string_view url);

/// `Key:Value` lines as the server gives them for an upload to `url`. Framing, hop-by-hop and log-in headers and what is no header are
/// refused and named; of more than 64 lines or 8 KiB none is taken.
struct UploadHeaders {
  Headers headers;
  std::vector<std::string> refused;   ///< the first eight
};
UploadHeaders upload_headers(const nlohmann::json* lines, std::string_view url);

/// A PUT as clients make it: the headers that the server named, never a log-in.
HttpRequest put_request(const std::string& url, Headers headers, std::string body);
HttpRequest get_request(const std::string& url, std::size_t largest);

/// Uploads into the run's project, side by side, and on record until all are answered. Other requests may be among them.
std::vector<Result<HttpResponse>> upload_all(WandbApi& api, const WandbRun& run, std::span<const HttpRequest> requests, Deadline deadline);
JournalEntry upload_entry(const WandbApi& api, const WandbRun& run);

/// Until when a small file may be on its way. Who has not answered by then does not, and the checks behind need their time.
Deadline transfer_deadline(const WandbApi& api);

/// The exchange as a fact. `wanted`, when given, is what has to come back byte for byte.
Transfer read_transfer(const HttpRequest& request, const Result<HttpResponse>& result, const std::string* wanted = nullptr);

/// A preflight of a browser that stands on a page of HOST.
HttpRequest preflight_request(const std::string& url, const std::string& method, const std::string& headers, const std::string& origin);
StorePreflight read_preflight(const HttpRequest& request, const Result<HttpResponse>& result, const std::string& method, const std::string& headers);

/// Whether the address of upload URLs can be reached and proves who it is. Of HOST's and BUCKET's own address that is told elsewhere.
StoreAddress look_at_store(WandbApi& api, const SignedUrl& url);
/// Nothing of it speaks against sending something there.
bool may_send_to(const StoreAddress& store);

}  // namespace wbverify
