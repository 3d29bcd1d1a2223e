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
  return "curl -sS -i --max-time 10" + (url.starts_with("https:") ? facts.curl_options : "") + " " + shell_quote(url);
}

std::string reach_the_server(const std::string& hop) {
  std::string out = "See whether the server runs. With Docker, where it runs:\ndocker ps -a --filter name=wandb\ndocker logs --tail 50 wandb-local\ncurl -sS -i http://127.0.0.1:8080/healthz\n"
                    "With Kubernetes:\nkubectl get pods,svc,endpoints -n NAMESPACE\nkubectl logs -n NAMESPACE deploy/wandb-app --tail 50\n";
  const std::string lower = to_lower(hop);
  if (lower.find("nginx") != std::string::npos) {
    out += "If it runs, nginx asks at the wrong place. Its error log says where; the line is:\nproxy_pass http://ADDRESS_OF_W&B:8080;";
  } else {
    out += fmt::format("If it runs, {} asks at the wrong place: correct address and port (8080) of its backend.", hop.empty() ? "the proxy in front" : hop);
  }
  return out;
}

}  // namespace wbverify
