#include <algorithm>
#include <array>
#include <charconv>

#include "clients/mysql.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct Meaning {
  unsigned number;
  const char* cause;  ///< the number is appended
  bool transient;
};

/// Numbers below 2000 and from 3000 on are the server's (mysqld_error.h), the others the library's (errmsg.h).
constexpr std::array meanings = {
    Meaning{1021, "disk-full", false},
    Meaning{1030, "storage-error", false},
    Meaning{1038, "out-of-sort-memory", false},
    Meaning{1040, "too-many-connections", true},
    Meaning{1044, "no-database-access", false},
    Meaning{1045, "access-denied", false},
    Meaning{1046, "no-database-selected", false},
    Meaning{1049, "unknown-database", false},
    Meaning{1053, "server-shutting-down", true},
    Meaning{1114, "table-full", false},
    Meaning{1129, "host-blocked", false},
    Meaning{1130, "host-not-allowed", false},
    Meaning{1142, "privilege-missing", false},
    Meaning{1143, "privilege-missing", false},
    Meaning{1146, "no-such-table", false},
    Meaning{1153, "packet-too-large", false},
    Meaning{1193, "unknown-variable", false},
    Meaning{1203, "too-many-user-connections", true},
    Meaning{1205, "lock-wait-timeout", true},
    Meaning{1213, "deadlock", true},
    Meaning{1226, "user-limit-reached", true},
    Meaning{1227, "privilege-missing", false},
    Meaning{1251, "old-login-method", false},
    Meaning{1290, "read-only", false},
    Meaning{1305, "unknown-function", false},
    Meaning{1366, "wrong-text", false},
    Meaning{1461, "too-many-prepared-statements", true},
    Meaning{1524, "login-method-not-loaded", false},
    Meaning{1792, "read-only", false},
    Meaning{1799, "online-log-too-big", false},
    Meaning{1820, "password-expired", false},
    Meaning{1836, "read-only", false},
    Meaning{1862, "password-expired", false},
    Meaning{2005, "unknown-host", false},
    Meaning{2006, "lost-connection", true},
    Meaning{2013, "lost-connection", true},
    Meaning{2055, "lost-connection", true},
    Meaning{2026, "tls-failed", false},
    Meaning{2061, "secure-connection-required", false},
    Meaning{3024, "statement-timeout", true},
    Meaning{3032, "offline-mode", false},
    Meaning{3118, "account-locked", false},
    Meaning{3159, "tls-required", false},
    Meaning{3572, "lock-wait-timeout", true},
    Meaning{3750, "primary-key-required", false},
    Meaning{3955, "account-blocked", false},
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// The method that the text names, of those that libraries may lack and W&B's driver has: an account with one of them is right. Else empty.
std::string hiding_method(std::string_view text) {
  for (const char* name : {"mysql_native_password", "caching_sha2_password", "sha256_password"}) {
    if (contains(text, "'" + std::string(name) + "'") || contains(text, "lugin " + std::string(name) + " could")) return name;
  }
  return {};
}

/// Connector/C hides an error that comes in place of the greeting: "Received error packet before completion of TLS
/// handshake. The authenticity of the following error cannot be verified: 1130 - Host …".
unsigned hidden_number(std::string_view text) {
  const auto dash = text.find(" - ");
  if (!contains(text, "Received error packet") || dash == std::string_view::npos) return 0;
  const auto blank = text.rfind(' ', dash - 1);
  const auto digits = text.substr(blank + 1, dash - blank - 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace

Error describe_mysql_error(unsigned number, std::string_view text) {
  if (const unsigned hidden = hidden_number(text)) number = hidden;
  Error out;
  out.text = for_display(text, 400);
  const std::string suffix = "-" + std::to_string(number);
  if (contains(text, "Fingerprint v")) {
    out.cause = "certificate-changed";
  } else if (number == 5010 || ((number == 2059 || (number == 1045 && contains(text, "could not be loaded"))) && hiding_method(text).empty())) {
    // Connector/C 3.3 prints what lies where the method's name was: bytes of the log-in packet, the scrambled password
    // among them.
    out.cause = "login-method-refused";
    out.text =
        "The server asks for another login method than caching_sha2_password, sha256_password and "
        "mysql_native_password.";
  } else if (number == 2059 || (number == 1045 && contains(text, "could not be loaded"))) {
    // Connector/C 3.3 reports a missing plugin file of its own under the server's number for "access denied". Its words name the
    // folders of this machine, which are no part of the answer.
    out.cause = "plugin-not-loaded";
    out.text = "The client library of this machine lacks the login method " + hiding_method(text) + ".";
    out.blame = Blame::machine;
  } else if (number == 2026 && (contains(text, "unexpected eof") || contains(text, "Connection reset") ||
                                contains(text, "Broken pipe"))) {
    out.cause = "lost-connection-2013";
    out.transient = true;
  } else if (number == 2002 || number == 2003) {
    out.cause = "connect-failed" + suffix;
    out.transient = true;
  } else {
    const auto* meaning =
        std::find_if(meanings.begin(), meanings.end(), [&](const Meaning& m) { return m.number == number; });
    if (meaning == meanings.end()) {
      out.cause = "error" + suffix;
    } else {
      out.cause = meaning->cause + suffix;
      out.transient = meaning->transient;
    }
  }
  return out;
}

std::string mysql_quote_name(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out += c;
    out += c;
  }
  return out + "`";
}

}  // namespace wbverify
