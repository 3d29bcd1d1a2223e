#pragma once
// An answer of the API, and how what was read differs from what was written.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "checks/shared/answer.hpp"

namespace wbverify {

/// One question to the API and what came back, as far as a check may need it. Texts are bounded and clean.
struct ApiAnswer {
  bool asked = false;
  std::string operation;      ///< `UpsertBucket`, `file_stream`
  HttpAnswer http;            ///< the exchange: status, hop, page, or why there was no answer
  bool json = false;          ///< the body is JSON; if not, something in front of the server answered
  bool usable = false;        ///< the data asked for came, whole and of the right types
  std::string message, code;  ///< of the first error; `code` is its extensions.code, or empty
  std::string where;          ///< path of that error: `upsertBucket`, or of the member that is of a wrong type
  std::vector<std::string>
      unknown;  ///< what the server's schema does not have and an older document did without: `ServerInfo.features`

  bool ok() const { return usable && message.empty(); }
};
void to_json(nlohmann::json& json, const ApiAnswer& answer);
void from_json(const nlohmann::json& json, ApiAnswer& answer);

/// One value that came back otherwise than it was written.
struct WandbDifference {
  std::string key;            ///< `listTest[2]`, `dict.val1`, `HT%3ML `
  std::string written, read;  ///< as JSON, bounded; `read` is empty when it is missing
  std::string kind;           ///< `missing`, `changed`, `four-byte-characters`, `non-ascii`, `number`, `key-changed`
};
void to_json(nlohmann::json& json, const WandbDifference& difference);
void from_json(const nlohmann::json& json, WandbDifference& difference);

}  // namespace wbverify
