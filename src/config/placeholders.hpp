#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace wbverify {

/// What an example left behind in a value.
struct Placeholder {
  std::string text;         ///< `<bucket-name>`; never anything of the user's own
  std::size_t offset = 0;   ///< byte of the value
  std::string cause;        ///< `placeholder`, `unexpanded-reference`, `unrendered-template`, `masked-value`
};

/// The first one in the value: words of the W&B documents (`YOUR_DNS_DOMAIN`, `SOME_PASSWORD`, `<bucket-name>`,
/// `my.domain.net`, `xxxxxxxxxxyyyyyyyyyyyzzzzzzz`), references that nobody expanded (`$ACCESS_KEY`, `${var.license}`,
/// `$(MYSQL_PASSWORD)`), templates (`{{ .Values.x }}`), and values that were masked before they were copied (`***`).
std::optional<Placeholder> find_placeholder(std::string_view value);

}  // namespace wbverify
