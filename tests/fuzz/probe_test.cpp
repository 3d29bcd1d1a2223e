// The probes of the W&B API in front of a server that answers with what was recorded, spoiled in the same ways on every
// machine.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <regex>

#include "answers.hpp"
#include "checks/wandb/healthy.hpp"
#include "mutation.hpp"
#include "target.hpp"
#include "unit/clients/http_lab.hpp"
#include "util/json.hpp"

namespace wbverify::fuzz {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// `UpsertBucket` of a question, `file_stream`, or empty.
std::string operation_of(const std::string& request) {
  if (request.find("/file_stream ") < request.find("\r\n")) return "file_stream";
  constexpr std::string_view member = "\"operationName\":\"";
  const auto at = request.find(member);
  return at == std::string::npos
             ? ""
             : request.substr(at + member.size(), request.find('"', at + member.size()) - at - member.size());
}

std::string reply(int status, const std::string& body,
                  const std::string& headers = "Content-Type: application/json\r\n") {
  return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

/// Answers of one generation of the server. Every URL in them leads back here, also those of the store.
class Spoiler {
 public:
  Spoiler(std::string generation, std::uint64_t seed)
      : generation_(std::move(generation)),
        seed_(seed),
        web_([this](const std::string& request) { return answer(request); }) {}

  std::uint16_t port() const { return web_.port(); }

 private:
  std::string answer(const std::string& request) {
    Random random(seed_ * 1000003 + count_++);
    const std::string operation = operation_of(request);
    if (operation.empty()) return answer_as_store(request, random);
    std::string body = recorded(operation);
    // Most answers stay as they are, or nothing would get beyond the first step.
    if (random.below(4) != 0) return reply(200, body);
    constexpr std::array<int, 8> statuses = {200, 200, 200, 400, 403, 404, 409, 500};
    const int status = statuses[random.below(statuses.size())];
    const json document = parse_json(body);
    switch (random.below(3)) {
      case 0:
        return reply(status, broken(std::move(body), random));
      case 1:
        return reply(status, spell(spoiled(document, random)));
      default: {
        const auto all = places(document);
        return reply(status, spell(with(document, all[random.below(all.size())],
                                        hostile_values()[random.below(hostile_values().size())])));
      }
    }
  }

  std::string answer_as_store(const std::string& request, Random& random) const {
    constexpr std::array<int, 9> statuses = {200, 200, 200, 200, 204, 206, 302, 403, 503};
    const int status = statuses[random.below(statuses.size())];
    const json& value = hostile_values()[random.below(hostile_values().size())];
    const std::string body = request.starts_with("OPTIONS") ? ""
                             : status < 300
                                 ? "some bytes"
                                 : "<Error><Code>Denied\x1b[31m</Code><Message>" + spell(value) + "</Message></Error>";
    const std::string headers =
        "ETag: \"0123\"\r\nAccess-Control-Allow-Origin: *\r\nLocation: http://127.0.0.1:" + std::to_string(port()) +
        "/elsewhere\r\n";
    return reply(status, body, headers);
  }

  std::string recorded(const std::string& operation) const {
    for (const auto& answer : recorded_answers()) {
      if (answer.name == operation + "-" + generation_)
        return std::regex_replace(answer.body, std::regex("https?://[^/\"\\\\]+"),
                                  "http://127.0.0.1:" + std::to_string(port()));
    }
    return R"({"errors":[{"message":"Cannot query field \"unheardOf\" on type \"Query\"."}]})";
  }

  std::string generation_;
  std::uint64_t seed_;
  std::atomic<std::uint64_t> count_ = 0;
  test::Web web_;
};

/// Empty, or what did not hold of what the probe brings home.
std::string gather(std::string_view id, const std::string& generation, std::uint64_t seed,
                   std::chrono::milliseconds limit) {
  const Spoiler spoiler(generation, seed);
  Settings settings;
  settings.host = HostTarget{"http", "127.0.0.1", spoiler.port(), "http://127.0.0.1:" + std::to_string(spoiler.port())};
  settings.wandb.kind = WandbAccess::Kind::api_key;
  settings.wandb.api_key = Secret(std::string(40, 'k'));
  settings.wandb.shape = "legacy-40";
  settings.wandb.origin_setting = "WANDB_API_KEY";
  settings.wandb.deep = seed % 5 == 4;
  NoJournal journal;
  const ProbeContext context{settings,
                             Deadline::after(limit),
                             {},
                             "0123456789abcdef",
                             journal,
                             [](std::string_view) { return Facts::of(wandb_cases::healthy()); },
                             std::make_shared<std::atomic<int>>(0)};
  const auto started = Deadline::Clock::now();
  const Facts facts = probe(id).gather(context);
  // What it made it removes after its deadline, as fast as the server answers.
  if (Deadline::Clock::now() - started > limit + 8s) return "no end";
  return judge(probe(id), facts);
}

class Generation : public testing::TestWithParam<const char*> {};

TEST_P(Generation, Session) {
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    ASSERT_EQ(gather("wandb", GetParam(), seed, 3s), "") << "seed " << seed;
}

TEST_P(Generation, Leftovers) {
  for (std::uint64_t seed = 0; seed < 30; ++seed)
    ASSERT_EQ(gather("wandb.leftovers", GetParam(), seed, 3s), "") << "seed " << seed;
}

TEST_P(Generation, Writing) {
  for (std::uint64_t seed = 0; seed < 8; ++seed)
    ASSERT_EQ(gather("wandb.write", GetParam(), seed, 1500ms), "") << "seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(Probes, Generation, testing::Values("new", "mid", "old"),
                         [](const auto& generation) { return std::string(generation.param); });

}  // namespace
}  // namespace wbverify::fuzz
