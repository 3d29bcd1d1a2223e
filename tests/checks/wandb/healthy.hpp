#pragma once
// Facts of a healthy server, to be spoiled one at a time, and the judging of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/facts.hpp"

namespace wbverify::wandb_cases {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

inline constexpr const char* base = "https://wandb.example.com";
inline constexpr std::int64_t noon = 1795608000;  // 2026-11-25 12:00:00 UTC

/// HOST and WANDB_API_KEY stand in /etc/wandb.env.
Scene scene();
WandbPlace place();

/// The answer to a POST to that path of the server.
HttpAnswer http_answer(const std::string& path, int status, const std::string& body, const ReceivedHeaders& headers);
/// A question that was answered as it should be.
ApiAnswer good(const std::string& operation = "Viewer");
/// The server itself said no, in JSON.
ApiAnswer refused(int status, const std::string& message, const std::string& code = "",
                  const std::string& operation = "UpsertBucket");
/// JSON without an error and without the data that was asked for.
ApiAnswer empty(const std::string& where, int status = 200);
/// Something in front of the server answered.
ApiAnswer page_of(int status, const std::string& body, const ReceivedHeaders& headers = {{"Server", "nginx/1.22.1"}});
/// No answer came.
ApiAnswer silence(const std::string& cause, Blame blame = Blame::target, const std::string& text = "words of it");

WandbFacts healthy();
WandbLeftoverFacts no_leftovers();
/// Everything was written, read back and removed, in these entities.
WandbWriteFacts written(const std::vector<std::string>& entities = {"ada"});

/// The findings; facts go by way of JSON, as they do in a record.
template <class F>
Findings judge(const CheckSpec& spec, const F& facts, const Scene& at = scene()) {
  F read;
  decode_facts(encode_facts(facts), read);
  EXPECT_EQ(encode_facts(read), encode_facts(facts));
  return spec.judge(Facts::of<F>(read), at);
}
/// The one finding; complete when it does not pass.
template <class F>
Finding one(const CheckSpec& spec, const F& facts, const Scene& at = scene());
/// The finding of that row; complete when it does not pass.
Finding row(const Findings& findings, std::string_view name);
/// A warning or a failure says everything that a person needs; an unknown has somebody to blame.
void expect_complete(const Finding& finding);

template <class F>
Finding one(const CheckSpec& spec, const F& facts, const Scene& at) {
  const Findings findings = judge(spec, facts, at);
  EXPECT_EQ(findings.size(), 1U);
  if (findings.empty()) return {};
  expect_complete(findings.front());
  return findings.front();
}

MATCHER_P2(Is, status, cause, "") {
  *result_listener << std::string(wbverify::name(arg.status)) << " " << arg.cause << ": " << arg.observed;
  return arg.status == status && arg.cause == cause;
}

}  // namespace wbverify::wandb_cases
