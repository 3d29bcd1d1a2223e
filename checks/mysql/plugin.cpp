#include "checks/mysql/plugin.hpp"

#include "checks/mysql/checks.hpp"
#include "checks/mysql/probe.hpp"

namespace wbverify {

const ServiceWords& mysql_words() {
  static const ServiceWords words{"MySQL", "MYSQL",
                                  "Without its database the W&B server does not start: it waits for it without end, "
                                  "and the page stays at \"Loading\"."};
  return words;
}

Plugin mysql_plugin() {
  Plugin plugin;
  plugin.service = "mysql";
  plugin.title = "MySQL";
  plugin.probes = {mysql_probe(), mysql_write_probe()};
  plugin.checks = {
      mysql_dns_check(),        mysql_reachable_check(),   mysql_greeting_check(), mysql_flavour_check(),
      mysql_tls_check(),        mysql_login_check(),       mysql_version_check(),  mysql_variables_check(),
      mysql_charset_check(),    mysql_grants_check(),      mysql_account_check(),  mysql_writable_check(),
      mysql_migrations_check(), mysql_connections_check(), mysql_clock_check(),    mysql_latency_check(),
      mysql_round_trip_check(),
  };
  plugin.undoers = {mysql_undo()};
  plugin.leftovers = {mysql_leftovers()};
  return plugin;
}

}  // namespace wbverify
