#include "clients/s3_sign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "core/digest.hpp"
#include "core/secret.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify::s3_sign {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

/// Runs of blanks count as one, none at the ends.
std::string fold(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      out += c;
    } else if (!out.ends_with(' ')) {
      out += ' ';
    }
  }
  return out;
}

/// Lower-case names with their values, several of one name joined by commas in the order in which they stand.
std::map<std::string, std::string> canonical_headers(const S3Message& message) {
  std::map<std::string, std::string> out{{"host", message.host}};
  for (const auto& [name, value] : message.headers) {
    const auto [at, first] = out.try_emplace(to_lower(name), fold(value));
    if (!first) at->second += "," + fold(value);
  }
  return out;
}

std::string signed_names(const S3Message& message) {
  std::string out;
  for (const auto& [name, value] : canonical_headers(message)) out += (out.empty() ? "" : ";") + name;
  return out;
}

std::string scope_text(const S3Scope& scope) { return timestamp(scope.when).substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request"; }

}  // namespace

std::string timestamp(std::int64_t when) {
  using namespace std::chrono;
  const sys_seconds time{seconds(when)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::string encode_path(std::string_view path) { return percent_encode(path, "/"); }

std::string encode_query(const S3Query& query) {
  std::string out;
  for (const auto& [name, value] : query) out += (out.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return out;
}

std::string canonical_request(const S3Message& message, std::string_view payload_hash) {
  S3Query encoded;
  for (const auto& [name, value] : message.query) encoded.emplace_back(percent_encode(name), percent_encode(value));
  std::sort(encoded.begin(), encoded.end());
  std::string out = message.method + "\n" + encode_path(message.path) + "\n";
  for (std::size_t i = 0; i < encoded.size(); ++i) out += (i == 0 ? "" : "&") + encoded[i].first + "=" + encoded[i].second;
  out += '\n';
  for (const auto& [name, value] : canonical_headers(message)) out += name + ":" + value + "\n";
  out += "\n" + signed_names(message) + "\n";
  return out.append(payload_hash);
}

std::string string_to_sign(const S3Scope& scope, std::string_view canonical_request) {
  return std::string(algorithm) + "\n" + timestamp(scope.when) + "\n" + scope_text(scope) + "\n" + hex_encode(sha256(canonical_request));
}

std::string signature(const S3Keys& keys, const S3Scope& scope, std::string_view canonical_request) {
  std::string key;
  key.reserve(4 + keys.secret.size());   // growing would leave a copy behind that nobody wipes
  key.append("AWS4").append(keys.secret.expose());
  for (const auto& part : split(scope_text(scope), '/')) {
    std::string next = hmac_sha256(key, part);
    wipe(key);
    key = std::move(next);
  }
  std::string out = hex_encode(hmac_sha256(key, string_to_sign(scope, canonical_request)));
  wipe(key);
  return out;
}

Headers sign_headers(const S3Message& message, const S3Keys& keys, const S3Scope& scope, std::string_view payload_hash) {
  S3Message full = message;
  full.headers.emplace_back("x-amz-content-sha256", payload_hash);
  full.headers.emplace_back("x-amz-date", timestamp(scope.when));
  if (!keys.token.empty()) full.headers.emplace_back("x-amz-security-token", keys.token.expose());
  const std::string value = signature(keys, scope, canonical_request(full, payload_hash));
  full.headers.emplace_back("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm, keys.id, scope_text(scope), signed_names(full), value));
  return std::move(full.headers);
}

std::string presign(S3Message message, const S3Keys& keys, const S3Scope& scope, std::int64_t seconds) {
  message.query.emplace_back("X-Amz-Algorithm", algorithm);
  message.query.emplace_back("X-Amz-Credential", keys.id + "/" + scope_text(scope));
  message.query.emplace_back("X-Amz-Date", timestamp(scope.when));
  message.query.emplace_back("X-Amz-Expires", std::to_string(seconds));
  if (!keys.token.empty()) message.query.emplace_back("X-Amz-Security-Token", keys.token.expose());
  message.query.emplace_back("X-Amz-SignedHeaders", signed_names(message));
  const std::string value = signature(keys, scope, canonical_request(message, unsigned_payload));
  return encode_path(message.path) + "?" + encode_query(message.query) + "&X-Amz-Signature=" + value;
}

}  // namespace wbverify::s3_sign
