#include "clients/http.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>

#include "clients/http_multi.hpp"
#include "clients/location.hpp"
#include "clients/reach.hpp"
#include "clients/tls_roots.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using http::Transfer;
using std::chrono::milliseconds;

/// Time for one host's addresses together: curl gives the first of several half of it, and the test of addresses is reach().
constexpr milliseconds connect_patience{8000};

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

struct Place {
  std::string host;
  std::uint16_t port = 0;
  std::string origin;   ///< as UrlParts::origin writes it
};

std::string part(CURLU* url, CURLUPart which, unsigned flags) {
  char* raw = nullptr;
  if (curl_url_get(url, which, &raw, flags) != CURLUE_OK) return {};
  const std::string out(raw);
  curl_free(raw);
  return out;
}

Result<Place> place_of(const std::string& text) {
  const std::unique_ptr<CURLU, UrlCloser> url(curl_url());
  const CURLUcode code = url ? curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS | CURLU_DISALLOW_USER) : CURLUE_OUT_OF_MEMORY;
  if (code != CURLUE_OK) return fail({"bad-url", for_display("not a URL that can be asked: " + std::string(curl_url_strerror(code)), 200), Blame::machine, false});
  const std::string scheme = part(url.get(), CURLUPART_SCHEME, 0), port = part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (scheme != "http" && scheme != "https") return fail({"bad-url", "the scheme is " + for_display(scheme, 20) + ", not http or https", Blame::machine, false});
  Place place{part(url.get(), CURLUPART_HOST, 0), static_cast<std::uint16_t>(std::atoi(port.c_str())), {}};
  if (place.host.starts_with('[')) place.host = place.host.substr(1, place.host.size() - 2);
  place.origin = UrlParts{scheme, to_lower(place.host), "/", place.port}.origin();
  return place;
}

bool names(const std::vector<std::string>& origins, const std::string& origin) { return std::find(origins.begin(), origins.end(), origin) != origins.end(); }

/// What says who we are, or is worth something to who gets it.
bool has_credentials(const HttpRequest& request) {
  static constexpr std::string_view telling[] = {"authorization", "proxy-authorization", "cookie", "x-amz-security-token", "x-wandb-api-key"};
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return std::any_of(std::begin(telling), std::end(telling), [&](std::string_view name) { return iequals(trim(header.first), name); });
  });
}

}  // namespace

