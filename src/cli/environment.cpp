#include "cli/environment.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace wbverify {
namespace {

/// What libcurl, OpenSSL, the MySQL library and the resolvers read behind our back. HOME and the variables that wbverify documents are
/// read by config; RES_OPTIONS and LOCALDOMAIN stay: they belong to this machine's resolver as /etc/resolv.conf does.
constexpr const char* steering[] = {
    // libcurl writes the keys of every TLS session there, of those that carry credentials too.
    "SSLKEYLOGFILE",
    // OpenSSL: configuration and modules that run in our process or change what counts as secure; the W&B server reads none of them.
    "OPENSSL_CONF", "OPENSSL_CONF_INCLUDE", "OPENSSL_MODULES", "OPENSSL_ENGINES", "OPENSSL_ia32cap", "CTLOG_FILE", "QLOGDIR",
    // Roots are read by ourselves; what is set for the server is in the settings by now.
    "SSL_CERT_FILE", "SSL_CERT_DIR",
    // MySQL libraries: plugins that would get the password, ports, passwords and debug traces of other programs.
    "LIBMYSQL_PLUGINS", "LIBMYSQL_PLUGIN_DIR", "LIBMYSQL_ENABLE_CLEARTEXT_PLUGIN", "MARIADB_PLUGIN_DIR", "MARIADB_TLS_DISABLE_PEER_VERIFICATION", "MYSQL_PLUGIN_DIR", "MYSQL_HOME",
    "MYSQL_GROUP_SUFFIX", "MYSQL_PWD", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_DEBUG",
    // libcurl: proxies are switched off request by request as well; the others are for its tool and its tests.
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "CURL_HOME", "CURL_CA_BUNDLE", "CURL_SSL_BACKEND", "CURL_ENTROPY",
    "CURL_FORCEHOST", "CURL_DEBUG", "CURL_TRACE",
    // Other names for hosts, which no resolver of the server knows.
    "HOSTALIASES", "RESOLV_HOST_CONF", "RESOLV_ADD_TRIM_DOMAINS", "RESOLV_OVERRIDE_TRIM_DOMAINS", "RESOLV_MULTI", "RESOLV_SPOOF_CHECK", "CARES_HOSTS",
};

}  // namespace

std::map<std::string, std::string> take_environment() {
  std::map<std::string, std::string> out;
  for (char** item = environ; item != nullptr && *item != nullptr; ++item) {
    const std::string_view text = *item;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  for (const char* name : steering) ::unsetenv(name);
  // MariaDB Connector/C lets OpenSSL read all roots of the system for each connection (30 ms), and nobody looks at them: what is
  // demanded is the pinned certificate, and with a CA file or folder of its own it would demand the chain too. OpenSSL takes the place
  // of the roots from here. It harms nobody else: every other context of ours is given its store, and we start no other program.
  ::setenv("SSL_CERT_FILE", "/dev/null", 1);
  return out;
}

}  // namespace wbverify
