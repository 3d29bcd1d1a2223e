#include "checks/shared/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "checks/shared/answer_marks.hpp"
#include "core/display.hpp"
#include "util/json_members.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t most_cookies = 10, header_limit = 200, excerpt_limit = 300, title_limit = 120;

/// Headers that tell who answered or how.
constexpr std::string_view telling[] = {
    "server", "via", "x-powered-by", "content-type", "content-encoding", "location", "www-authenticate", "date", "age", "retry-after",
    "strict-transport-security", "alt-svc", "cf-ray", "cf-mitigated", "x-cache", "x-amz-cf-id", "x-amzn-trace-id", "x-amzn-errortype", "x-azure-ref",
    "x-served-by", "x-envoy-upstream-service-time", "x-kong-response-latency", "x-kong-upstream-latency", "x-traefik-router", "x-squid-error",
    "x-cache-lookup", "x-jenkins", "x-iinfo", "x-akamai-request-id", "x-varnish", "x-forwarded-server", "x-request-id", "kbn-name"};

/// Without query and fragment: signatures, tokens and one-time codes stand there.
std::string without_query(std::string_view url) { return std::string(url.substr(0, url.find_first_of("?#"))); }

std::string title_of(std::string_view body) {
  const std::string lower = to_lower(body.substr(0, 64 << 10));
  const auto tag = lower.find("<title");
  const auto begin = tag == std::string::npos ? tag : lower.find('>', tag);
  const auto end = begin == std::string::npos ? begin : lower.find("</title", begin);
  return end == std::string::npos ? "" : for_display(body.substr(begin + 1, end - begin - 1), title_limit);
}

bool is_page(std::string_view body) {
  const std::string lower = to_lower(trim(body.substr(0, 2048)));
  return lower.starts_with("<!doctype html") || lower.find("<html") != std::string::npos || lower.find("<head") != std::string::npos;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// The value of a string member of an object in JavaScript or JSON, whichever way its name is quoted.
std::string member(std::string_view script, std::string_view name) {
  for (auto at = script.find(name); at != std::string_view::npos; at = script.find(name, at + 1)) {
    if (at > 0 && is_word(script[at - 1])) continue;
    std::string_view rest = script.substr(at + name.size());
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) rest.remove_prefix(1);
    rest = trim(rest);
    if (!rest.starts_with(':')) continue;
    rest = trim(rest.substr(1));
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\'' && rest.front() != '`')) continue;
    const auto end = rest.find(rest.front(), 1);
    if (end != std::string_view::npos) return std::string(rest.substr(1, end - 1));
  }
  return {};
}

/// The front end's own idea of its address: REACT_APP_HOST of the chart, as it stands in env.js with or without its prefix.
std::string own_url_of(std::string_view body) {
  const auto config = body.find("window.CONFIG");
  if (config == std::string_view::npos) return {};
  for (const std::string_view name : {"REACT_APP_HOST", "HOST"}) {
    if (const std::string url = member(body.substr(config), name); url.starts_with("http")) return for_display(without_query(url), 300);
  }
  return {};
}

template <class Number>
bool read_number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

WBVERIFY_JSON(HttpAnswer, method, url, cause, text, blame, transient, status, version, address, headers, cookies, title, excerpt, body_bytes, html, marks,
              own_url, duration_ms, asked_at, answered_at)

bool HttpAnswer::has_mark(const std::string& id) const { return std::find(marks.begin(), marks.end(), id) != marks.end(); }

std::string HttpAnswer::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? std::string() : at->second;
}

HttpAnswer make_answer(const std::string& url, const Result<HttpResponse>& result, std::int64_t asked_at) {
  HttpAnswer answer;
  answer.url = for_display(url, 300);
  answer.asked_at = answer.answered_at = asked_at;
  if (!result) {
    answer.cause = result.error().cause;
    answer.text = for_display(result.error().text, 400);
    answer.blame = name(result.error().blame);
    answer.transient = result.error().transient;
    return answer;
  }
  const HttpResponse& response = *result;
  answer.status = response.status;
  answer.version = response.version;
  answer.address = response.address;
  answer.duration_ms = response.duration_ms;
  answer.answered_at = asked_at + static_cast<std::int64_t>(std::ceil(response.duration_ms));
  for (const auto& [name, value] : response.headers) {
    const std::string lower = to_lower(name);
    if (lower == "set-cookie") {
      if (answer.cookies.size() < most_cookies) answer.cookies.push_back(for_display(value.unread().substr(0, value.unread().find_first_of("=;")), 60));
    } else if (std::find(std::begin(telling), std::end(telling), lower) != std::end(telling) && !answer.headers.contains(lower)) {
      answer.headers[lower] = for_display(lower == "location" ? without_query(value.unread()) : value.unread(), header_limit);
    }
  }
  answer.body_bytes = response.body.size();
  answer.html = is_page(response.body.unread());
  answer.marks = find_marks(response.body.unread());
  if (response.stranger) return answer;
  answer.title = title_of(response.body.unread());
  answer.excerpt = for_display(response.body, excerpt_limit);
  answer.own_url = own_url_of(response.body.unread());
  return answer;
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  // `Sun, 06 Nov 1994 08:49:37 GMT`: fixed places.
  static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" || text[19] != ':' || text[22] != ':') return {};
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  unsigned day = 0, hour = 0, minute = 0, second = 0;
  int year = 0;
  if (month == months.end() || !read_number(text.substr(5, 2), day) || !read_number(text.substr(12, 4), year) || !read_number(text.substr(17, 2), hour) ||
      !read_number(text.substr(20, 2), minute) || !read_number(text.substr(23, 2), second)) {
    return {};
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return {};
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second;
}

}  // namespace wbverify
