#include "clients/http_transfer.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <new>

#include "core/secret.hpp"
#include "core/version.hpp"
#include "util/text.hpp"

namespace wbverify::http {
namespace {

static_assert(sizeof(std::array<char, 256>) >= CURL_ERROR_SIZE);

/// The largest DATA frame that every server takes (RFC 9113 §4.2); it leaves with the headers, before an answer can come.
constexpr std::uint64_t http2_frame = 16384;

bool has_line_end(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos; }

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) { return iequals(header.first, name); });
}

const char* version_word(long version) {
  switch (version) {
    case CURL_HTTP_VERSION_1_0: return "HTTP/1.0";
    case CURL_HTTP_VERSION_2_0: return "HTTP/2";
    case CURL_HTTP_VERSION_3: return "HTTP/3";
    default: return "HTTP/1.1";
  }
}

}  // namespace

void EasyCloser::operator()(void* easy) const { curl_easy_cleanup(easy); }

void ListWiper::operator()(curl_slist* list) const {
  for (curl_slist* at = list; at != nullptr; at = at->next) wipe(at->data, std::strlen(at->data));
  curl_slist_free_all(list);
}

void append(List& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());
  list.reset(longer);
}

Transfer::Transfer(const HttpRequest& request, const HttpOptions& options) : request_(request), options_(options), easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
}

std::size_t Transfer::header_line(char* data, std::size_t size, std::size_t count, void* user) {
  return static_cast<Transfer*>(user)->take_header({data, size * count}) ? size * count : 0;
}

bool Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  headers_too_large_ = header_bytes_ > options_.max_headers || ++header_lines_ > options_.max_header_lines;
  if (headers_too_large_) return false;
  // A status line begins anew: what came before belonged to an interim answer (1xx).
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();
    headers_complete_ = false;
  } else if (trim(line).empty()) {
    headers_complete_ = true;
    // curl would go on and read the switched protocol as an answer.
    switched_ = number(CURLINFO_RESPONSE_CODE) == 101;
    return !switched_;
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos && !headers_complete_) {   // after them come trailers
    response_.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return true;
}

std::size_t Transfer::body_part(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view part(data, size * count);
  const std::string_view taken = part.substr(0, transfer.request_.max_body - transfer.body_bytes_);
  transfer.body_bytes_ += taken.size();
  transfer.response_.truncated = taken.size() < part.size();
  if (transfer.request_.sink && transfer.number(CURLINFO_RESPONSE_CODE) / 100 == 2) {
    transfer.request_.sink(taken);
  } else {
    transfer.response_.body.append(taken);
  }
  return transfer.response_.truncated ? 0 : part.size();
}

std::size_t Transfer::fill(char* into, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const HttpBody& body = *transfer.request_.streamed;
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(size * count, body.size - transfer.filled_));
  if (length > 0) body.fill(transfer.filled_, {into, length});
  transfer.filled_ += length;
  return length;
}

int Transfer::seek(void* user, std::int64_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Transfer*>(user)->filled_ = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

std::uint64_t Transfer::body_size() const { return request_.streamed ? request_.streamed->size : request_.body.size(); }

void Transfer::set_method() {
  CURL* const easy = easy_.get();
  const std::string& method = request_.method;
  if (method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (body_size() > 0 || method == "PUT" || method == "POST" || method == "PATCH") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_size()));
    if (request_.streamed) {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_READFUNCTION, fill);
      curl_easy_setopt(easy, CURLOPT_READDATA, this);
      curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, static_cast<curl_seek_callback>(seek));
      curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
    } else {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

bool Transfer::set_headers(bool expecting) {
  List list;
  // The wait for 100 Continue and a form's type are curl's own ideas; a signature knows nothing of them.
  if (!has_header(request_, "Expect")) append(list, expecting ? "Expect: 100-continue" : "Expect:");
  if (!has_header(request_, "Content-Type")) append(list, "Content-Type:");
  for (const auto& [name, value] : request_.headers) {
    if (has_line_end(name) || has_line_end(value)) return false;
    append(list, value.empty() ? name + ";" : name + ": " + value);
  }
  curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, list.get());
  headers_ = std::move(list);
  return true;
}

