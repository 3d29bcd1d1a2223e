// Several threads with one client.
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <set>
#include <thread>

#include "nginx_lab.hpp"

namespace wbverify {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::Le;
using testing::SizeIs;

HttpRequest ask(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

/// What a call in a thread of its own came to, and after how long.
struct Call {
  std::string outcome;
  double ms = 0;
  std::stop_source stop;
  std::jthread thread;

  Call(HttpClient& client, const std::string& url, int limit_ms)
      : thread([this, &client, url, limit_ms] {
          const auto started = Deadline::Clock::now();
          outcome = test::outcome(client.send(ask(url), Deadline::after(milliseconds(limit_ms)), stop.get_token()));
          ms = elapsed_ms(started);
        }) {}
};

void pause(int ms) { std::this_thread::sleep_for(milliseconds(ms)); }

/// `/250` answers after 250 ms, with the path as its body.
Web slow_echo() {
  return Web(Web::Answer([](const std::string& request) {
    const std::size_t begin = request.find('/') + 1;
    const std::string path = request.substr(begin, request.find(' ', begin) - begin);
    pause(std::atoi(path.c_str()));
    return ok(path);
  }));
}

TEST(HttpThreads, EachGetsItsOwnAnswersOverSharedConnections) {
  const Web web = slow_echo();
  HttpClient client({});
  constexpr int threads = 12, rounds = 40;
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&, t] {
        for (int i = 0; i < rounds; ++i) {
          const std::string path = "0?" + std::to_string(t) + "-" + std::to_string(i);
          const auto result = client.send(ask(web.url("/" + path)), Deadline::after(milliseconds(20000)));
          EXPECT_TRUE(result) << result.error().text;
          right += result && result->body.unread() == path ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(right, threads * rounds);
  EXPECT_EQ(client.round_trips(), threads * rounds);
  EXPECT_THAT(web.connections(), Le(8));
}

TEST(HttpThreads, BatchesOfSeveralThreadsShareOneHttp2Connection) {
  const Nginx nginx("location / { return 200 \"$connection\"; }");
  HttpClient client(nginx.options());
  std::mutex mutex;
  std::set<std::string> connections;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 8; ++t) {
      all.emplace_back([&] {
        for (int round = 0; round < 10; ++round) {
          const std::vector<HttpRequest> batch(3, ask(nginx.url()));
          for (const auto& result : client.send_all(batch, Deadline::after(milliseconds(20000)))) {
            ASSERT_TRUE(result) << result.error().text;
            const std::lock_guard lock(mutex);
            connections.emplace(result->body.unread());
          }
        }
      });
    }
  }
  EXPECT_THAT(connections, SizeIs(1));
  EXPECT_EQ(client.round_trips(), 240);
}

TEST(HttpThreads, GoSideBySide) {
  const Web web = slow_echo();
  HttpClient client({});
  const auto started = Deadline::Clock::now();
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 6; ++t) {
      all.emplace_back([&] {
        for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome(client.send(ask(web.url("/100")), Deadline::after(milliseconds(20000)))), "200");
      });
    }
  }
  EXPECT_LT(elapsed_ms(started), 900);   // 1800 one after the other
}

/// Who came first moves the transfers of all: the call that ends early is once that one and once the other.
TEST(HttpThreads, EachKeepsItsOwnDeadline) {
  const Web web = slow_echo();
  for (const bool short_one_first : {true, false}) {
    HttpClient client({});
    Call first(client, web.url("/400"), short_one_first ? 150 : 5000);
    pause(50);
    Call second(client, web.url("/400"), short_one_first ? 5000 : 150);
    first.thread.join(), second.thread.join();
    const Call& brief = short_one_first ? first : second;
    const Call& whole = short_one_first ? second : first;
    EXPECT_EQ(brief.outcome, "timed-out");
    EXPECT_GE(brief.ms, 149);
    EXPECT_LT(brief.ms, 250);
    EXPECT_EQ(whole.outcome, "200");
    EXPECT_GE(whole.ms, 399);
    EXPECT_LT(whole.ms, 600);
  }
}

TEST(HttpThreads, EachIsStoppedAlone) {
  const Web web = slow_echo();
  for (const bool stop_the_first : {true, false}) {
    HttpClient client({});
    Call first(client, web.url("/400"), 5000);
    pause(30);
    Call second(client, web.url("/400"), 5000);
    pause(70);
    (stop_the_first ? first : second).stop.request_stop();
    first.thread.join(), second.thread.join();
    const Call& stopped = stop_the_first ? first : second;
    EXPECT_EQ(stopped.outcome, "stopped");
    EXPECT_LT(stopped.ms, 200);
    EXPECT_EQ((stop_the_first ? second : first).outcome, "200");
  }
}

