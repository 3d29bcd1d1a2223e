#include "checks/wandb/facts_answer.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(ApiAnswer, asked, operation, http, json, usable, message, code, where, unknown)

WBVERIFY_JSON(WandbDifference, key, written, read, kind)

}  // namespace wbverify
