#include "checks/wandb/facts_answer.hpp"

#include "util/json.hpp"

namespace wbverify {

WBVERIFY_DEFINE_JSON(ApiAnswer, asked, operation, http, json, usable, message, code, where, unknown)

WBVERIFY_DEFINE_JSON(WandbDifference, key, written, read, kind)

}  // namespace wbverify
