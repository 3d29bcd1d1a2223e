#include "config/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "config/go_values.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";
constexpr auto npos = std::string_view::npos;

bool is_one_of(char c, std::string_view set) { return set.find(c) != npos; }
bool is_number(std::string_view text) { return !text.empty() && text.find_first_not_of(digits) == npos; }

std::string encode_hint(std::string_view secret) {
  return "Write the " + std::string(secret) + " percent-encoded. This prints it in that form: "
         "python3 -c 'import getpass, urllib.parse; print(urllib.parse.quote(getpass.getpass(), safe=\"\"))'";
}

}  // namespace

std::string host_fault(std::string_view host) {
  constexpr std::size_t longest_name = 253, longest_label = 63;   // RFC 1035 §2.3.4
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > longest_name) return "is longer than 253 characters";
  const auto labels = split(host, '.');
  for (const auto& label : labels) {
    if (label.empty()) return "has an empty part between two dots";
    if (label.size() > longest_label) return "has a part of more than 63 characters";
    for (const char c : label) {
      if (static_cast<unsigned char>(c) >= 0x80) return "holds a character outside ASCII; its xn-- form is needed";
      if (!is_one_of(c, letters) && !is_one_of(c, digits) && c != '-' && c != '_') return "holds a character that no host name has";
    }
    if (label.front() == '-' || label.back() == '-') return "has a part that begins or ends with a hyphen";
  }
  if (is_number(labels.back()) && !is_ipv4(host)) return "looks like an IPv4 address and is none";
  return "";
}

bool is_ipv4(std::string_view text) {
  in_addr address{};
  return text.size() < INET_ADDRSTRLEN && ::inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return text.size() < INET6_ADDRSTRLEN && ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

std::string scheme_of(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == npos || colon == 0 || !is_one_of(text[0], letters)) return "";
  const std::string_view scheme = text.substr(0, colon);
  const bool valid = std::all_of(scheme.begin(), scheme.end(),
                                 [](char c) { return is_one_of(c, letters) || is_one_of(c, digits) || is_one_of(c, "+-."); });
  return valid ? to_lower(scheme) : "";
}

std::optional<Url> split_url(std::string_view text) {
  const std::string scheme = scheme_of(text);
  if (scheme.empty() || text.substr(scheme.size(), 3) != "://") return std::nullopt;
  Url url;
  url.text = text;
  url.scheme = text.substr(0, scheme.size());
  std::string_view rest = text.substr(scheme.size() + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority.size());
  const std::string_view after = rest;
  url.authority_end = url.offset(after);
  const auto hash = rest.find('#');
  url.has_fragment = hash != npos;
  rest = rest.substr(0, hash);
  const auto mark = rest.find('?');
  url.has_query = mark != npos;
  url.path = rest.substr(0, mark);
  url.query = mark == npos ? rest.substr(rest.size()) : rest.substr(mark + 1);

  const auto at = authority.rfind('@');
  url.has_userinfo = at != npos;
  url.userinfo = authority.substr(0, at == npos ? 0 : at);
  const auto colon = url.userinfo.find(':');
  url.has_password = colon != npos;
  url.user = url.userinfo.substr(0, colon);
  url.password = colon == npos ? url.userinfo.substr(url.userinfo.size()) : url.userinfo.substr(colon + 1);
  std::string_view host = authority.substr(at == npos ? 0 : at + 1);
  std::size_t port = npos;
  if (host.starts_with('[') && host.find(']') != npos) {
    url.brackets = true;
    const auto close = host.find(']');
    if (close + 1 < host.size() && host[close + 1] == ':') port = close + 1;
    url.host = host.substr(1, close - 1);
  } else {
    port = host.rfind(':');
    url.host = host.substr(0, port);
  }
  // With a user and a host found, an @ may still stand in the values of the query.
  const bool complete = url.has_userinfo && !url.host.empty();
  const auto late = complete && (hash == npos || after.find('@', hash) == npos) ? url.path.rfind('@') : after.rfind('@');
  if (late != npos) url.late_at = url.authority_end + late;
  url.has_port = port != npos;
  url.port = port == npos ? host.substr(host.size()) : host.substr(port + 1);
  return url;
}

