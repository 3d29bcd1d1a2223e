#pragma once
// Facts and scene as a real configuration gives them: tables of settings in, findings out.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "checks/config/checks.hpp"
#include "checks/config/probe.hpp"
#include "config/load.hpp"

namespace wbverify {

using Environment = std::map<std::string, std::string>;

inline Settings settings_of(Sources sources) {
  sources.default_config_file = "/nonexistent/wbverify.yaml";
  if (sources.started == 0) sources.started = 1780000000000;
  return load_settings(sources);
}

inline Settings settings_of(const Environment& environment) {
  Sources sources;
  sources.environment = environment;
  return settings_of(sources);
}

/// Gathers, writes down, reads back and judges: what a replay does.
inline Findings judge(const CheckSpec& check, const Settings& settings) {
  const ProbeSpec probe = config_probe();
  NoJournal journal;
  const ProbeContext context{settings, Deadline::after(std::chrono::seconds(10)), {}, "0123456789abcdef", journal, [](std::string_view) { return Facts(); }, std::make_shared<std::atomic<int>>(0)};
  return check.judge(probe.decode(probe.gather(context).encode()), settings.scene);
}
inline Findings judge(const CheckSpec& check, const Environment& environment) { return judge(check, settings_of(environment)); }

/// `row: status cause` of every finding, or `status cause` without a row; passes are left out.
inline std::string trouble(const Findings& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    if (finding.status == Status::pass) continue;
    out += (out.empty() ? "" : "; ") + (finding.row.empty() ? "" : finding.row + ": ") + std::string(name(finding.status)) + " " + finding.cause;
  }
  return out;
}

/// What every finding that is not a pass must have.
inline void expect_complete(const Findings& findings) {
  ASSERT_FALSE(findings.empty());
  for (const Finding& finding : findings) {
    EXPECT_FALSE(finding.observed.empty()) << finding.row;
    if (finding.status == Status::pass || finding.status == Status::skip) {
      EXPECT_TRUE(finding.status == Status::skip || finding.cause.empty());
      continue;
    }
    EXPECT_TRUE(finding.row.empty() || !finding.title.empty()) << finding.row;
    for (const std::string* text : {&finding.cause, &finding.expected, &finding.why, &finding.fix, &finding.setting}) EXPECT_FALSE(text->empty()) << finding.row << " " << finding.cause << ": " << finding.observed;
    EXPECT_TRUE(finding.observed.ends_with('.')) << finding.observed;
    EXPECT_TRUE(finding.expected.ends_with('.')) << finding.expected;
    EXPECT_TRUE(finding.why.ends_with('.')) << finding.why;
    EXPECT_EQ(finding.observed.find('!'), std::string::npos);
  }
}

/// An installation on which every check of settings passes.
inline Environment healthy() {
  // A licence that nobody issued: exp 4102444800, deploymentId test.
  return {{"HOST", "https://wandb.example.com"},
          {"MYSQL", "mysql://wandb_local:a-long-secret@db.example.com:3306/wandb_local?tls=true"},
          {"BUCKET", "s3://AKIA:another-secret@minio.example.com:9000/wandb-files?tls=true"},
          {"BUCKET_QUEUE", "internal://"},
          {"AWS_REGION", "us-east-1"},
          {"REDIS", "redis://:third-secret@redis.example.com:6379"},
          {"LICENSE", "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDAsImRlcGxveW1lbnRJZCI6InRlc3QifQ.c2lnbmF0dXJl"}};
}

inline Environment with(std::initializer_list<std::pair<const char*, const char*>> changes) {
  Environment out = healthy();
  for (const auto& [name, value] : changes) {
    if (value == nullptr) {
      out.erase(name);
    } else {
      out[name] = value;
    }
  }
  return out;
}

}  // namespace wbverify
