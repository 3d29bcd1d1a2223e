#include "clients/http.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>

#include "clients/tls_roots.hpp"
#include "core/version.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Easy = std::unique_ptr<CURL, Freer<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Freer<curl_multi_cleanup>>;
using List = std::unique_ptr<curl_slist, Freer<curl_slist_free_all>>;

void append(List& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());
  list.reset(longer);
}

/// One request on its way.
struct Transfer {
  const HttpRequest* request = nullptr;
  std::size_t max_headers = 0;
  Easy easy;
  List headers;
  HttpResponse response;
  std::size_t header_bytes = 0;
  bool headers_too_large = false;
  bool headers_complete = false;
  std::array<char, CURL_ERROR_SIZE> message{};
  CURLcode code = CURLE_OK;
  bool done = false;
};

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size * count);
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > transfer.max_headers) {
    transfer.headers_too_large = true;
    return 0;
  }
  // A status line begins anew: what came before belonged to an interim answer (1xx).
  if (line.starts_with("HTTP/")) {
    transfer.response.headers.clear();
    transfer.headers_complete = false;
  } else if (trim(line).empty()) {
    transfer.headers_complete = true;
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    transfer.response.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return line.size();
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  std::string& body = transfer.response.body;
  const std::size_t room = transfer.request->max_body - std::min(transfer.request->max_body, body.size());
  const std::size_t length = size * count;
  body.append(data, std::min(room, length));
  if (length <= room) return length;
  transfer.response.truncated = true;
  return 0;
}

Error connection_error(long number, const std::string& text) {
  switch (number) {
    case ECONNREFUSED: return {"refused", "connection refused: nothing listens there", Blame::target, true};
    case ETIMEDOUT: return {"timed-out", "no answer: packets are dropped on the way", Blame::path, true};
    case ENETUNREACH:
    case EHOSTUNREACH: return {"unreachable", "no route to that address", Blame::path, true};
    default: return {"unreachable", text, Blame::path, true};
  }
}

Error explain(const Transfer& transfer) {
  const std::string text = clean(transfer.message[0] != '\0' ? transfer.message.data() : curl_easy_strerror(transfer.code), 300);
  long number = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_OS_ERRNO, &number);
  if (transfer.headers_too_large) {
    return {"headers-too-large", "the answer's headers are larger than " + std::to_string(transfer.max_headers / 1024) + " KiB", Blame::target, false};
  }
  switch (transfer.code) {
    case CURLE_COULDNT_RESOLVE_HOST: return {"dns-failed", text, Blame::path, true};
    case CURLE_COULDNT_CONNECT: return connection_error(number, text);
    case CURLE_OPERATION_TIMEDOUT: return {"timed-out", "no complete answer in time", Blame::target, true};
    case CURLE_PEER_FAILED_VERIFICATION:
      // The name is looked at after the chain; curl's words are all that tells the two apart.
      if (text.find("target host") != std::string::npos) return {"tls-name", text, Blame::target, false};
      return {"tls-untrusted", text, Blame::target, false};
    case CURLE_SSL_CONNECT_ERROR: return {"tls-failed", text, Blame::target, false};
    case CURLE_GOT_NOTHING: return {"closed", "the connection was closed without an answer", Blame::target, true};
    case CURLE_PARTIAL_FILE: return {"closed", "the connection was closed in the middle of the answer", Blame::target, true};
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      if (number == ECONNRESET || number == EPIPE) return {"reset", "the connection was reset", Blame::target, true};
      if (text.find("eaders") != std::string::npos) return {"headers-too-large", text, Blame::target, false};
      return {"closed", text, Blame::target, true};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING: return {"not-http", "the answer is not HTTP: " + text, Blame::target, false};
    case CURLE_URL_MALFORMAT: return {"bad-url", text, Blame::machine, false};
    default: return {"closed", text, Blame::target, false};
  }
}

const Error stopped{"stopped", "stopped before the answer came", Blame::machine, true};

bool has_line_end(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos; }

}  // namespace

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (iequals(key, name)) return value;
  }
  return std::nullopt;
}

struct HttpClient::State {
  HttpOptions options;
  TlsRoots roots;
  List pins;
  int round_trips = 0;
  Multi multi;   // last: goes first, while what its connections look at is still there

  explicit State(HttpOptions given) : options(std::move(given)), roots(options.ca_files) {
    static std::once_flag initialised;
    std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    multi.reset(curl_multi_init());
    if (options.user_agent.empty()) options.user_agent = "wbverify/" + std::string(version());
    for (const auto& pin : options.pins) {
      std::vector<std::string> addresses = pin.addresses;
      for (auto& address : addresses) {
        if (address.find(':') != std::string::npos) address = "[" + address + "]";
      }
      const std::string host = pin.host.find(':') != std::string::npos ? "[" + pin.host + "]" : pin.host;
      append(pins, host + ":" + std::to_string(pin.port) + ":" + join(addresses, ","));
    }
  }

