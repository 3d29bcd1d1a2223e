#include "clients/reach.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stop_token>
#include <thread>

#include "clients/tcp.hpp"
#include "http_lab.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Deadline soon(int ms = 3000) { return Deadline::after(milliseconds(ms)); }

std::vector<TcpAttempt> connect_all(const std::vector<std::string>& addresses, std::uint16_t port, int patience = 3000, int grace = 1000, Socket* first = nullptr) {
  return tcp::connect_all(addresses, port, soon(10000), milliseconds(patience), milliseconds(grace), {}, first);
}

/// A port whose backlog is full: the kernel drops every further SYN.
class Dropping {
 public:
  Dropping() {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    bind(fd_, generic, size);
    listen(fd_, 0);
    getsockname(fd_, generic, &size);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 8; ++i) {
      fillers_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      connect(fillers_.back(), generic, size);
    }
    usleep(100000);
  }
  ~Dropping() {
    for (const int filler : fillers_) close(filler);
    close(fd_);
  }
  std::uint16_t port() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
  std::vector<int> fillers_;
};

TEST(Tcp, ConnectsAndIsRefused) {
  const Web web(ok());
  Socket socket;
  const auto open = connect_all({"127.0.0.1", "127.0.0.2"}, web.port(), 3000, 1000, &socket);
  ASSERT_THAT(open, SizeIs(2));
  EXPECT_EQ(open[0].cause, "");
  EXPECT_EQ(open[0].address, "127.0.0.1");
  EXPECT_EQ(open[0].port, web.port());
  EXPECT_EQ(open[1].cause, "refused");
  EXPECT_TRUE(socket);
  const std::string question = "GET / HTTP/1.1\r\n\r\n";
  ASSERT_TRUE(socket.send(question, soon()));
  EXPECT_EQ(socket.receive(8, soon()).value_or("none"), "HTTP/1.1");
  const auto refused = connect_tcp("127.0.0.1", closed_port(), soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().cause, "refused");
  EXPECT_TRUE(refused.error().transient);
  EXPECT_THAT(refused.error().text, HasSubstr("127.0.0.1:"));
}

TEST(Tcp, WaitsForDroppedPacketsOnlyAsLongAsItMay) {
  const Dropping dropping;
  const auto alone = connect_all({"127.0.0.1"}, dropping.port(), 300);
  EXPECT_EQ(alone[0].cause, "timed-out");
  EXPECT_GE(alone[0].duration_ms, 295);
  EXPECT_LT(alone[0].duration_ms, 1300);
  EXPECT_THAT(alone[0].text, HasSubstr("0.3 s"));
  const auto error = connect_tcp("127.0.0.1", dropping.port(), soon(200));
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().cause, "timed-out");
  EXPECT_EQ(error.error().blame, Blame::path);
  std::stop_source source;
  source.request_stop();
  const auto started = Deadline::Clock::now();
  const auto stopped = tcp::connect_all({"127.0.0.1"}, dropping.port(), soon(), milliseconds(3000), milliseconds(1), source.get_token(), nullptr);
  EXPECT_LT(elapsed_ms(started), 2500);
}

TEST(Tcp, GivesStragglersOnlyTheirGrace) {
  const Dropping dropping;
  // The same port answers at another loopback address.
  const int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(dropping.port());
  inet_pton(AF_INET, "127.0.0.3", &address.sin_addr);
  ASSERT_EQ(bind(other, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  listen(other, 8);
  const auto attempts = connect_all({"127.0.0.1", "127.0.0.3"}, dropping.port(), 5000, 200);
  EXPECT_EQ(attempts[0].cause, "timed-out");
  EXPECT_LT(attempts[0].duration_ms, 2500);
  EXPECT_EQ(attempts[1].cause, "");
  close(other);
}

TEST(Tcp, NamesEveryError) {
  EXPECT_EQ(tcp::explain(ECONNREFUSED, false).first, "refused");
  EXPECT_EQ(tcp::explain(ETIMEDOUT, false).first, "timed-out");
  EXPECT_EQ(tcp::explain(ECONNRESET, false).first, "reset");
  EXPECT_EQ(tcp::explain(ENETUNREACH, true).first, "no-route");
  EXPECT_EQ(tcp::explain(ENETUNREACH, false).first, "unreachable");
  EXPECT_EQ(tcp::explain(EHOSTUNREACH, false).first, "unreachable");
  EXPECT_EQ(tcp::explain(EACCES, true).first, "denied");
  for (int error = 1; error < 140; ++error) EXPECT_NE(tcp::explain(error, false).second, "") << error;
  EXPECT_EQ(connect_all({"not an address"}, 80)[0].cause, "unreachable");
  EXPECT_THAT(connect_all({}, 80), IsEmpty());
}

TEST(Tcp, SocketsKeepToTheDeadline) {
  const Listener silent([](int, const std::atomic<bool>& stop) { hold(stop); });
  auto socket = connect_tcp("127.0.0.1", silent.port(), soon());
  ASSERT_TRUE(socket);
  const auto started = Deadline::Clock::now();
  const auto received = socket->receive_some(10, soon(100));
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error().cause, "timed-out");
  // Nobody reads at the other end: the buffers fill.
  const auto sent = socket->send(std::string(std::size_t{64} << 20, 'x'), soon(100));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().cause, "timed-out");
  EXPECT_LT(elapsed_ms(started), 5000);   // filling memory takes its time on a busy machine
}

