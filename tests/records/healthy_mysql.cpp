#include "checks/mysql/healthy.hpp"

namespace wbverify::walk {
std::string healthy_mysql_facts();
std::string healthy_mysql_facts() { return encode_facts(healthy_mysql()); }
}  // namespace wbverify::walk
