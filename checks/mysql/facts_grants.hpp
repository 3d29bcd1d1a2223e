#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify {

/// What the lines of SHOW GRANTS add up to for one database.
struct MysqlRights {
  std::set<std::string> privileges;  ///< upper case, of the eighteen that a database knows
  bool grant_option = false;
  std::vector<std::string> unread;  ///< lines that were not understood
};

/// The eighteen privileges of a database, as the manual's table of static privileges lists them.
const std::set<std::string>& mysql_database_privileges();

/// Sums GRANT lines for `*.*` and for patterns that match the database, and takes partial REVOKEs off. `_` and `%` of a
/// pattern are wildcards unless escaped. Lines that give roles say nothing here: the server adds their rights as lines.
MysqlRights sum_mysql_grants(const std::vector<std::string>& lines, std::string_view database);

}  // namespace wbverify
