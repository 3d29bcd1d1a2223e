#include "checks/host/plugin_words.hpp"

#include <fmt/format.h>

#include "util/text.hpp"

namespace wbverify {

const ServiceWords& host_words() {
  static const ServiceWords words{"the W&B server", "HOST",
                                  "Browsers, the SDK and every training machine use this address: none of them reaches W&B when it does not work."};
  return words;
}

std::string curl_command(const HostHttpFacts& facts, const std::string& url) {
  return "curl -sS -i --max-time 10" + (url.starts_with("https:") ? curl_options(facts.ca_file, facts.resolve) : "") + " " + shell_operand(url);
}

}  // namespace wbverify