TEST(Tcp, SocketsTellTheEndFromAReset) {
  const Listener ends([](int fd, const std::atomic<bool>&) { write_all(fd, "abc"); });
  auto socket = connect_tcp("127.0.0.1", ends.port(), soon());
  ASSERT_TRUE(socket);
  const auto whole = socket->receive(5, soon());
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().cause, "closed");
  EXPECT_THAT(whole.error().text, HasSubstr("3 of 5"));
  EXPECT_EQ(socket->receive_some(5, soon()).value_or("none"), "");
  const Listener resets([](int fd, const std::atomic<bool>&) {
    const linger now{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  });
  auto broken = connect_tcp("127.0.0.1", resets.port(), soon());
  ASSERT_TRUE(broken);
  const auto nothing = broken->receive(1, soon());
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().cause, "reset");
  EXPECT_FALSE(broken->send("a", soon()).has_value() && broken->send("b", soon()).has_value());
}

TEST(Tcp, ASocketBelongsToOne) {
  const Web web(ok());
  Socket a = *connect_tcp("127.0.0.1", web.port(), soon());
  Socket b = std::move(a);
  EXPECT_TRUE(b);
  a = std::move(b);
  EXPECT_TRUE(a);
  const int fd = a.release();
  EXPECT_FALSE(a);
  EXPECT_EQ(close(fd), 0);
}

TEST(Reach, GoesFromTheNameToTheConnection) {
  const Web web(ok());
  Socket first;
  const Reach found = reach("wandb.localhost", web.port(), "", soon(), &first);
  EXPECT_TRUE(first);
  EXPECT_THAT(found.reachable(), ElementsAre("127.0.0.1"));
  EXPECT_EQ(found.host, "wandb.localhost");
  for (const auto& attempt : found.attempts) EXPECT_EQ(attempt.cause, attempt.address == "127.0.0.1" ? "" : "refused");
  const Reach none = reach("not a name", 80, "", soon());
  EXPECT_EQ(none.dns.cause, "bad-name");
  EXPECT_THAT(none.attempts, IsEmpty());
  EXPECT_THAT(none.reachable(), IsEmpty());
}

TEST(Reach, PutsTheQuickestFirst) {
  Reach some;
  some.attempts = {{"10.0.0.1", 1, "", "", 9}, {"10.0.0.2", 1, "refused", "", 1}, {"10.0.0.3", 1, "", "", 3}};
  EXPECT_THAT(some.reachable(), ElementsAre("10.0.0.3", "10.0.0.1"));
}

TEST(Reach, IsTheSameAfterJson) {
  Reach some;
  some.host = "a.test";
  some.port = 443;
  some.dns = {"a.test", "dns", {"10.0.0.1"}, {"fd00::1"}, "b.test", "cause", "words", "127.0.0.1:53", 1.25};
  some.attempts = {{"10.0.0.1", 443, "refused", "words", 0.5}};
  const nlohmann::json json = some;
  EXPECT_EQ(json.get<Reach>(), some);
  EXPECT_EQ(parse_json(dump_json(json)).get<Reach>(), some);
  EXPECT_EQ(nlohmann::json::object().get<Reach>(), Reach{});
}

/// Asks for a stop after a tenth of a second.
struct Stopper {
  std::stop_source source;
  std::jthread thread{[this] {
    std::this_thread::sleep_for(milliseconds(100));
    source.request_stop();
  }};
};

TEST(Tcp, AStopEndsEveryWait) {
  const Listener silent([](int, const std::atomic<bool>& stop) { hold(stop); });
  const Dropping dropping;
  {
    Stopper stopper;
    Socket socket = *connect_tcp("127.0.0.1", silent.port(), soon());
    const auto started = Deadline::Clock::now();
    EXPECT_EQ(socket.receive_some(100, soon(10000), stopper.source.get_token()).error().cause, "stopped");
    EXPECT_EQ(socket.receive(100, soon(10000), stopper.source.get_token()).error().cause, "stopped") << "and at once when it was asked before";
    EXPECT_LT(elapsed_ms(started), 1500);
  }
  {
    Stopper stopper;
    Socket socket = *connect_tcp("127.0.0.1", silent.port(), soon());
    const std::string more_than_buffers_hold(64 << 20, 'x');
    const auto started = Deadline::Clock::now();
    EXPECT_EQ(socket.send(more_than_buffers_hold, soon(10000), stopper.source.get_token()).error().cause, "stopped");
    EXPECT_LT(elapsed_ms(started), 1500);
  }
  {
    Stopper stopper;
    const auto started = Deadline::Clock::now();
    EXPECT_EQ(connect_tcp("127.0.0.1", dropping.port(), soon(10000), stopper.source.get_token()).error().cause, "stopped");
    EXPECT_LT(elapsed_ms(started), 1500);
  }
  Stopper stopper;
  const Reach cut = reach("127.0.0.1", dropping.port(), "", soon(10000), nullptr, stopper.source.get_token());
  EXPECT_EQ(cut.attempts.front().cause, "stopped");
  EXPECT_THAT(cut.attempts.front().text, HasSubstr("stopped"));
}

}  // namespace
}  // namespace wbverify
