#pragma once
// The checks of the database, in the order of the report; each in its own file.
#include "checks/shared/reach.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// How MySQL is spoken of where every service is judged alike.
const ServiceWords& mysql_words();

CheckSpec mysql_dns_check();
CheckSpec mysql_reachable_check();
CheckSpec mysql_greeting_check();
CheckSpec mysql_flavour_check();
CheckSpec mysql_tls_check();
CheckSpec mysql_login_check();
CheckSpec mysql_version_check();
CheckSpec mysql_variables_check();
CheckSpec mysql_charset_check();
CheckSpec mysql_grants_check();
CheckSpec mysql_account_check();
CheckSpec mysql_writable_check();
CheckSpec mysql_migrations_check();
CheckSpec mysql_connections_check();
CheckSpec mysql_clock_check();
CheckSpec mysql_latency_check();
CheckSpec mysql_round_trip_check();

}  // namespace wbverify
