#pragma once
// URLs as Go's net/url reads them, because that is what the server does with its settings; with the place of every part.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/issues.hpp"

namespace wbverify {

/// The parts of `scheme://userinfo@host:port/path?query`, as written, all of them views of `text`.
struct Url {
  std::string_view text;
  std::string_view scheme;
  std::string_view userinfo, user, password;
  std::string_view host;   ///< IPv6 literals without their brackets
  std::string_view port;
  std::string_view path;   ///< with its leading slash, or empty
  std::string_view query;
  bool has_userinfo = false, has_password = false, has_port = false, has_query = false, has_fragment = false, brackets = false;
  std::size_t authority_end = 0;                  ///< offset of what ends the host and its port
  std::size_t late_at = std::string_view::npos;   ///< an `@` after the authority: a password with a raw slash, probably

  std::size_t offset(std::string_view part) const { return static_cast<std::size_t>(part.data() - text.data()); }
};

/// Nothing when the text does not begin with a scheme and `://`. Never fails on anything else.
std::optional<Url> split_url(std::string_view text);
/// The scheme in lower case; empty when there is none.
std::string scheme_of(std::string_view text);

/// What the examples of a URL grammar look like, for its issues.
struct UrlWords {
  std::string_view example;            ///< the whole, `mysql://USER:PASSWORD@HOST:3306/DATABASE`
  std::string_view secret = "password";   ///< what stands after the colon of the user information
  bool at_in_path = false;                ///< whether the path may hold an `@`
};

struct Credentials {
  std::string user, password;
};
/// The user information decoded. Reports what Go refuses (`password-not-encoded`, `bad-escape`) and what Go takes but the
/// chart's own scripts do not (`plus-in-password`). Nothing when it cannot be read.
std::optional<Credentials> read_credentials(const Url& url, IssueList& issues, const UrlWords& words);
/// Whether a reserved character in the user information has torn the URL apart; reports it. Looked at before anything else.
bool is_torn(const Url& url, IssueList& issues, const UrlWords& words);

/// What is wrong with a host name, as the end of a sentence that begins with "The host"; empty when nothing is.
std::string host_fault(std::string_view host);
/// A host name or address in lower case. Reports `no-host`, `bad-host`, `ipv6-without-brackets`.
std::optional<std::string> read_host(const Url& url, IssueList& issues, const UrlWords& words);
/// The port, or `otherwise` when none is given. Reports `bad-port`.
std::optional<std::uint16_t> read_port(const Url& url, std::uint16_t otherwise, IssueList& issues, const UrlWords& words);

struct Parameter {
  std::string name, value;
  std::size_t name_offset = 0, value_offset = 0;
};
/// The query, decoded as a form is. Reports `bad-escape` and `too-many-parameters`.
std::vector<Parameter> read_parameters(const Url& url, IssueList& issues, const UrlWords& words);
/// Reports a parameter that the server does not know, with the nearest that it does.
void report_unknown(const Parameter& parameter, const std::vector<std::string>& known, IssueList& issues, const UrlWords& words);
/// true and false as Go's strconv.ParseBool takes them. Reports `bad-value`.
std::optional<bool> read_bool(const Parameter& parameter, IssueList& issues, const UrlWords& words);
/// Reports a `#`, which cuts off the rest.
void report_fragment(const Url& url, IssueList& issues, const UrlWords& words);

/// The value of a setting that may hold credentials, fit to be shown: `mysql://wandb_local:[redacted]@db:3306/wandb_local`.
/// Of what is no URL, or a torn one, only that is left which cannot be part of a password.
std::string mask_url(std::string_view text);
/// The value with an upper-case word where the secret stands, to be shown as the right form of it; `words.example` when the
/// secret cannot be told from the rest.
std::string in_right_form(std::string_view text, const UrlWords& words);
/// What of the text may be a password, well-formed or not; for the redactor.
std::vector<std::string> possible_secrets(std::string_view text);

/// Whether the text is an IPv4 address, an IPv6 address (without brackets).
bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);

}  // namespace wbverify
