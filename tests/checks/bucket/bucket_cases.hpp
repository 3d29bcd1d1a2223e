#pragma once
// Facts of a healthy bucket, to be spoiled one at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checks/bucket/checks.hpp"
#include "checks/bucket/facts.hpp"
#include "checks/bucket/plugin.hpp"

namespace wbverify::bucket_cases {

inline constexpr const char* page = "https://wandb.example.com";
inline constexpr std::int64_t noon = 1795608000;   // 2026-11-25 12:00:00 UTC

/// The settings of the cases: BUCKET and AWS_REGION stand in /etc/wandb.env.
Scene scene();
BucketPlace own_store();
BucketPlace amazon();
S3Answer answer(int status, std::string code = "", std::string message = "");
S3Answer page_of(int status, std::string title = "", std::string server = "nginx");
S3Answer silence(std::string cause, std::string text = "no complete answer in time");
CorsRule documented_rule();
BucketReadFacts healthy_read();
BucketWriteFacts healthy_write();
BucketAttempt& attempt(BucketWriteFacts& facts, std::string_view name, std::string_view method);

template <class F>
Findings judge(const CheckSpec& spec, const F& facts, const Scene& at = scene()) {
  return spec.judge(Facts::of(facts), at);
}
template <class F>
Finding one(const CheckSpec& spec, const F& facts, const Scene& at = scene()) {
  const Findings findings = judge(spec, facts, at);
  EXPECT_EQ(findings.size(), 1U);
  return findings.front();
}
/// The finding of that row.
Finding row(const Findings& findings, std::string_view name);

/// A failure says everything that a person needs.
void expect_complete(const Finding& finding);

MATCHER_P2(Is, status, cause, "") {
  *result_listener << std::string(wbverify::name(arg.status)) << " " << arg.cause << ": " << arg.observed;
  return arg.status == status && arg.cause == cause;
}

}  // namespace wbverify::bucket_cases
