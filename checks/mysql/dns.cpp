#include "checks/mysql/checks.hpp"
#include "checks/mysql/facts.hpp"

namespace wbverify {
namespace {

Findings judge(const MysqlFacts& facts, const Scene& scene) { return judge_dns(facts.reach, mysql_words(), scene); }

}  // namespace

CheckSpec mysql_dns_check() {
  CheckSpec spec;
  spec.id = "mysql.dns";
  spec.probe = "mysql";
  spec.title = "The name of the MySQL server resolves";
  spec.tags = {"network"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
