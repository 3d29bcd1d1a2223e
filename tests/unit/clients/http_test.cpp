// What goes out and what comes back, against servers in this process.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "http_lab.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::Property;
using testing::SizeIs;
using testing::StartsWith;

HttpRequest request(const std::string& method, const std::string& url, const std::string& body = "", const Headers& headers = {}) {
  HttpRequest out;
  out.method = method;
  out.url = url;
  out.body = body;
  out.headers = headers;
  return out;
}

Deadline soon(int ms = 5000) { return Deadline::after(milliseconds(ms)); }

double took(const std::function<void()>& what) {
  const auto started = Deadline::Clock::now();
  what();
  return elapsed_ms(started);
}

TEST(Http, GivesStatusHeadersBodyAndPeer) {
  const Web web(ok("hello", "Content-Type: text/plain\r\nX-Two: a\r\nx-two: b\r\n"));
  const auto result = get(web.url());
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->version, "HTTP/1.1");
  EXPECT_EQ(result->body.unread(), "hello");
  EXPECT_FALSE(result->truncated);
  EXPECT_EQ(result->address, "127.0.0.1:" + std::to_string(web.port()));
  EXPECT_EQ(result->header("content-TYPE"), "text/plain");
  EXPECT_EQ(result->header("X-TWO"), "a");
  EXPECT_EQ(result->header("absent"), "");
  EXPECT_THAT(result->headers, SizeIs(4));
  EXPECT_GT(result->duration_ms, 0);
}

TEST(Http, SendsThePathAsItIs) {
  const Web web(ok());
  for (const std::string path : {"/a/../b//c/./d", "/x%2fy%2Fz", "/%7e~?q=%2f&r=a%20b+c&s=%C3%A9", "/?a=/../b"}) {
    ASSERT_TRUE(get(web.url(path)));
    EXPECT_THAT(web.requests().back(), StartsWith("GET " + path + " HTTP/1.1\r\n"));
  }
}

TEST(Http, SendsExactlyTheGivenHeaders) {
  const Web web(ok());
  HttpClient client({});
  ASSERT_TRUE(client.send(request("PUT", web.url("/key"), std::string(2 << 20, 'x'), {{"X-Amz-Date", "20260101T000000Z"}, {"X-Empty", ""}}), soon()));
  const std::string head = web.requests().back().substr(0, web.requests().back().find("\r\n\r\n"));
  EXPECT_EQ(head, "PUT /key HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(web.port()) + "\r\n" + head.substr(head.find("User-Agent"), head.find("Accept") - head.find("User-Agent")) +
                      "Accept: */*\r\nX-Amz-Date: 20260101T000000Z\r\nX-Empty:\r\nContent-Length: 2097152");
  EXPECT_THAT(head, HasSubstr("User-Agent: wbverify/"));
}

TEST(Http, SendsCredentialsWhereTheyAreForAndNowhereElse) {
  const Web own(ok()), other(ok());
  HttpOptions options;
  options.credentials_for = {own.url("")};
  options.known = {"http://127.0.0.1:1"};
  HttpClient client(options);
  for (const std::string name : {"Authorization", "authorization", "Proxy-Authorization", "Cookie", "X-Amz-Security-Token", "X-Wandb-Api-Key", "Cookie "}) {
    const auto sent = client.send(request("GET", own.url(), "", {{std::string(trim(name)), "secret"}}), soon());
    ASSERT_TRUE(sent) << name << ": " << sent.error().text;
    EXPECT_FALSE(sent->stranger);
    const std::size_t port = own.url("").find_last_of(':');
    for (const std::string& url : std::vector<std::string>{other.url(), "http://localhost" + own.url().substr(port), "http://no-such-name.invalid/", "https" + own.url().substr(4), "http://127.0.0.1/"}) {
      EXPECT_EQ(outcome(client.send(request("GET", url, "", {{name, "secret"}}), soon(2000))), "foreign-host") << url;
    }
  }
  EXPECT_THAT(other.requests(), SizeIs(0));
  const auto bare = client.send(request("GET", other.url()), soon());
  ASSERT_TRUE(bare);
  EXPECT_TRUE(bare->stranger) << "none of the origins that the client knows";
}

