#include "checks/wandb/probe_transfer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "checks/wandb/probe_contents.hpp"
#include "clients/http_error.hpp"
#include "clients/reach.hpp"
#include "clients/s3.hpp"
#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds reach_limit{6000}, transfer_limit{8000};

/// The values of a parameter of a query, as they stand.
std::string parameter(std::string_view query, std::string_view name) {
  for (const auto& pair : split(query, '&')) {
    const auto equals = pair.find('=');
    if (iequals(pair.substr(0, equals), name)) return equals == std::string::npos ? "" : pair.substr(equals + 1);
  }
  return {};
}

/// Unix seconds of `20261128T100000Z`, the basic form of ISO 8601 in UTC that signatures of S3 and GCS have; 0 for other texts.
std::int64_t signed_time(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return 0;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = -1;
    const auto* const end = text.data() + at + digits;
    return std::from_chars(text.data() + at, end, value).ptr == end ? value : -1;
  };
  using namespace std::chrono;
  const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(4, 2))), day(static_cast<unsigned>(number(6, 2)))};
  const int hour = number(9, 2), minute = number(11, 2), second = number(13, 2);
  if (!date.ok() || hour < 0 || minute < 0 || second < 0) return 0;
  return sys_days(date).time_since_epoch().count() * std::int64_t{86400} + hour * 3600 + minute * 60 + second;
}

std::vector<std::string> values(const ReceivedHeaders& headers, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [key, value] : headers) {
    if (iequals(key, name)) out.push_back(for_display(value, 200));
  }
  return out;
}

/// The words of all headers of that name.
std::vector<std::string> words(const ReceivedHeaders& headers, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& value : values(headers, name)) {
    for (const auto& word : split(value, ',')) {
      if (!trim(word).empty()) out.emplace_back(trim(word));
    }
  }
  return out;
}

/// `SignatureDoesNotMatch`: a word of letters that begins with a capital.
bool is_code(std::string_view text) {
  constexpr std::size_t longest = 48;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= longest && text.front() <= 'Z' && std::all_of(text.begin(), text.end(), letter);
}

std::string known_phrases(std::string_view message) {
  std::string out;
  const std::string lower = to_lower(message);
  for (const char* phrase : {"not valid yet", "not yet valid", "request has expired", "signature expired", "specified time frame", "only one auth mechanism", "region", "kms"}) {
    if (lower.find(phrase) != std::string::npos) out += (out.empty() ? "" : ", ") + std::string(phrase);
  }
  return out;
}

/// With its port or without.
bool is_authority_of(std::string_view text, const UrlParts& url) {
  const std::string origin = url.origin();
  return iequals(text, url.host) || iequals(text, origin.substr(origin.find("://") + 3));
}

/// Headers that frame the message, steer the connection, or say who asks: they are the client's own, and a server that names them for
/// an upload chooses what arrives at a third one.
bool is_clients_own(std::string_view name) {
  static constexpr std::string_view own[] = {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "http2-settings",
                                             "expect", "cookie", "authorization", "origin", "referer"};
  const std::string lower = to_lower(name);
  return lower.starts_with("proxy-") || std::find(std::begin(own), std::end(own), lower) != std::end(own);
}

/// RFC 9110 §5.6.2.
bool is_token(std::string_view name) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

/// Amazon's refusal of a signature holds the request as it saw it, with a line `host:NAME`.
std::string seen_host(std::string_view body) {
  const auto canonical = body.find("<CanonicalRequest>");
  if (canonical == std::string_view::npos) return {};
  const auto line = body.find("\nhost:", canonical);
  if (line == std::string_view::npos) return {};
  const auto begin = line + std::string_view("\nhost:").size();
  return for_display(body.substr(begin, body.find_first_of("\r\n<&", begin) - begin), 260);
}

}  // namespace

