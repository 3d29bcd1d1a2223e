#include "checks/mysql/checks.hpp"
#include "checks/mysql/facts.hpp"

namespace wbverify {
namespace {

Findings judge(const MysqlFacts& facts, const Scene& scene) { return judge_tcp(facts.reach, mysql_words(), scene); }

}  // namespace

CheckSpec mysql_reachable_check() {
  CheckSpec spec;
  spec.id = "mysql.reachable";
  spec.probe = "mysql";
  spec.title = "The MySQL server accepts connections";
  spec.needs = {"mysql.dns"};
  spec.tags = {"network"};
  return make_check<MysqlFacts>(std::move(spec), judge);
}

}  // namespace wbverify
