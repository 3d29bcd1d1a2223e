#pragma once
#include <optional>

#include "config/issues.hpp"

namespace wbverify {

/// MYSQL: `mysql://user[:password]@host[:3306]/database[?tls=…&ssl-ca=…&ssl-cert=…&ssl-key=…]`. Nothing when an issue makes
/// it unusable.
std::optional<MysqlTarget> parse_mysql_url(IssueList& issues);
/// The word that stands for it in the URL.
std::string_view name(MysqlTls tls);

}  // namespace wbverify
