#include "clients/s3.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "core/digest.hpp"
#include "core/display.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string http_date(std::int64_t when) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const sys_seconds time{seconds(when)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", names[weekday(day).c_encoding()], static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

bool starts_with_word(std::string_view text, std::string_view word) { return iequals(text.substr(0, word.size()), word); }

std::string title_of(std::string_view html) {
  const std::string lower = to_lower(html.substr(0, 65536));
  const auto begin = lower.find("<title");
  const auto open = begin == std::string::npos ? begin : lower.find('>', begin);
  const auto end = open == std::string::npos ? open : lower.find("</title", open);
  return end == std::string::npos ? "" : for_display(html.substr(open + 1, end - open - 1), 100);
}

void read_body(S3Answer& answer, const HttpResponse& response) {
  const std::string_view body = trim(response.body.unread().substr(0, s3_xml::largest));
  const auto type = response.header("content-type");
  if (body.empty()) {
    answer.kind = "empty";
    return;
  }
  if (body.starts_with('<')) answer.root = s3_xml::root_of(response.body.unread());
  if (const auto error = answer.root == "Error" ? s3_xml::read_error(response.body.unread()) : std::nullopt) {
    answer.code = error->code;
    answer.message = error->message;
    if (answer.region.empty() && is_s3_region(error->region)) answer.region = error->region;
    if (answer.location.empty()) answer.location = error->endpoint;
    if (answer.request_id.empty()) answer.request_id = error->request_id;
  }
  const bool html = starts_with_word(body, "<!doctype html") || starts_with_word(body, "<html") || iequals(answer.root, "html") || starts_with_word(type, "text/html");
  if (html) {
    answer.kind = "html";
    answer.root.clear();
    answer.begin = title_of(body);
  } else if (!answer.root.empty()) {
    answer.kind = "xml";
  } else {
    answer.kind = (body.starts_with('{') || body.starts_with('[')) ? "json" : "other";
    answer.begin = for_display(body.substr(0, 200), 100);
  }
}

/// Products by headers that they alone send; a proxy in front hides no more than the Server header.
std::string product_of(const HttpResponse& response) {
  const std::string server = to_lower(response.header("server"));
  if (server.find("minio console") != std::string::npos) return "MinIO Console";
  const auto id = response.header("x-amz-id-2");
  // MinIO's is a SHA-256 in hexadecimal; Amazon's is base64.
  const bool hexadecimal = id.size() == 64 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  const bool minio_header = std::any_of(response.headers.begin(), response.headers.end(), [](const auto& h) { return starts_with_word(h.first, "x-minio-"); });
  if (server.find("minio") != std::string::npos || hexadecimal || minio_header) return "MinIO";
  if (server.find("amazons3") != std::string::npos) return "Amazon S3";
  if (server.find("storagegrid") != std::string::npos || response.has_header("x-ntap-sg-trace-id")) return "NetApp StorageGRID";
  if (response.has_header("x-openstack-request-id") || response.has_header("x-trans-id")) return "OpenStack Swift";
  const auto request = response.header("x-amz-request-id");
  if (server.find("ceph") != std::string::npos || (request.starts_with("tx0") && request.find('-') != std::string_view::npos)) return "Ceph RGW";
  return "";
}

}  // namespace

std::string S3Address::connect_host() const { return path_style || bucket.empty() ? host : bucket + "." + host; }

std::string S3Address::authority() const {
  const std::string name = connect_host();
  const std::string shown = name.find(':') == std::string::npos ? name : "[" + name + "]";
  return port == (tls ? 443 : 80) ? shown : shown + ":" + std::to_string(port);
}

std::string S3Address::origin() const { return (tls ? "https://" : "http://") + authority(); }

std::string S3Address::path(std::string_view key) const {
  std::string out = path_style ? "/" + bucket : "";
  // A bucket without a path is asked as `/bucket`, its objects as `/bucket/key`; in front of the host it has only `/`.
  if (!key.empty() || out.empty()) out += "/";
  return out.append(key);
}

std::string S3Address::url(std::string_view key) const { return origin() + s3_sign::encode_path(path(key)); }

bool is_s3_region(std::string_view text) {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.front() != '-' && text.size() <= longest && to_lower(text).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
}

S3Address in_region(S3Address address, const std::string& region) {
  if (!is_s3_region(region)) return address;
  const bool amazon = address.host.ends_with(".amazonaws.com") || address.host.ends_with(".amazonaws.com.cn");
  const auto at = amazon && !address.region.empty() ? address.host.find("." + address.region + ".") : std::string::npos;
  if (at != std::string::npos) address.host.replace(at + 1, address.region.size(), region);
  address.region = region;
  return address;
}

bool S3Answer::is_s3() const {
  if (status == 0 || kind == "html" || azure_headers) return false;
  if (amazon_headers) return true;
  if (root == "Error") return !code.empty();
  return root == "ListBucketResult" || root == "ListAllMyBucketsResult";
}