bool is_torn(const Url& url, IssueList& issues, const UrlWords& words) {
  if (url.late_at == npos) return false;
  const std::size_t cut = url.authority_end;
  const std::string_view lost = url.text.substr(cut, url.late_at - cut);
  const bool torn = !words.at_in_path || url.host.empty() || (!url.has_userinfo && (url.has_port || lost.find(':') != npos));
  if (!torn) return false;
  issues.malformed(cut, {"password-not-encoded",
                         "A raw reserved character before the last @ ends the user information too early, so that the host is read wrongly.",
                         "The reserved characters / ? # [ ] and blank of the " + std::string(words.secret) + " as %2F %3F %23 %5B %5D %20.",
                         encode_hint(words.secret), in_right_form(url.text, words)});
  return true;
}

std::optional<Credentials> read_credentials(const Url& url, IssueList& issues, const UrlWords& words) {
  constexpr std::string_view allowed = "-._~!$&'()*+,;=:@%";   // validUserinfo of Go's net/url
  const std::string secret(words.secret);
  for (std::size_t i = 0; i < url.userinfo.size(); ++i) {
    const char c = url.userinfo[i];
    if (is_one_of(c, letters) || is_one_of(c, digits)) continue;
    const std::size_t offset = url.offset(url.userinfo) + i;
    const bool in_user = i < url.user.size();
    if (c == '%') {
      const auto hex = [&](std::size_t at) { return at < url.userinfo.size() && is_one_of(url.userinfo[at], "0123456789abcdefABCDEF"); };
      if (hex(i + 1) && hex(i + 2)) continue;
      issues.malformed(offset, {"bad-escape", "A % in the " + (in_user ? std::string("user name") : secret) + " is not followed by two hexadecimal digits.",
                                "%25 for a % that is meant as such.", encode_hint(secret), in_right_form(url.text, words)});
      return std::nullopt;
    }
    if (is_one_of(c, allowed)) continue;
    issues.malformed(offset, {in_user ? "user-not-encoded" : "password-not-encoded",
                              "The " + (in_user ? std::string("user name") : secret) + " holds a character that must not stand raw in a URL.",
                              "Everything but letters, digits and - . _ ~ percent-encoded.", encode_hint(secret), in_right_form(url.text, words)});
    return std::nullopt;
  }
  if (const auto plus = url.password.find('+'); plus != npos) {
    issues.suspicious(url.offset(url.password) + plus,
                      {"plus-in-password", "The " + secret + " holds a raw +.",
                       "%2B: the server takes + as it is, the chart's init container and other readers turn it into a blank.",
                       encode_hint(secret), in_right_form(url.text, words)});
  } else if (const auto reserved = url.password.find_first_of("@:"); reserved != npos) {
    issues.suspicious(url.offset(url.password) + reserved,
                      {"reserved-in-password", "The " + secret + " holds a raw @ or colon.",
                       "%40 for @ and %3A for a colon: the server splits at the last @, other readers at the first.",
                       encode_hint(secret), in_right_form(url.text, words)});
  }
  Credentials out;
  out.user = percent_decode(url.user).value_or("");
  out.password = percent_decode(url.password).value_or("");
  if (out.user.find('\0') == npos && out.password.find('\0') == npos) return out;
  issues.malformed(url.offset(url.userinfo), {"bad-escape", "The user information holds %00.", "No zero byte.", encode_hint(secret), in_right_form(url.text, words)});
  return std::nullopt;
}

std::optional<std::string> read_host(const Url& url, IssueList& issues, const UrlWords& words) {
  const std::size_t offset = url.offset(url.host);
  const std::string example(words.example);
  if (url.host.empty()) {
    issues.malformed(offset, {"no-host", "No host stands after " + std::string(url.has_userinfo ? "the @." : "://."), "A host name or an address.", "Write the host.", example});
    return std::nullopt;
  }
  if (url.brackets) {
    if (is_ipv6(url.host)) return to_lower(url.host);
    issues.malformed(offset, {"bad-host", "What stands in the brackets is no IPv6 address.", "An address such as [2001:db8::5].", "Correct the address.", example});
    return std::nullopt;
  }
  if (url.host.find(':') != npos) {
    issues.malformed(offset, {"ipv6-without-brackets", "The host holds more than one colon.", "An IPv6 address in brackets: [2001:db8::5]:3306.", "Put brackets around the address.", example});
    return std::nullopt;
  }
  if (const std::string fault = host_fault(url.host); !fault.empty()) {
    issues.malformed(offset, {"bad-host", "The host " + fault + ".", "A host name of letters, digits, hyphens and dots, or an address.", "Correct the host.", example});
    return std::nullopt;
  }
  return to_lower(url.host);
}

