// Servers that do not keep to the protocol, that hang, and that cannot be trusted.
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <thread>

#include "clients/http_error.hpp"
#include "http_lab.hpp"

namespace wbverify {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::AnyOf;
using testing::HasSubstr;

using Serve = std::function<void(int, const std::atomic<bool>&)>;

std::string url_of(const Listener& server, const std::string& scheme = "http") { return scheme + "://127.0.0.1:" + std::to_string(server.port()) + "/"; }

/// Reads the request, says this, closes.
Serve says(const std::string& text) {
  return [text](int fd, const std::atomic<bool>& stop) {
    read_request(fd, stop);
    write_all(fd, text);
  };
}

void reset(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::string meets(const Serve& serve, milliseconds limit = milliseconds(3000)) {
  const Listener server(serve);
  return outcome(get(url_of(server), limit));
}

TEST(HttpMisbehaving, IsNamedByItsCause) {
  EXPECT_EQ(outcome(get("http://127.0.0.1:" + std::to_string(closed_port()) + "/")), "refused");
  EXPECT_EQ(meets(says("")), "closed");
  EXPECT_THAT(meets([](int, const std::atomic<bool>&) {}), AnyOf("closed", "reset"));   // as the request comes before or after
  EXPECT_EQ(meets([](int fd, const std::atomic<bool>& stop) { read_request(fd, stop), reset(fd); }), "reset");
  EXPECT_EQ(meets(says("HTTP/1.1 200 OK\r\nContent-Ty")), "closed");
  EXPECT_EQ(meets(says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")), "closed");
  EXPECT_EQ(meets(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")), "closed");
  EXPECT_EQ(meets(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab")), "closed");
  EXPECT_EQ(meets(says("220 mail.example.com ESMTP Postfix\r\n")), "not-http");
  EXPECT_EQ(meets(says("SSH-2.0-OpenSSH_9.2p1\r\n")), "not-http");
  EXPECT_EQ(meets(says(std::string("\x00\xff\x1b[31m\x00", 8))), "not-http");
  EXPECT_EQ(meets(says("<html>no header</html>")), "not-http");
  EXPECT_EQ(meets(says("HTTP/9.9 abc\r\n\r\n")), "not-http");
  EXPECT_EQ(meets(says("HTTP/1.1 200 OK\r\n\r\nno length")), "200");
}

TEST(HttpMisbehaving, HeadersAreBounded) {
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 100; ++i) many += "X-Padding: " + std::string(1000, 'p') + "\r\n";
  EXPECT_EQ(meets(says(many + "\r\n")), "headers-too-large");
  EXPECT_EQ(meets(says("HTTP/1.1 200 OK\r\nX-One: " + std::string(300000, 'p') + "\r\n\r\n")), "headers-too-large");
  std::string interim;
  for (int i = 0; i < 5000; ++i) interim += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_EQ(meets(says(interim)), "headers-too-large");
  EXPECT_EQ(meets([](int fd, const std::atomic<bool>& stop) {
              read_request(fd, stop);
              while (!stop && send(fd, "HTTP/1.1 102 Processing\r\n\r\n", 27, MSG_NOSIGNAL) > 0) {
              }
            }),
            "headers-too-large");
}

TEST(HttpMisbehaving, EndlessBodiesAreCut) {
  const Listener server([](int fd, const std::atomic<bool>& stop) {
    read_request(fd, stop);
    write_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
    const std::string part(65536, 'x');
    while (!stop && send(fd, part.data(), part.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  const auto result = get(url_of(server));
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_TRUE(result->truncated);
  EXPECT_EQ(result->body.size(), std::size_t{1} << 20);
}

struct Slow {
  const char* name;
  Serve serve;
  const char* words;
};

TEST(HttpMisbehaving, NothingWaitsBeyondTheDeadline) {
  const auto drip = [](const std::string& first, char byte) {
    return [first, byte](int fd, const std::atomic<bool>& stop) {
      read_request(fd, stop);
      write_all(fd, first);
      while (!stop && send(fd, &byte, 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(milliseconds(20));
    };
  };
  const std::vector<Slow> all = {
      {"silent", [](int, const std::atomic<bool>& stop) { hold(stop); }, "no answer has come"},
      {"drip of a status", drip("HTTP/1.1 2", '0'), "no answer has come"},
      {"drip of a header", drip("HTTP/1.1 200 OK\r\nX-Slow: ", 'a'), "has begun and not ended"},
      {"drip of a body", drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", 'b'), "has begun and not ended"},
  };
  for (const auto& slow : all) {
    const Listener server(slow.serve);
    const auto started = Deadline::Clock::now();
    const auto result = get(url_of(server), milliseconds(300));
    const double ms = elapsed_ms(started);
    EXPECT_EQ(outcome(result), "timed-out") << slow.name;
    EXPECT_GE(ms, 295) << slow.name;
    EXPECT_LT(ms, 1300) << slow.name;
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().transient);
    EXPECT_THAT(result.error().text, HasSubstr(slow.words));
  }
}

TEST(HttpMisbehaving, StopsWhenAsked) {
  const Listener silent([](int, const std::atomic<bool>& stop) { hold(stop); });
  const Listener dripping([](int fd, const std::atomic<bool>& stop) {
    write_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (!stop && send(fd, "x", 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(milliseconds(20));
  });
  for (const std::string& url : {url_of(silent), url_of(silent, "https"), url_of(dripping)}) {
    std::stop_source source;
    HttpRequest request;
    request.url = url;
    HttpClient client({});
    const auto started = Deadline::Clock::now();
    const std::jthread later([&] {
      std::this_thread::sleep_for(milliseconds(100));
      source.request_stop();
    });
    EXPECT_EQ(outcome(client.send(request, Deadline::after(milliseconds(10000)), source.get_token())), "stopped") << url;
    EXPECT_GE(elapsed_ms(started), 95);
    EXPECT_LT(elapsed_ms(started), 5000);
    EXPECT_EQ(outcome(client.send(request, Deadline::after(milliseconds(10000)), source.get_token())), "stopped") << url;
  }
}

struct HttpTls : testing::Test {
  Issued root = issue(authority("Test Root")), middle = issue(authority("Test Intermediate"), &root);
  PemFile file{root.pem()};

  ServerWish wish(const Wish& leaf = {}) const { return {issue(leaf, &middle), {middle}}; }
  std::string asks(const Web& web, const std::string& name, bool trust = true) const {
    HttpOptions options;
    if (trust) options.ca_files = {file.path()};
    options.pins = {{name, web.port(), {"127.0.0.1"}}};
    return outcome(get("https://" + name + ":" + std::to_string(web.port()) + "/", milliseconds(5000), options));
  }
};

Web::Answer fine() {
  return [](const std::string&) { return ok(); };
}

TEST_F(HttpTls, VerifiesChainAndName) {
  const Web web(fine(), wish());
  EXPECT_EQ(asks(web, "wandb.test"), "200");
  EXPECT_EQ(asks(web, "wandb.test", false), "tls-untrusted");
  EXPECT_EQ(asks(web, "other.test"), "tls-name");
}

TEST_F(HttpTls, KeepsToItsRules) {
  Wish expired;
  expired.from_days = -30, expired.to_days = -1;
  EXPECT_EQ(asks(Web(fine(), wish(expired)), "wandb.test"), "tls-untrusted");
  EXPECT_EQ(asks(Web(fine(), {issue({}, nullptr)}), "wandb.test"), "tls-untrusted");
  EXPECT_EQ(asks(Web(fine(), {issue({}, &middle)}), "wandb.test"), "tls-untrusted");   // the intermediate is missing
  ServerWish old = wish();
  old.lowest = TLS1_VERSION, old.highest = TLS1_1_VERSION;
  EXPECT_EQ(asks(Web(fine(), old), "wandb.test"), "tls-failed");
  ServerWish demanding = wish();
  demanding.client_certificates = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  EXPECT_EQ(asks(Web(fine(), demanding), "wandb.test"), "tls-failed");
}

TEST_F(HttpTls, AsksSideBySideWithoutHttp2) {
  const Web web([](const std::string&) { return std::this_thread::sleep_for(milliseconds(200)), ok(); }, wish());
  HttpOptions options;
  options.ca_files = {file.path()};
  options.pins = {{"wandb.test", web.port(), {"127.0.0.1"}}};
  std::vector<HttpRequest> requests(5);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].url = "https://wandb.test:" + std::to_string(web.port()) + "/";
    requests[i].method = i % 2 == 0 ? "POST" : "GET";
    requests[i].body = i % 2 == 0 ? "body" : "";
  }
  HttpClient client(options);
  const auto started = Deadline::Clock::now();
  for (const auto& result : client.send_all(requests, Deadline::after(milliseconds(5000)))) EXPECT_EQ(outcome(result), "200");
  EXPECT_LT(elapsed_ms(started), 600);   // 1000 one after the other
}

TEST_F(HttpTls, TellsPlainPortsFromTlsPorts) {
  const Listener plain([](int fd, const std::atomic<bool>& stop) {
    write_all(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
    hold(stop);
  });
  EXPECT_EQ(outcome(get(url_of(plain, "https"))), "tls-failed");
  const Listener silent([](int, const std::atomic<bool>& stop) { hold(stop); });
  const auto result = get(url_of(silent, "https"), milliseconds(200));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, "timed-out");
  EXPECT_THAT(result.error().text, HasSubstr("TLS handshake"));
}

TEST(HttpError, EveryErrorHasACauseAndWords) {
  for (int code = 1; code <= 101; ++code) {
    for (const int number : {0, 104, 110, 111, 113, 32}) {
      const Error error = http::explain({code, number, http::Stage::sent, "words\x1b[31m of curl", 1.5});
      EXPECT_NE(error.cause, "") << code;
      EXPECT_NE(error.text, "") << code;
      EXPECT_EQ(error.text.find('\x1b'), std::string::npos) << code;
    }
  }
}

}  // namespace
}  // namespace wbverify