std::optional<std::int64_t> read_http_date(std::string_view text) {
  // RFC 9110 §5.6.7: one fixed form; servers of today send no other.
  const auto parts = split(text, ' ');
  if (parts.size() != 6 || parts[5] != "GMT" || parts[4].size() != 8) return std::nullopt;
  const auto number = [](std::string_view digits) {
    int value = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : -1;
  };
  const auto* const month = std::find(months.begin(), months.end(), parts[2]);
  const int day = number(parts[1]), year = number(parts[3]);
  const std::string_view clock = parts[4];
  const int hour = number(clock.substr(0, 2)), minute = number(clock.substr(3, 2)), second = number(clock.substr(6, 2));
  using namespace std::chrono;
  if (month == months.end() || day < 1 || year < 1970 || year > 9999 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const year_month_day date = std::chrono::year(year) / static_cast<int>(month - months.begin() + 1) / day;
  if (!date.ok()) return std::nullopt;
  return duration_cast<seconds>(sys_days(date).time_since_epoch()).count() + hour * 3600 + minute * 60 + second;
}

S3Answer read_answer(const HttpResponse& response) {
  S3Answer answer;
  const auto header = [&](std::string_view name, std::size_t limit) { return for_display(response.header(name), limit); };
  answer.status = response.status;
  answer.transient = response.status == 500 || response.status == 502 || response.status == 503 || response.status == 504;
  answer.duration_ms = response.duration_ms;
  answer.server = header("server", 80);
  answer.product = product_of(response);
  if (const auto region = response.header("x-amz-bucket-region"); is_s3_region(region)) answer.region = region;
  answer.request_id = header("x-amz-request-id", 80);
  answer.amazon_headers = !answer.request_id.empty() || response.has_header("x-amz-id-2");
  answer.azure_headers = response.has_header("x-ms-request-id");
  const std::string location(response.header("location"));
  answer.location = for_display(location.substr(0, location.find('?')), 200);
  answer.date = read_http_date(response.header("date")).value_or(0);
  read_body(answer, response);
  return answer;
}

HttpRequest s3_request(const S3Address& address, const S3Keys& keys, const S3Call& call, std::int64_t now) {
  HttpRequest out;
  out.method = call.method;
  out.body = call.body;
  out.max_body = call.max_body;
  const std::string path = call.service ? "/" : address.path(call.key);
  std::string target = s3_sign::encode_path(path);
  const S3Scope scope{address.region, "s3", now - call.age};
  S3Message message{call.signed_method.empty() ? call.method : call.signed_method, call.signed_host.empty() ? address.authority() : call.signed_host,
                    call.signed_key.empty() ? path : address.path(call.signed_key), call.query, call.headers};
  const std::string query = call.query.empty() ? "" : "?" + s3_sign::encode_query(call.query);
  switch (!keys.secret.empty() ? call.signing : S3Call::Signing::none) {
    case S3Call::Signing::header:
      out.headers = s3_sign::sign_headers(message, keys, scope, hex_encode(sha256(call.body)));
      target += query;
      break;
    case S3Call::Signing::presigned: {
      std::string signed_target = s3_sign::presign(std::move(message), keys, scope, call.expires);
      if (call.tampered) signed_target.back() = signed_target.back() == '0' ? '1' : '0';
      target += signed_target.substr(signed_target.find('?'));
      out.headers = call.headers;
      break;
    }
    case S3Call::Signing::version_2: {
      // Amazon S3 Developer Guide, "Signing and Authenticating REST Requests (AWS Signature Version 2)".
      const std::string date = http_date(now);
      const std::string signature = base64_encode(hmac_sha1(keys.secret.expose(), call.method + "\n\n\n" + date + "\n" + target));
      out.headers = {{"Date", date}, {"Authorization", "AWS " + keys.id + ":" + signature}};
      target += query;
      break;
    }
    case S3Call::Signing::none:
      out.headers = call.headers;
      target += query;
      break;
  }
  out.headers.insert(out.headers.end(), call.unsigned_headers.begin(), call.unsigned_headers.end());
  out.url = address.origin() + target;
  return out;
}

S3Client::S3Client(S3Address address, S3Keys keys, HttpOptions options)
    : address_(std::move(address)), keys_(std::move(keys)), http_([&] {
        options.signs = true;
        if (options.credentials_for.empty()) options.credentials_for = {address_.origin()};
        return std::move(options);
      }()) {}

std::vector<S3Reply> S3Client::send_all(std::span<const S3Call> calls, std::int64_t now, Deadline deadline, const std::stop_token& stop) {
  std::vector<HttpRequest> requests;
  requests.reserve(calls.size());
  for (const auto& call : calls) requests.push_back(s3_request(address_, keys_, call, now));
  auto responses = http_.send_all(requests, deadline, stop);
  std::vector<S3Reply> replies;
  replies.reserve(responses.size());
  for (auto& response : responses) {
    S3Reply reply;
    if (response) {
      reply.answer = read_answer(*response);
      reply.headers = std::move(response->headers);
      reply.body = std::move(response->body);
    } else {
      reply.answer.cause = response.error().cause;
      reply.answer.text = response.error().text;
      reply.answer.transient = response.error().transient;
    }
    replies.push_back(std::move(reply));
  }
  return replies;
}

S3Reply S3Client::send(const S3Call& call, std::int64_t now, Deadline deadline, const std::stop_token& stop) {
  return std::move(send_all({&call, 1}, now, deadline, stop).front());
}

}  // namespace wbverify