TEST(Http, TakesSoManyHeadersOnly) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  const Web web(ok("fine", many));
  EXPECT_EQ(outcome(get(web.url())), "headers-too-large");
}

TEST(Http, SpeaksEveryMethod) {
  const Web web(std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  HttpClient client({});
  for (const std::string method : {"HEAD", "DELETE", "OPTIONS", "PATCH", "POST", "PUT"}) {
    const auto result = client.send(request(method, web.url("/m")), soon());
    ASSERT_TRUE(result) << method << ": " << result.error().text;
    EXPECT_THAT(web.requests().back(), StartsWith(method + " /m HTTP/1.1\r\n"));
  }
  EXPECT_THAT(web.requests().back(), HasSubstr("Content-Length: 0\r\n"));
  EXPECT_EQ(web.connections(), 1);
  EXPECT_EQ(client.round_trips(), 6);
}

TEST(Http, HeadDoesNotWaitForABody) {
  const Web web(std::string("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
  HttpClient client({});
  EXPECT_EQ(outcome(client.send(request("HEAD", web.url()), soon(1000))), "200");
}

TEST(Http, SkipsInterimAnswersAndTrailers) {
  const Web web(std::string("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                            "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\nX-Last: yes\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: late\r\n\r\n"));
  const auto result = get(web.url());
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(result->status, 202);
  EXPECT_EQ(result->body.unread(), "abc");
  EXPECT_THAT(result->headers, ElementsAre(Pair("Transfer-Encoding", Property(&Received::unread, "chunked")), Pair("X-Last", Property(&Received::unread, "yes"))));
}

TEST(Http, TakesASwitchOfProtocolsForTheAnswer) {
  const Listener server([](int fd, const std::atomic<bool>& stop) {
    read_request(fd, stop);
    write_all(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x01x");
    hold(stop);
  });
  HttpClient client({});
  const auto result = client.send(request("GET", "http://127.0.0.1:" + std::to_string(server.port()) + "/", "", {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}), soon(2000));
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(result->status, 101);
  EXPECT_EQ(result->header("Upgrade"), "websocket");
}

TEST(Http, FollowsNoRedirect) {
  const Web web(std::string("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"));
  const auto result = get(web.url());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 302);
  EXPECT_EQ(result->header("location"), "/elsewhere");
  EXPECT_THAT(web.requests(), SizeIs(1));
}

TEST(Http, IgnoresProxiesOfTheEnvironment) {
  const std::string proxy = "http://127.0.0.1:" + std::to_string(closed_port());
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) setenv(name, proxy.c_str(), 1);
  const Web web(ok());
  EXPECT_EQ(outcome(get(web.url())), "200");
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) unsetenv(name);
}

TEST(Http, KeepsConnections) {
  const Web web(ok());
  HttpClient client({});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome(client.send(request("GET", web.url()), soon())), "200");
  EXPECT_EQ(web.connections(), 1);
  EXPECT_EQ(client.round_trips(), 5);
}

TEST(Http, AsksAgainWhenAKeptConnectionHasGone) {
  const Listener server([](int fd, const std::atomic<bool>& stop) {
    read_request(fd, stop);
    write_all(fd, ok());
  });
  HttpClient client({});
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
  for (int i = 0; i < 3; ++i) {
    const auto result = client.send(request("POST", url, "body"), soon());
    EXPECT_EQ(outcome(result), "200") << (result ? "" : result.error().text);
  }
  EXPECT_GE(server.connections(), 3);
}

TEST(Http, AsksSideBySideAndAnswersInOrder) {
  // Nothing is answered before all have asked; then the last comes first.
  std::atomic<int> asked = 0;
  const Web web([&](const std::string& text) {
    const int place = text[5] - '0';
    ++asked;
    for (int i = 0; asked < 5 && i < 400; ++i) std::this_thread::sleep_for(milliseconds(10));
    std::this_thread::sleep_for(milliseconds(100 - 20 * place));
    return ok(std::string(1, text[5]));
  });
  std::vector<HttpRequest> requests;
  for (int i = 0; i < 5; ++i) requests.push_back(request("GET", web.url("/" + std::to_string(i))));
  requests.push_back(request("GET", "http://127.0.0.1:" + std::to_string(closed_port()) + "/"));
  HttpClient client({});
  const auto results = client.send_all(requests, soon());
  ASSERT_THAT(results, SizeIs(6));
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(results[i]);
    EXPECT_EQ(results[i]->body.unread(), std::to_string(i));
  }
  EXPECT_EQ(outcome(results[5]), "refused");
  EXPECT_EQ(client.round_trips(), 5);
}

TEST(Http, PinsAddresses) {
  const Web web(ok());
  HttpOptions options;
  options.pins = {{"Pinned.Example.test", web.port(), {"127.0.0.1"}}};
  const auto result = get("http://pinned.example.test:" + std::to_string(web.port()) + "/", milliseconds(2000), options);
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_THAT(web.requests().back(), HasSubstr("Host: pinned.example.test:"));
  // A pin without addresses asks nobody else.
  options.pins = {{"pinned.example.test", web.port(), {}}};
  EXPECT_EQ(outcome(get("http://pinned.example.test:" + std::to_string(web.port()) + "/", milliseconds(2000), options)), "dns-failed");
}

TEST(Http, ResolvesNamesOfTheLoopbackItself) {
  const Web web(ok());
  EXPECT_EQ(outcome(get("http://wandb.localhost:" + std::to_string(web.port()) + "/")), "200");
}

TEST(Http, RefusesUrlsThatAreNone) {
  for (const std::string url : {"", "http://", "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:word@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "http://127.0.0.1:99999/"}) {
    EXPECT_EQ(outcome(get(url)), "bad-url") << url;
  }
  const Web web(ok());
  HttpClient client({});
  EXPECT_EQ(outcome(client.send(request("GET", web.url(), "", {{"X", "a\r\nY: b"}}), soon())), "bad-url");
  EXPECT_EQ(outcome(client.send(request("GET\r\n", web.url()), soon())), "bad-url");
  EXPECT_THAT(web.requests(), IsEmpty());
  EXPECT_EQ(client.round_trips(), 0);
}

TEST(Http, CutsBodiesAtTheLimitAndGoesOn) {
  const Web web(ok(std::string(100000, 'b')));
  HttpClient client({});
  HttpRequest some = request("GET", web.url());
  for (const auto& [limit, size, cut] : std::vector<std::tuple<std::size_t, std::size_t, bool>>{{99999, 99999, true}, {100000, 100000, false}, {0, 0, true}, {1, 1, true}}) {
    some.max_body = limit;
    const auto result = client.send(some, soon());
    ASSERT_TRUE(result) << limit << ": " << result.error().text;
    EXPECT_EQ(result->body.size(), size);
    EXPECT_EQ(result->truncated, cut) << limit;
  }
}

TEST(Http, LimitsASingleRequest) {
  const Web quick(ok());
  const Listener silent([](int, const std::atomic<bool>& stop) { hold(stop); });
  std::vector<HttpRequest> requests = {request("GET", "http://127.0.0.1:" + std::to_string(silent.port()) + "/"), request("GET", quick.url())};
  requests[0].limit = milliseconds(150);
  HttpClient client({});
  std::vector<Result<HttpResponse>> results;
  const double ms = took([&] { results = client.send_all(requests, soon()); });
  EXPECT_LT(ms, 2500);
  EXPECT_EQ(outcome(results[0]), "timed-out");
  EXPECT_EQ(outcome(results[1]), "200");
}

}  // namespace
}  // namespace wbverify