TEST(HttpThreads, AStopLeavesWhatMayChangeSomethingAMomentForItsAnswer) {
  const Web web = slow_echo();
  const Listener mute([](int, const std::atomic<bool>& stop) { hold(stop); });
  const std::string no_tls = "https://127.0.0.1:" + std::to_string(mute.port()) + "/";
  const double word = static_cast<double>(HttpClient::last_word.count());
  struct Row {
    std::string method, url, outcome;
    double least_ms, most_ms;   ///< since the stop
  };
  const std::vector<Row> rows = {
      {"POST", web.url("/200"), "200", 50, word},
      {"PUT", web.url("/200"), "200", 50, word},
      {"DELETE", web.url("/200"), "200", 50, word},
      {"POST", web.url("/2000"), "stopped", word - 5, 1500},
      {"GET", web.url("/2000"), "stopped", 0, word},
      {"HEAD", web.url("/2000"), "stopped", 0, word},
      {"OPTIONS", web.url("/2000"), "stopped", 0, word},
      {"POST", no_tls, "stopped", 0, word},   // never sent
  };
  for (const auto& row : rows) {
    HttpClient client({});
    HttpRequest request = ask(row.url);
    request.method = row.method;
    std::stop_source stop;
    Deadline::Clock::time_point stopped;
    const std::jthread stopper([&] {
      pause(100);
      stopped = Deadline::Clock::now();
      stop.request_stop();
    });
    EXPECT_EQ(outcome(client.send(request, Deadline::after(milliseconds(5000)), stop.get_token())), row.outcome) << row.method << " " << row.url;
    const double ms = elapsed_ms(stopped);
    EXPECT_GE(ms, row.least_ms) << row.method << " " << row.url;
    EXPECT_LE(ms, row.most_ms) << row.method << " " << row.url;
  }
}

TEST(HttpThreads, AllAreStoppedInTheMiddleOfTransfers) {
  const Listener endless([](int fd, const std::atomic<bool>& stop) {
    read_request(fd, stop);
    write_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (!stop && send(fd, "x", 1, MSG_NOSIGNAL) == 1) pause(1);
  });
  const std::string url = "http://127.0.0.1:" + std::to_string(endless.port()) + "/";
  std::stop_source source;
  HttpClient client({});
  std::atomic<int> stopped = 0;
  const auto started = Deadline::Clock::now();
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 8; ++t) {
      all.emplace_back([&] {
        const std::vector<HttpRequest> pair(2, ask(url));
        for (const auto& result : client.send_all(pair, Deadline::after(milliseconds(20000)), source.get_token())) stopped += outcome(result) == "stopped" ? 1 : 0;
      });
    }
    pause(150);
    source.request_stop();
  }
  EXPECT_EQ(stopped, 16);
  EXPECT_LT(elapsed_ms(started), 400);
}

TEST(HttpThreads, AFailedThreadDoesNotDisturbTheOthers) {
  const Web web = slow_echo();
  const std::string nobody = "http://127.0.0.1:" + std::to_string(closed_port()) + "/";
  HttpClient client({});
  std::atomic<int> answered = 0, refused = 0;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 6; ++t) {
      all.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          const std::string result = outcome(client.send(ask(t % 2 == 0 ? web.url("/1") : nobody), Deadline::after(milliseconds(20000))));
          (t % 2 == 0 ? answered : refused) += result == (t % 2 == 0 ? "200" : "refused") ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(answered, 60);
  EXPECT_EQ(refused, 60);
}

TEST(HttpThreads, ClientsComeAndGoWithTheirKeptConnections) {
  const Web web = slow_echo();
  for (int round = 0; round < 20; ++round) {
    auto client = std::make_unique<HttpClient>(HttpOptions{});
    {
      std::vector<std::jthread> all;
      for (int t = 0; t < 4; ++t) {
        all.emplace_back([&] { EXPECT_EQ(outcome(client->send(ask(web.url("/0")), Deadline::after(milliseconds(20000)))), "200"); });
      }
    }
    HttpClient moved = std::move(*client);
    client.reset();
    EXPECT_EQ(outcome(moved.send(ask(web.url("/0")), Deadline::after(milliseconds(5000)))), "200");
    EXPECT_EQ(moved.round_trips(), 5);
  }
}

}  // namespace
}  // namespace wbverify