std::optional<Error> Transfer::prepare() {
  if (!easy_) return Error{"stopped", "no memory", Blame::machine, false};
  CURL* const easy = easy_.get();
  const Error bad{"bad-url", "the request holds a line end", Blame::tool, false};
  if (has_line_end(request_.url) || has_line_end(request_.method)) return bad;
  if (!set_headers(false)) return bad;
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  const std::string agent = options_.user_agent.empty() ? "wbverify/" + std::string(version()) : options_.user_agent;
  curl_easy_setopt(easy, CURLOPT_USERAGENT, agent.c_str());
  // A larger body may be refused before its end: libcurl 7.88 finds the HTTP/2 stream closed and loses the answer (RFC 9113 §8.1).
  const bool may_be_http2 = request_.url.starts_with("https:") && body_size() <= http2_frame;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(may_be_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  // One handshake for all when HTTP/2 comes of it. In HTTP/1.1 curl would wait for the first whole answer instead.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, may_be_http2 ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_line);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_part);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, message_.data());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  if (request_.limit.count() > 0) curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.limit.count()));
  set_method();
  return std::nullopt;
}

long Transfer::number(int info) const {
  long value = 0;
  curl_easy_getinfo(easy_.get(), static_cast<CURLINFO>(info), &value);
  return value;
}

bool Transfer::sent() const { return number(CURLINFO_REQUEST_SIZE) > 0; }

bool Transfer::may_change_something() const {
  return sent() && request_.method != "GET" && request_.method != "HEAD" && request_.method != "OPTIONS";
}

int Transfer::round_trips() const { return sent_before_ + (sent() ? 1 : 0); }

double Transfer::milliseconds(int info) const {
  double seconds = 0;
  curl_easy_getinfo(easy_.get(), static_cast<CURLINFO>(info), &seconds);
  return seconds * 1000;
}

double Transfer::seconds() const { return milliseconds(CURLINFO_TOTAL_TIME) / 1000; }

std::uint64_t Transfer::uploaded() const {
  curl_off_t bytes = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &bytes);
  return static_cast<std::uint64_t>(bytes);
}

bool Transfer::try_again(int code) {
  switch (code) {
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: break;
    default: return false;
  }
  const bool http2 = number(CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0;
  const bool kept = number(CURLINFO_NUM_CONNECTS) == 0;
  if (expecting_ || has_header(request_, "Expect") || !sent() || uploaded() >= body_size() || (header_bytes_ > 0 && !http2)) return false;
  ++sent_before_;
  CURL* const easy = easy_.get();
  if (request_.limit.count() > 0) curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(request_.limit.count()) - std::lround(seconds() * 1000)));
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  // A kept connection may have been closed just then, which says nothing about the request.
  if (!http2 && !kept) {
    expecting_ = true;
    set_headers(true);
  }
  filled_ = header_bytes_ = header_lines_ = body_bytes_ = 0;
  headers_complete_ = false;
  response_ = {};
  message_[0] = '\0';
  return true;
}

Stage Transfer::stage() const {
  // The times of the connection are lost when a handshake fails; the peer's address stays.
  const char* address = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRIMARY_IP, &address);
  if (header_bytes_ > 0 || body_bytes_ > 0) return Stage::answering;
  if (sent()) return uploaded() < body_size() ? Stage::sending : Stage::sent;
  return address == nullptr || *address == '\0' ? Stage::connecting : Stage::tls;
}

Result<HttpResponse> Transfer::result() {
  if (error_) return fail(*error_);
  if (headers_too_large_) {
    return fail({"headers-too-large", "the headers of the answer are larger than " + std::to_string(options_.max_headers / 1024) + " KiB or more than " + std::to_string(options_.max_header_lines), Blame::target, false});
  }
  const bool cut = *code_ == CURLE_WRITE_ERROR && (response_.truncated || switched_);
  if (*code_ != CURLE_OK && !cut) {
    const std::string words = message_[0] != '\0' ? message_.data() : curl_easy_strerror(static_cast<CURLcode>(*code_));
    return fail(explain({*code_, static_cast<int>(number(CURLINFO_OS_ERRNO)), stage(), words, seconds(), uploaded(), body_size()}));
  }
  // curl takes the end of the connection for the end of the headers.
  if (!headers_complete_) return fail({"closed", "the connection was closed in the middle of the answer's headers", Blame::target, true});
  const char* address = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRIMARY_IP, &address);
  const std::string peer = address == nullptr ? "" : address;
  response_.status = static_cast<int>(number(CURLINFO_RESPONSE_CODE));
  response_.version = version_word(number(CURLINFO_HTTP_VERSION));
  response_.address = (peer.find(':') == std::string::npos ? peer : "[" + peer + "]") + ":" + std::to_string(number(CURLINFO_PRIMARY_PORT));
  response_.duration_ms = milliseconds(CURLINFO_TOTAL_TIME);
  response_.first_byte_ms = milliseconds(CURLINFO_STARTTRANSFER_TIME);
  response_.after_reset = expecting_;
  response_.stranger = stranger_;
  response_.new_connection = number(CURLINFO_NUM_CONNECTS) > 0;
  if (response_.new_connection) {
    const double connected = milliseconds(CURLINFO_CONNECT_TIME);
    response_.connect_ms = connected - milliseconds(CURLINFO_NAMELOOKUP_TIME);   // what came before was a wait for a free connection
    response_.tls_ms = std::max(0.0, milliseconds(CURLINFO_APPCONNECT_TIME) - connected);
  }
  return std::move(response_);
}

}  // namespace wbverify::http
