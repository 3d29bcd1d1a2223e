// HTTP/2, and refusals before the end of an upload: they need a server that has them.
#include <gmock/gmock.h>

#include <set>

#include "nginx_lab.hpp"

namespace wbverify {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::HasSubstr;

/// Refuses uploads before it has read them.
const std::string strict = "client_max_body_size 1k; location / { return 200 \"fine\"; }";

TEST(HttpNginx, QuestionsShareOneHttp2Connection) {
  const Nginx nginx(strict);
  HttpRequest request;
  request.url = nginx.url();
  const std::vector<HttpRequest> requests(6, request);
  HttpClient client(nginx.options());
  for (const auto& result : client.send_all(requests, Deadline::after(milliseconds(5000)))) {
    ASSERT_TRUE(result) << result.error().text;
    EXPECT_EQ(result->version, "HTTP/2");
    EXPECT_EQ(result->body.unread(), "fine");
    EXPECT_THAT(result->header("Server"), HasSubstr("nginx"));
  }
  EXPECT_EQ(client.round_trips(), 6);
}

HttpRequest post(const Nginx& nginx, std::size_t size) {
  HttpRequest request;
  request.url = nginx.url();
  request.method = "POST";
  request.body.assign(size, 'x');
  return request;
}

TEST(HttpNginx, SmallBodiesShareOneHttp2ConnectionToo) {
  const Nginx nginx("location / { return 200 \"$connection $content_length\"; }");
  HttpClient client(nginx.options());
  const auto ask = [&](std::size_t size) {
    return client.send_all(std::vector<HttpRequest>(6, post(nginx, size)), Deadline::after(milliseconds(5000)));
  };
  std::set<std::string> answers;
  for (const auto& result : ask(2000)) {
    ASSERT_TRUE(result) << result.error().text;
    EXPECT_EQ(result->version, "HTTP/2");
    answers.emplace(result->body.unread());
  }
  EXPECT_EQ(answers.size(), 1U);
  EXPECT_THAT(*answers.begin(), HasSubstr(" 2000"));
  for (const auto& result : ask(16384)) EXPECT_EQ(result ? result->version : result.error().text, "HTTP/2");
  for (const auto& result : ask(16385)) EXPECT_EQ(result ? result->version : result.error().text, "HTTP/1.1");
}

TEST(HttpNginx, TheAnswerToARefusedUploadIsNotLost) {
  const Nginx nginx(strict);
  HttpClient client(nginx.options());
  for (const std::size_t size : {2000UL, 16384UL, 300000UL}) {
    const std::vector<HttpRequest> requests(8, post(nginx, size));
    for (int round = 0; round < 10; ++round) {
      for (const auto& result : client.send_all(requests, Deadline::after(milliseconds(10000)))) EXPECT_EQ(outcome(result), "413") << size << (result ? "" : result.error().text);
    }
  }
}

/// More at once than a new connection has room for (RFC 9113 §6.9.2), so that streams are closed before their end is sent.
TEST(HttpNginx, NorIsItWhenStreamsAreClosedEarly) {
  const Nginx nginx(strict);
  const std::vector<HttpRequest> requests(40, post(nginx, 16384));
  for (int round = 0; round < 10; ++round) {
    HttpClient client(nginx.options());
    for (const auto& result : client.send_all(requests, Deadline::after(milliseconds(10000)))) EXPECT_EQ(outcome(result), "413") << (result ? "" : result.error().text);
  }
}

}  // namespace
}  // namespace wbverify