SignedUrl read_signed_url(std::string_view url) {
  SignedUrl out;
  if (url.empty()) return out;
  const auto question = url.find('?');
  out.url = for_display(url.substr(0, question), 400);
  const auto parts = resolve_location(url, "");
  out.relative = !parts.has_value();
  if (parts) {
    out.scheme = parts->scheme;
    out.host = for_display(parts->host, 260);
    out.port = parts->port;
  }
  if (question == std::string_view::npos) return out;
  const std::string_view query = url.substr(question + 1);
  const auto seconds = [&](std::string_view name) {
    const std::string value = parameter(query, name);
    return value.size() < 10 && !value.empty() && value.find_first_not_of("0123456789") == std::string::npos ? std::stoll(value) : 0;
  };
  if (!parameter(query, "X-Amz-Signature").empty() || !parameter(query, "Signature").empty()) {
    out.dialect = "s3";
    out.expires = seconds("X-Amz-Expires");
    out.signed_at = signed_time(parameter(query, "X-Amz-Date"));
  } else if (!parameter(query, "X-Goog-Signature").empty()) {
    out.dialect = "gcs";
    out.expires = seconds("X-Goog-Expires");
    out.signed_at = signed_time(parameter(query, "X-Goog-Date"));
  } else if (!parameter(query, "sig").empty()) {
    out.dialect = "azure";
  }
  out.signature = !out.dialect.empty();
  return out;
}

UploadHeaders upload_headers(const nlohmann::json* lines, std::string_view url) {
  constexpr std::size_t most_lines = 64, most_bytes = 8 << 10, most_told = 8;
  UploadHeaders out;
  if (lines == nullptr || !lines->is_array()) return out;
  if (lines->size() > most_lines) return {{}, {std::to_string(lines->size()) + " headers"}};
  const auto refuse = [&](std::string_view name) {
    if (out.refused.size() < most_told) out.refused.push_back(for_display(name, 60));
  };
  const auto store = resolve_location(url, "");
  const std::string origin = store ? store->origin() : "";
  std::size_t bytes = 0;
  for (const auto& line : *lines) {
    const std::string text = line.is_string() ? line.get<std::string>() : "";
    const auto colon = std::min(text.find(':'), text.size());
    const std::string name = text.substr(0, colon), value(trim(std::string_view(text).substr(std::min(colon + 1, text.size()))));
    bytes += text.size();
    if (bytes > most_bytes) return {{}, {"more than 8 KiB of headers"}};
    if (iequals(name, "host") && origin == origin.substr(0, origin.find("://") + 3) + to_lower(value)) continue;   // what is sent anyway
    if (is_token(name) && is_field_value(value) && !is_clients_own(name)) {
      out.headers.emplace_back(name, value);
    } else {
      refuse(name.empty() ? "a line without a name" : name);
    }
  }
  return out;
}

HttpRequest put_request(const std::string& url, Headers headers, std::string body) {
  HttpRequest request;
  request.method = "PUT";
  request.url = url;
  request.headers = std::move(headers);
  request.body = std::move(body);
  return request;
}

HttpRequest get_request(const std::string& url, std::size_t largest) {
  HttpRequest request;
  request.url = url;
  request.max_body = largest;
  return request;
}

JournalEntry upload_entry(const WandbApi& api, const WandbRun& run) { return {std::string(wandb_upload_kind), api.place().base + "/" + run.entity, run.project}; }

std::vector<Result<HttpResponse>> upload_all(WandbApi& api, const WandbRun& run, std::span<const HttpRequest> requests, Deadline deadline) {
  if (api.stopped()) return std::vector<Result<HttpResponse>>(requests.size(), fail(stopped()));
  Journal& journal = api.context().journal;
  const JournalEntry entry = upload_entry(api, run);
  if (auto announced = journal.announce(entry); !announced) return std::vector<Result<HttpResponse>>(requests.size(), fail(announced.error()));
  auto results = api.client().send_bare_all(requests, deadline, api.stop());
  *api.context().round_trips += static_cast<int>(requests.size());
  // A gateway that gave up waiting knows no more than we do.
  const bool certain = std::all_of(results.begin(), results.end(), [](const auto& result) {
    return result ? result->status != 408 && result->status != 504 : http::never_sent(result.error().cause, result.error().text);
  });
  if (certain) {
    journal.answered(entry);
    journal.settle(entry);
  }
  return results;
}

Deadline transfer_deadline(const WandbApi& api) { return api.deadline().within(transfer_limit); }

