#pragma once
// Facts of a healthy server, to be broken by a test, and the judging of them.
#include <gmock/gmock.h>

#include "checks/host/checks.hpp"
#include "checks/host/facts.hpp"
#include "checks/shared/answer.hpp"

namespace wbverify {

inline constexpr std::int64_t moment = 1790000000000;   // 2026-09-21 14:13:20 UTC

inline HttpAnswer answer(const std::string& path, int status, const std::string& body, const ReceivedHeaders& headers = {{"Server", "nginx/1.22.1"}}, const std::string& origin = "https://wandb.example.com") {
  HttpResponse response;
  response.status = status;
  response.version = "HTTP/2";
  response.headers = headers;
  response.body = body;
  response.address = "10.0.0.5:443";
  response.duration_ms = 3;
  return make_answer(origin + path, response, moment);
}

inline HttpAnswer no_answer(const std::string& path, const std::string& cause, Blame blame = Blame::target, const std::string& text = "words of it") {
  return make_answer("https://wandb.example.com" + path, fail({cause, text, blame, true}), moment);
}

inline const std::string& page() {
  static const std::string text = "<!doctype html><html><head><title>Weights &amp; Biases</title></head><body><div id=\"root\"></div></body></html>";
  return text;
}

inline std::string env(const std::string& host = "https://wandb.example.com") {
  return "window.CONFIG = {\"ENVIRONMENT_NAME\": \"local\", \"ENVIRONMENT_IS_PRIVATE\": true, \"REACT_APP_HOST\": \"" + host + "\"};\nconst SERVER_FLAGS = {};\n";
}

inline HostHttpFacts healthy() {
  HostHttpFacts facts;
  facts.scheme = "https";
  facts.host = "wandb.example.com";
  facts.origin = "https://wandb.example.com";
  facts.port = 443;
  facts.plain_url = "http://wandb.example.com/";
  const ReceivedHeaders headers = {{"Server", "nginx/1.22.1"}, {"Date", "Mon, 21 Sep 2026 14:13:20 GMT"}};
  facts.root = answer("/", 200, page(), headers);
  facts.healthz = answer("/healthz", 200, "{\"status\":\"ok\"}", headers);
  facts.ready = answer("/ready", 200, "{\"status\":\"ok\"}", headers);
  facts.env = answer("/env.js", 200, env(), headers);
  facts.plain = answer("/", 308, "", {{"Server", "nginx"}, {"Location", "https://wandb.example.com/"}}, "http://wandb.example.com");
  return facts;
}

/// The same answer to all four questions.
inline HostHttpFacts all(int status, const std::string& body, const ReceivedHeaders& headers = {}) {
  HostHttpFacts facts = healthy();
  facts.root = answer("/", status, body, headers);
  facts.healthz = answer("/healthz", status, body, headers);
  facts.ready = answer("/ready", status, body, headers);
  facts.env = answer("/env.js", status, body, headers);
  return facts;
}

inline HostHttpFacts nothing(const std::string& cause, Blame blame = Blame::target) {
  HostHttpFacts facts = healthy();
  facts.root = no_answer("/", cause, blame);
  facts.healthz = no_answer("/healthz", cause, blame);
  facts.ready = no_answer("/ready", cause, blame);
  facts.env = no_answer("/env.js", cause, blame);
  return facts;
}

/// HOST is http://.
inline HostHttpFacts in_plain_http() {
  HostHttpFacts facts = healthy();
  facts.scheme = "http";
  facts.origin = "http://wandb.example.com";
  facts.port = 80;
  facts.plain.reset();
  facts.root.url = "http://wandb.example.com/";
  return facts;
}

inline Scene host_scene() {
  Scene scene;
  scene.settings["HOST"] = {"HOST", "", "env-file", "/etc/wandb.env", 1, "https://wandb.example.com"};
  return scene;
}

/// The one finding of a check; complete when it does not pass. Facts go by way of JSON, as they do in a record.
template <class F>
Finding judge(const CheckSpec& check, const F& facts) {
  F read;
  decode_facts(encode_facts(facts), read);
  EXPECT_EQ(encode_facts(read), encode_facts(facts));
  const Findings findings = check.judge(Facts::of<F>(read), host_scene());
  EXPECT_EQ(findings.size(), 1U);
  const Finding& finding = findings.front();
  if (finding.status == Status::fail || finding.status == Status::warn) {
    for (const auto& text : {finding.cause, finding.observed, finding.expected, finding.why, finding.fix, finding.reproduce, finding.setting}) EXPECT_NE(text, "") << finding.cause << ": " << finding.observed;
    // A sentence of ours ends with a full stop; the server's own words end as they do.
    const bool quotes = finding.observed.find("says: ") != std::string::npos;
    EXPECT_TRUE(quotes || finding.observed.back() == '.') << finding.observed;
  }
  EXPECT_EQ(finding.status == Status::unknown, finding.blame != Blame::none);
  EXPECT_EQ(finding.status == Status::pass, finding.cause.empty());
  return finding;
}

}  // namespace wbverify