  static CURLcode install_roots(CURL*, void* context, void* user) {
    static_cast<const State*>(user)->roots.install(context);
    return CURLE_OK;
  }

  bool prepare(Transfer& transfer, const HttpRequest& request, Deadline deadline);
  void run(std::vector<Transfer>& transfers, Deadline deadline, const std::stop_token& stop);
};

bool HttpClient::State::prepare(Transfer& transfer, const HttpRequest& request, Deadline deadline) {
  transfer.request = &request;
  transfer.max_headers = options.max_headers;
  if (has_line_end(request.url) || has_line_end(request.method)) return false;
  transfer.easy.reset(curl_easy_init());
  CURL* const easy = transfer.easy.get();
  // A form's type and the wait for 100 Continue are curl's own ideas; a signature knows nothing of them.
  append(transfer.headers, "Expect:");
  const bool typed = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& h) { return iequals(h.first, "content-type"); });
  if (!typed) append(transfer.headers, "Content-Type:");
  for (const auto& [name, value] : request.headers) {
    if (has_line_end(name) || has_line_end(value)) return false;
    append(transfer.headers, value.empty() ? name + ";" : name + ": " + value);
  }
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
  curl_easy_setopt(easy, CURLOPT_RESOLVE, pins.get());
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, install_roots);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max<long>(1, static_cast<long>(deadline.remaining().count())));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, static_cast<long>(deadline.remaining().count())));
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.message.data());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (!request.body.empty() || request.method == "PUT" || request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else if (request.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  return true;
}

void HttpClient::State::run(std::vector<Transfer>& transfers, Deadline deadline, const std::stop_token& stop) {
  // How soon a request to stop, or the deadline during a drip of bytes, is noticed.
  constexpr int tick_ms = 40;
  std::size_t open = 0;
  for (auto& transfer : transfers) {
    if (!transfer.easy || transfer.done) continue;
    curl_multi_add_handle(multi.get(), transfer.easy.get());
    ++open;
    ++round_trips;
  }
  while (open > 0 && !stop.stop_requested() && !deadline.expired()) {
    int running = 0;
    curl_multi_perform(multi.get(), &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      char* user = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
      void* const raw = user;
      auto& transfer = *static_cast<Transfer*>(raw);
      transfer.code = message->data.result;
      transfer.done = true;
      --open;
    }
    if (open > 0) curl_multi_poll(multi.get(), nullptr, 0, std::min<int>(tick_ms, static_cast<int>(deadline.remaining().count()) + 1), nullptr);
  }
}

HttpClient::HttpClient(HttpOptions options) : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

int HttpClient::round_trips() const { return state_->round_trips; }

std::vector<Result<HttpResponse>> HttpClient::send_all(std::span<const HttpRequest> requests, Deadline deadline, const std::stop_token& stop) {
  std::vector<Transfer> transfers(requests.size());
  std::vector<bool> bad(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) bad[i] = !state_->prepare(transfers[i], requests[i], deadline);
  for (std::size_t i = 0; i < requests.size(); ++i) transfers[i].done = bad[i];
  state_->run(transfers, deadline, stop);
  std::vector<Result<HttpResponse>> out;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Transfer& transfer = transfers[i];
    CURL* const easy = transfer.easy.get();
    if (bad[i]) {
      out.push_back(fail({"bad-url", "the request holds a line end", Blame::tool, false}));
      continue;
    }
    if (!transfer.done) {
      out.push_back(fail(stop.stop_requested() ? stopped : Error{"timed-out", "no complete answer in time", Blame::target, true}));
    } else if (transfer.code != CURLE_OK && !(transfer.code == CURLE_WRITE_ERROR && transfer.response.truncated)) {
      out.push_back(fail(explain(transfer)));
    } else if (!transfer.headers_complete) {
      out.push_back(fail({"closed", "the connection was closed in the middle of the answer's headers", Blame::target, true}));
    } else {
      HttpResponse& response = transfer.response;
      long status = 0, version = 0, port = 0;
      double total = 0, first = 0;
      const char* address = nullptr;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
      curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
      curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
      curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &total);
      curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME, &first);
      response.status = static_cast<int>(status);
      response.version = version == CURL_HTTP_VERSION_2_0 ? "HTTP/2" : version == CURL_HTTP_VERSION_1_0 ? "HTTP/1.0" : "HTTP/1.1";
      response.address = (address == nullptr ? std::string() : std::string(address)) + ":" + std::to_string(port);
      response.duration_ms = total * 1000;
      response.first_byte_ms = first * 1000;
      out.emplace_back(std::move(response));
    }
    curl_multi_remove_handle(state_->multi.get(), easy);
  }
  return out;
}

Result<HttpResponse> HttpClient::send(const HttpRequest& request, Deadline deadline, const std::stop_token& stop) {
  return std::move(send_all({&request, 1}, deadline, stop).front());
}

}  // namespace wbverify
