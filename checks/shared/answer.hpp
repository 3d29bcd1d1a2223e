#pragma once
#include "checks/host/facts.hpp"
#include "clients/http.hpp"

namespace wbverify {

/// What a check may know of an exchange that began at `asked_at`, in Unix milliseconds of this machine.
HttpAnswer make_answer(const std::string& url, const Result<HttpResponse>& result, std::int64_t asked_at);

/// Unix seconds of a Date header in the form that servers must use (IMF-fixdate, RFC 9110 §5.6.7); nothing for any other text.
std::optional<std::int64_t> parse_http_date(std::string_view text);

/// A URL taken apart as far as redirects need it. `path` begins with a slash and has neither query nor fragment.
struct UrlParts {
  std::string scheme, host, path;
  std::uint16_t port = 0;
  std::string origin() const;
};
/// What a Location header points to, seen from the URL that was asked (RFC 3986 §5.2); nothing when it cannot be told.
std::optional<UrlParts> resolve_location(std::string_view location, std::string_view asked);

}  // namespace wbverify
