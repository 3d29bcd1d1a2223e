#pragma once
// Pages that everybody who runs servers has met, told by words that stand in them.
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

enum class PageKind {
  wandb,           ///< W&B itself
  tls_port,        ///< a TLS port that was spoken to in plain HTTP
  default_page,    ///< a proxy or web server that knows no site of that name
  cdn,             ///< an error or a challenge of a content delivery network
  portal,          ///< a network that wants a log-in before it lets anybody out
  filter,          ///< a filtering proxy that blocks
  login,           ///< somebody's log-in page
  product,         ///< another product
};

struct PageMark {
  std::string_view id;       ///< recorded in facts
  PageKind kind;
  std::string_view needle;   ///< in lower case; looked for in the body, case ignored
  std::string_view words;    ///< what it is: `the default backend of ingress-nginx`
};

/// Ids of all marks in the body.
std::vector<std::string> find_marks(std::string_view body);
/// The first mark of that kind among the ids, or nullptr.
const PageMark* mark_of(const std::vector<std::string>& ids, PageKind kind);
/// A log-in page's other trait: a field for a password.
inline constexpr std::string_view password_field = "password-field";

}  // namespace wbverify
