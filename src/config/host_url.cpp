#include "config/host_url.hpp"

#include "config/url.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr UrlWords words{.example = "https://wandb.example.com"};

std::string origin_of(const HostTarget& target, bool brackets) {
  const std::string host = brackets ? "[" + target.host + "]" : target.host;
  const std::uint16_t own = target.scheme == "https" ? 443 : 80;
  return target.scheme + "://" + host + (target.port == own ? "" : ":" + std::to_string(target.port));
}

void report_scheme(IssueList& issues) {
  const std::string_view value = issues.value();
  const std::string scheme = scheme_of(value);
  if (scheme.empty() || value.substr(scheme.size(), 3) != "://") {
    const bool short_of_slashes = scheme == "http" || scheme == "https";
    std::string rest(short_of_slashes ? value.substr(scheme.size() + 1) : value);
    rest.erase(0, rest.find_first_not_of('/'));
    rest.erase(std::min(rest.find('/'), rest.size()));
    // What is no name of a host may be anything, a pasted key too.
    const std::string_view host = std::string_view(rest).substr(0, rest.find(':'));
    const bool is_host = host_fault(host).empty() && (host.find('.') != std::string_view::npos || host == "localhost") && rest.find('@') == std::string::npos &&
                         rest.find_first_not_of("0123456789", std::min(host.size() + 1, rest.size())) == std::string::npos;
    const std::string example = is_host ? (short_of_slashes ? scheme : "https") + "://" + rest : std::string(words.example);
    issues.malformed(0, {"no-scheme", "The value " + (is_host ? sanitize(value, 80) + " " : std::string()) + "does not begin with http:// or https://.",
                         "The whole URL as typed into a browser, with its scheme.", "Write the scheme in front.", example});
    return;
  }
  issues.malformed(0, {"unknown-scheme", "The scheme is " + (scheme.size() < 8 ? sanitize(scheme, 20) : std::string("another")) + ".", "https, or http when nothing encrypts on the way.",
                       "Write https://.", std::string(words.example)});
}

}  // namespace

std::optional<HostTarget> parse_host_url(IssueList& issues) {
  if (!check_surface(issues, words.example)) return std::nullopt;
  const std::string_view value = issues.value();
  if (const auto comma = value.find_first_of(", "); comma != std::string_view::npos) {
    issues.malformed(comma, {"several-hosts", "The value holds a comma or a blank.", "One URL. Further names belong into the ingress and its certificate.",
                             "Keep the URL that people use.", std::string(words.example)});
    return std::nullopt;
  }
  const auto url = split_url(value);
  HostTarget target;
  target.scheme = scheme_of(value);
  if (!url || (target.scheme != "http" && target.scheme != "https")) {
    report_scheme(issues);
    return std::nullopt;
  }
  if (url->has_userinfo) {
    issues.malformed(url->offset(url->userinfo), {"userinfo", "User information stands in front of the host.", "A URL without a user and a password: every browser gets to see it.",
                                                  "Remove everything up to the @.", std::string(words.example)});
    return std::nullopt;
  }
  const auto host = read_host(*url, issues, words);
  const auto port = read_port(*url, target.scheme == "https" ? 443 : 80, issues, words);
  if (!host || !port) return std::nullopt;
  target.host = *host;
  target.port = *port;
  target.origin = origin_of(target, url->brackets);
  if (url->has_query || url->has_fragment || (!url->path.empty() && url->path.find_first_not_of('/') != std::string_view::npos)) {
    const std::size_t offset = url->path.empty() ? value.find_first_of("?#") : url->offset(url->path);
    issues.malformed(offset, {"path", "Something follows the host.", "No path, no query: the server appends its own paths.", "Remove it.", target.origin});
    return std::nullopt;
  }
  if (host->ends_with("wandb.ai")) {
    issues.malformed(IssueList::whole, {"wandb-cloud", "The host is W&B's own cloud, not a server of yours.", "The name of your installation.",
                                        "Write the URL of your own server.", std::string(words.example)});
    return std::nullopt;
  }
  if (!url->path.empty()) {
    issues.suspicious(url->offset(url->path), {"trailing-slash", "The value ends with a slash.", "Nothing after the host: callback URLs are compared character by character.",
                                               "Remove the slash.", target.origin});
  } else if (target.host == "localhost" || target.host == "127.0.0.1" || target.host == "::1") {
    issues.suspicious(url->offset(url->host), {"localhost", "The host is this machine itself; this is the value that the chart has before it is set.",
                                               "A name that every browser and every training machine can reach.", "Write the public name of the server.", std::string(words.example)});
  } else if (url->brackets || is_ipv4(target.host)) {
    issues.suspicious(url->offset(url->host), {"address-literal", "The host is an address.", "A fully qualified name with an A record: certificates and login callbacks are tied to names.",
                                               "Give the server a name in DNS.", std::string(words.example)});
  } else if (target.host.ends_with('.')) {
    issues.suspicious(url->offset(url->host), {"trailing-dot", "The host ends with a dot.", "The name without it: browsers take both for different hosts.", "Remove the dot.", std::string(words.example)});
  }
  return target;
}

}  // namespace wbverify