std::optional<std::uint16_t> read_port(const Url& url, std::uint16_t otherwise, IssueList& issues, const UrlWords& words) {
  if (!url.has_port) return otherwise;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
  if (!url.port.empty() && error == std::errc() && end == url.port.data() + url.port.size() && port != 0 && is_number(url.port)) return port;
  // What stands there may be the beginning of a password: it is not shown.
  issues.malformed(url.offset(url.port), {"bad-port", url.port.empty() ? "No number follows the colon after the host." : "What follows the colon after the host is no port.",
                                          "A number from 1 to 65535.", "Write the port, or leave the colon out for " + std::to_string(otherwise) + ".", std::string(words.example)});
  return std::nullopt;
}

std::vector<Parameter> read_parameters(const Url& url, IssueList& issues, const UrlWords& words) {
  std::vector<Parameter> out;
  std::size_t at = 0;
  while (at < url.query.size()) {
    const std::size_t end = std::min(url.query.find('&', at), url.query.size());
    const std::string_view pair = url.query.substr(at, end - at);
    const auto equals = pair.find('=');
    const auto decoded = [](std::string_view text) {
      std::string plain(text);
      std::replace(plain.begin(), plain.end(), '+', ' ');
      return percent_decode(plain);
    };
    const auto name = decoded(pair.substr(0, equals));
    const auto value = decoded(equals == npos ? std::string_view() : pair.substr(equals + 1));
    const std::size_t offset = url.offset(url.query) + at;
    at = end + 1;
    if (pair.empty()) continue;
    constexpr std::size_t most = 100;
    if (out.size() == most) {
      issues.malformed(offset, {"too-many-parameters", "More than 100 parameters follow the ?.", "A handful.", "Remove what does not belong there.", std::string(words.example)});
      return {};
    }
    if (!name || !value || pair.find(';') != npos) {
      issues.malformed(offset, {"bad-escape", "A parameter after the ? is not in the form that a query has.", "name=value pairs joined by &, with %XX escapes.", "Correct the parameters.", std::string(words.example)});
      return {};
    }
    out.push_back({*name, *value, offset, offset + (equals == npos ? pair.size() : equals + 1)});
  }
  return out;
}

void report_unknown(const Parameter& parameter, const std::vector<std::string>& known, IssueList& issues, const UrlWords& words) {
  const std::string near = nearest(parameter.name, known);
  issues.suspicious(parameter.name_offset, {"unknown-parameter", "The server does not know the parameter " + sanitize(parameter.name, 40) + ".",
                                            near.empty() ? "One of: " + join(known, ", ") + "." : "Perhaps " + near + " was meant.",
                                            near.empty() ? "Remove it." : "Write " + near + ".", std::string(words.example)});
}

std::optional<bool> read_bool(const Parameter& parameter, IssueList& issues, const UrlWords& words) {
  if (const auto value = go_bool(parameter.value)) return value;
  issues.malformed(parameter.value_offset, {"bad-value", "The value of " + parameter.name + " is neither true nor false.", "true or false.", "Write " + parameter.name + "=true or " + parameter.name + "=false.", std::string(words.example)});
  return std::nullopt;
}

void report_fragment(const Url& url, IssueList& issues, const UrlWords& words) {
  if (!url.has_fragment) return;
  issues.malformed(url.text.find('#'), {"fragment", "A raw # cuts off everything that follows it.", "%23 for a # that is meant as such.", "Encode it, or remove it and what follows.", std::string(words.example)});
}

}  // namespace wbverify
