#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "checks/mysql/facts.hpp"
#include "util/version.hpp"

namespace wbverify {

/// Who makes and runs the server: it decides on what can be set, and how.
enum class MysqlKind { self_run, percona, bundled, rds, aurora, cloud_sql, azure, mariadb, other };

struct MysqlFlavour {
  MysqlKind kind = MysqlKind::self_run;
  std::string name;  ///< `MySQL`, `Percona Server`, `Amazon Aurora`, `TiDB`
  bool self_run() const {
    return kind == MysqlKind::self_run || kind == MysqlKind::percona || kind == MysqlKind::bundled;
  }
};

/// As far as the facts tell; before the log-in only the greeting and the host's name do.
MysqlFlavour mysql_flavour(const MysqlFacts& facts);
/// Worth asking for AURORA_VERSION().
bool may_be_aurora(const MysqlFacts& facts);

/// Major, minor and patch at the start of a version text: `8.0.31-google` is 8.0.31. Nothing when there are none.
using MysqlVersion = Version;
std::optional<MysqlVersion> parse_mysql_version(std::string_view text);
/// What VERSION() says, else the greeting.
std::string mysql_version_text(const MysqlFacts& facts);

}  // namespace wbverify