const Received* find_header(const ReceivedHeaders& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return iequals(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

std::string_view HttpResponse::header(std::string_view name) const {
  const Received* const found = find_header(headers, name);
  return found == nullptr ? std::string_view() : found->unread();
}

struct HttpClient::State {
  const HttpOptions options;
  const TlsRoots roots;
  std::atomic<int> round_trips = 0;
  mutable std::mutex mutex;
  std::map<std::string, std::vector<std::string>> addresses;   ///< of `host:port`, under the mutex
  http::Multi multi;   // last: goes first, while what its connections look at is still there

  explicit State(HttpOptions given) : options(normal(std::move(given))), roots(options.ca_files) {
    for (const auto& pin : options.pins) addresses[key({pin.host, pin.port, {}})] = pin.addresses;
  }

  static std::string key(const Place& place) { return to_lower(place.host) + ":" + std::to_string(place.port); }
  /// Origins as place_of() writes them, so that both sides of a comparison were read by the same parser.
  static HttpOptions normal(HttpOptions given) {
    for (auto* const origins : {&given.credentials_for, &given.known}) {
      for (auto& origin : *origins) {
        if (const auto place = place_of(origin)) origin = place->origin;
      }
    }
    return given;
  }
  static CURLcode install_roots(CURL*, void* context, void* user) {
    static_cast<const State*>(user)->roots.install(context);
    return CURLE_OK;
  }

  std::optional<std::size_t> known_addresses(const Place& place) const;
  std::optional<Error> resolve_host(const Place& place, Deadline deadline, const std::stop_token& stop);
  /// Decides where the request may go before anything of it is on its way.
  std::optional<Error> admit(const HttpRequest& request, Transfer& transfer, Deadline deadline, const std::stop_token& stop);
  http::List resolve_list() const;
  void set_up(Transfer& transfer, const http::List& pins, Deadline deadline);
};

std::optional<std::size_t> HttpClient::State::known_addresses(const Place& place) const {
  const std::lock_guard lock(mutex);
  const auto found = addresses.find(key(place));
  return found == addresses.end() ? std::nullopt : std::optional(found->second.size());
}

/// curl's own resolver runs getaddrinfo in a thread, for whose end it waits beyond any deadline; it never gets a name.
std::optional<Error> HttpClient::State::resolve_host(const Place& place, Deadline deadline, const std::stop_token& stop) {
  if (const auto count = known_addresses(place)) {
    if (*count > 0) return std::nullopt;
    return Error{"dns-failed", "no address of " + for_display(place.host, 253) + " is known", Blame::machine, false};
  }
  DnsAnswer answer = resolve(place.host, options.dns_server, deadline, stop);
  if (stop.stop_requested()) return Error{"stopped", "stopped before the answer came", Blame::machine, true};
  if (!answer.cause.empty()) {
    const bool told = answer.cause == "nxdomain" || answer.cause == "no-address" || answer.cause == "bad-name";
    return Error{"dns-failed", answer.text, told ? Blame::target : Blame::path, !told};
  }
  std::vector<std::string> all = std::move(answer.ipv4);
  all.insert(all.end(), answer.ipv6.begin(), answer.ipv6.end());
  const std::lock_guard lock(mutex);
  addresses.try_emplace(key(place), std::move(all));   // another thread may have asked meanwhile
  return std::nullopt;
}

std::optional<Error> HttpClient::State::admit(const HttpRequest& request, Transfer& transfer, Deadline deadline, const std::stop_token& stop) {
  const auto place = place_of(request.url);   // as curl will read it
  if (!place) return place.error();
  const bool own = names(options.credentials_for, place->origin);
  if (!own && (options.signs || has_credentials(request))) {
    return Error{"foreign-host", "nothing that carries credentials is sent to " + for_display(place->origin, 300) + ", which no setting names", Blame::target, false};
  }
  transfer.mark(!own && !names(options.known, place->origin));
  return resolve_host(*place, deadline, stop);
}

http::List HttpClient::State::resolve_list() const {
  http::List list;
  const std::lock_guard lock(mutex);
  for (const auto& [where, all] : addresses) {
    const std::size_t colon = where.rfind(':');
    const std::string host = where.substr(0, colon);
    if (host.find(':') != std::string::npos) continue;   // an IPv6 literal is its own address
    std::vector<std::string> quoted;
    for (const auto& address : all) quoted.push_back(address.find(':') == std::string::npos ? address : "[" + address + "]");
    http::append(list, where + ":" + join(quoted, ","));
  }
  return list;
}

void HttpClient::State::set_up(Transfer& transfer, const http::List& pins, Deadline deadline) {
  CURL* const easy = transfer.easy();
  curl_easy_setopt(easy, CURLOPT_RESOLVE, pins.get());
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, install_roots);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::clamp(deadline.remaining(), milliseconds(1), connect_patience).count()));
}

HttpClient::HttpClient(HttpOptions options) : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

int HttpClient::round_trips() const { return state_->round_trips; }

std::vector<Result<HttpResponse>> HttpClient::send_all(std::span<const HttpRequest> requests, Deadline deadline, const std::stop_token& stop) {
  std::deque<Transfer> transfers;   // their addresses must stay
  for (const auto& request : requests) {
    Transfer& transfer = transfers.emplace_back(request, state_->options);
    auto error = transfer.prepare();
    if (!error) error = state_->admit(request, transfer, deadline, stop);
    if (error) transfer.end(std::move(*error));
  }
  const http::List pins = state_->resolve_list();   // of all: curl reads it until the end
  for (auto& transfer : transfers) {
    if (!transfer.ended()) state_->set_up(transfer, pins, deadline);
  }
  state_->multi.run(transfers, deadline, stop);
  for (const auto& transfer : transfers) state_->round_trips += transfer.round_trips();
  std::vector<Result<HttpResponse>> out;
  for (auto& transfer : transfers) out.push_back(transfer.result());
  return out;
}

Result<HttpResponse> HttpClient::send(const HttpRequest& request, Deadline deadline, const std::stop_token& stop) {
  return std::move(send_all({&request, 1}, deadline, stop).front());
}

}  // namespace wbverify