Transfer read_transfer(const HttpRequest& request, const Result<HttpResponse>& result, const std::string* wanted) {
  Transfer out;
  out.tried = true;
  out.with_origin = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) { return header.first == "Origin"; });
  const std::string shown = request.url.substr(0, request.url.find('?'));
  out.answer = make_answer(shown, result, wandb_now() - static_cast<std::int64_t>(result ? result->duration_ms : 0));
  out.answer.method = request.method;
  if (request.method == "PUT") out.bytes = static_cast<std::int64_t>(request.streamed ? request.streamed->size : request.body.size());
  if (!result) return out;
  const HttpResponse& response = *result;
  const bool ok = response.status >= 200 && response.status < 300;
  if (!ok) {
    const S3Answer refusal = read_answer(response);
    // Of a stranger's body only what stores say comes through: a code, phrases that the checks know, and the host that we sent.
    if (!response.stranger || is_code(refusal.code)) out.code = refusal.code;
    out.message = response.stranger ? known_phrases(refusal.message) : refusal.message;
    out.seen_host = seen_host(response.body.unread());
    const auto sent = resolve_location(request.url, "");
    if (response.stranger && !out.seen_host.empty() && !(sent && is_authority_of(out.seen_host, *sent))) out.seen_host = "another";
  } else {
    out.answer.excerpt.clear();   // the bytes of a file tell nobody anything
  }
  if (wanted != nullptr) {
    out.bytes = static_cast<std::int64_t>(response.body.size());
    out.same = ok && response.body.is(*wanted);
  }
  out.allow_origin = values(response.headers, "access-control-allow-origin");
  out.expose_headers = words(response.headers, "access-control-expose-headers");
  return out;
}

HttpRequest preflight_request(const std::string& url, const std::string& method, const std::string& headers, const std::string& origin) {
  HttpRequest request;
  request.method = "OPTIONS";
  request.url = url;
  request.headers = {{"Origin", origin}, {"Access-Control-Request-Method", method}};
  if (!headers.empty()) request.headers.emplace_back("Access-Control-Request-Headers", headers);
  return request;
}

StorePreflight read_preflight(const HttpRequest& request, const Result<HttpResponse>& result, const std::string& method, const std::string& headers) {
  StorePreflight out;
  const Transfer transfer = read_transfer(request, result);
  out.tried = true;
  out.method = method;
  out.request_headers = headers;
  out.answer = transfer.answer;
  out.allow_origin = transfer.allow_origin;
  if (!result) return out;
  out.allow_methods = words(result->headers, "access-control-allow-methods");
  out.allow_headers = words(result->headers, "access-control-allow-headers");
  return out;
}

StoreAddress look_at_store(WandbApi& api, const SignedUrl& url) {
  StoreAddress out;
  if (url.host.empty()) return out;
  out.origin = UrlParts{url.scheme, url.host, "/", url.port}.origin();
  if (out.origin == api.place().base) out.same_as = "HOST";
  if (out.origin == api.place().bucket_origin) out.same_as = "BUCKET";
  if (!out.same_as.empty()) return out;
  const Settings& settings = api.context().settings;
  Socket socket;
  out.reach = reach(url.host, url.port, settings.dns_server, api.deadline().within(reach_limit), &socket, api.stop());
  *api.context().round_trips += 1 + static_cast<int>(out.reach.attempts.size());
  const auto reachable = out.reach.reachable();
  if (reachable.empty() || url.scheme != "https" || api.stopped()) return out;
  TlsRequest request;
  request.server_name = url.host;
  request.address = reachable.front();
  request.port = url.port;
  request.ca_files = settings.ca_files;
  request.alpn = {"h2", "http/1.1"};
  request.connect = [&out, kept = std::make_shared<Socket>(std::move(socket)), address = reachable.front()](Deadline until) -> Result<Socket> {
    if (*kept) return std::move(*kept);
    return connect_tcp(address, out.reach.port, until);
  };
  out.handshaken = true;
  out.tls = observe_tls(request, api.deadline().within(reach_limit));
  *api.context().round_trips += out.tls.round_trips;
  return out;
}

bool may_send_to(const StoreAddress& store) {
  if (!store.same_as.empty()) return true;
  if (store.reach.reachable().empty()) return false;
  return !store.handshaken || (store.tls.completed && store.tls.errors.empty());
}

}  // namespace wbverify
