#include "healthy.hpp"

#include "checks/bucket/bucket_cases.hpp"
#include "checks/host/answers.hpp"
#include "checks/wandb/healthy.hpp"

namespace wbverify::walk {

std::string healthy_mysql_facts();   // its header and that of the API have helpers of the same names

const std::map<std::string, std::vector<std::string>>& healthy_facts() {
  static const std::map<std::string, std::vector<std::string>> facts = {
      {"mysql", {healthy_mysql_facts()}},
      {"host.http", {encode_facts(wbverify::healthy())}},
      {"bucket", {encode_facts(bucket_cases::healthy_read())}},
      {"bucket.write", {encode_facts(bucket_cases::healthy_write())}},
      {"wandb", {encode_facts(wandb_cases::healthy())}},
      {"wandb.leftovers", {encode_facts(wandb_cases::no_leftovers())}},
      {"wandb.write", {encode_facts(wandb_cases::written({"ada"}))}}};
  return facts;
}

}  // namespace wbverify::walk
