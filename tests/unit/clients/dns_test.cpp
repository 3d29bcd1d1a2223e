// Names asked of a real dnsmasq, and of resolvers that no real one would be.
#include "clients/dns.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "tls_lab.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

int udp_socket(std::uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0) throw std::runtime_error("no UDP port");
  port = ntohs(address.sin_port);
  return fd;
}

std::string at(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

DnsAnswer ask(const std::string& name, std::uint16_t port, milliseconds limit = milliseconds(4000)) { return resolve(name, at(port), Deadline::after(limit)); }

/// The real one.
class Dnsmasq : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (int attempt = 0; attempt < 5 && !start(); ++attempt) {
    }
  }
  /// False when it ended: between the choice of a port and its use a test beside this one may take it, or has its TCP half.
  static bool start() {
    close(udp_socket(port_));
    pid_ = fork();
    if (pid_ == 0) {
      const int null = open("/dev/null", O_RDWR);
      dup2(null, 2);
      const std::string port = "--port=" + std::to_string(port_);
      execl("/usr/sbin/dnsmasq", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=", "--group=", "--pid-file=",
            "--listen-address=127.0.0.1", "--bind-interfaces", port.c_str(), "--host-record=dual.test,10.1.2.3,fd00::5", "--host-record=four.test,10.1.2.4",
            "--host-record=six.test,fd00::6", "--cname=alias.test,four.test", "--cname=second.test,alias.test", "--txt-record=words.test,only words", "--local=/test/",
            "--address=/sink.invalid/0.0.0.0", "--host-record=many.test,10.2.0.1", "--host-record=many.test,10.2.0.2", static_cast<char*>(nullptr));
      _exit(127);
    }
    for (int i = 0; i < 100 && ask("four.test", port_, milliseconds(500)).ipv4.empty(); ++i) {
      if (waitpid(pid_, nullptr, WNOHANG) != 0) return false;
      std::this_thread::sleep_for(milliseconds(30));
    }
    return waitpid(pid_, nullptr, WNOHANG) == 0;
  }
  static void TearDownTestSuite() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  static inline std::uint16_t port_ = 0;
  static inline pid_t pid_ = 0;
};

TEST_F(Dnsmasq, GivesBothFamilies) {
  const DnsAnswer answer = ask("dual.test", port_);
  EXPECT_EQ(answer.cause, "") << answer.text;
  EXPECT_EQ(answer.source, "dns");
  EXPECT_THAT(answer.ipv4, ElementsAre("10.1.2.3"));
  EXPECT_THAT(answer.ipv6, ElementsAre("fd00::5"));
  EXPECT_EQ(answer.server, at(port_));
  EXPECT_EQ(answer.canonical_name, "");
  EXPECT_THAT(ask("four.test", port_).ipv6, IsEmpty());
  EXPECT_THAT(ask("SIX.test.", port_).ipv6, ElementsAre("fd00::6"));
}

TEST_F(Dnsmasq, FollowsAliases) {
  const DnsAnswer answer = ask("second.test", port_);
  EXPECT_THAT(answer.ipv4, ElementsAre("10.1.2.4"));
  EXPECT_EQ(answer.canonical_name, "four.test");
}

TEST_F(Dnsmasq, TellsNoNameFromNoAddress) {
  const DnsAnswer absent = ask("absent.test", port_);
  EXPECT_EQ(absent.cause, "nxdomain");
  EXPECT_THAT(absent.text, HasSubstr("absent.test does not exist"));
  const DnsAnswer words = ask("words.test", port_);
  EXPECT_EQ(words.cause, "no-address");
  EXPECT_EQ(ask("elsewhere.example", port_).cause, "refused");   // it knows no other server
}

/// A resolver of one test: gets a question, gives the answer, or nothing to keep silent.
class Resolver {
 public:
  using Answer = std::function<std::string(const std::string& question)>;
  explicit Resolver(Answer answer) : answer_(std::move(answer)), fd_(udp_socket(port_)), thread_([this](const std::stop_token& stop) { serve(stop); }) {}
  ~Resolver() {
    thread_.request_stop();
    thread_.join();
    close(fd_);
  }
  std::uint16_t port() const { return port_; }
  int questions() const { return questions_; }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd entry{fd_, POLLIN, 0};
      if (poll(&entry, 1, 10) <= 0) continue;
      char bytes[1500];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got = recvfrom(fd_, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 12) continue;
      ++questions_;
      const std::string reply = answer_(std::string(bytes, static_cast<std::size_t>(got)));
      if (!reply.empty()) sendto(fd_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
    }
  }
  Answer answer_;
  std::uint16_t port_ = 0;
  int fd_;
  std::atomic<int> questions_ = 0;
  std::jthread thread_;
};

bool is_aaaa(const std::string& question) { return static_cast<unsigned char>(question[question.size() - 3]) == 28; }

/// The question as an answer with this code and these records.
std::string reply(const std::string& question, int code, int records = 0, const std::string& data = "") {
  std::string out = question;
  out[2] = static_cast<char>(out[2] | 0x80);
  out[3] = static_cast<char>(0x80 | code);
  out[7] = static_cast<char>(records);
  return out + data;
}

std::string a_record(const std::string& address) { return std::string("\xC0\x0C\x00\x01\x00\x01\x00\x00\x01\x2C\x00\x04", 12) + address; }

std::string code_of(int code) {
  const Resolver resolver([code](const std::string& question) { return reply(question, code); });
  return ask("a.test", resolver.port()).cause;
}

TEST(Dns, NamesEveryCode) {
  EXPECT_EQ(code_of(3), "nxdomain");
  EXPECT_EQ(code_of(2), "servfail");
  EXPECT_EQ(code_of(5), "refused");
  EXPECT_EQ(code_of(4), "servfail");   // NOTIMP
  EXPECT_EQ(code_of(1), "servfail");   // FORMERR
  EXPECT_EQ(code_of(0), "no-address");
}

TEST(Dns, AnAliasToNowhereIsNamed) {
  const Resolver resolver([](const std::string& question) {
    return reply(question, 3, 1, std::string("\xC0\x0C\x00\x05\x00\x01\x00\x00\x01\x2C\x00\x0B\x04gone\x03" "elb\x01x\x00", 24));
  });
  const DnsAnswer answer = ask("a.test", resolver.port());
  EXPECT_EQ(answer.cause, "nxdomain");
  EXPECT_EQ(answer.canonical_name, "gone.elb.x");
  EXPECT_THAT(answer.text, HasSubstr("a.test is an alias of gone.elb.x, which does not exist"));
}

TEST(Dns, OneFamilyIsEnough) {
  for (const int code : {2, 3, 5, 0}) {
    const Resolver resolver([code](const std::string& question) { return is_aaaa(question) ? reply(question, code) : reply(question, 0, 1, a_record("\x0A\x01\x02\x03")); });
    const DnsAnswer answer = ask("a.test", resolver.port());
    EXPECT_THAT(answer.ipv4, ElementsAre("10.1.2.3")) << code;
    EXPECT_EQ(answer.cause, "") << code;
  }
}

TEST(Dns, AFirewallThatDropsAaaaDoesNotHoldItUp) {
  const Resolver resolver([](const std::string& question) { return is_aaaa(question) ? "" : reply(question, 0, 1, a_record("\x0A\x01\x02\x03")); });
  const DnsAnswer answer = ask("a.test", resolver.port(), milliseconds(10000));
  EXPECT_THAT(answer.ipv4, ElementsAre("10.1.2.3"));
  EXPECT_LT(answer.duration_ms, 3000);
}

TEST(Dns, NeverWaitsBeyondTheDeadline) {
  const Resolver silent([](const std::string&) { return std::string(); });
  const DnsAnswer answer = ask("a.test", silent.port(), milliseconds(400));
  EXPECT_EQ(answer.cause, "timed-out");
  EXPECT_THAT(answer.text, HasSubstr(at(silent.port())));
  EXPECT_GE(answer.duration_ms, 395);
  EXPECT_LT(answer.duration_ms, 1400);
  std::stop_source source;
  const std::jthread later([&] {
    std::this_thread::sleep_for(milliseconds(100));
    source.request_stop();
  });
  const DnsAnswer stopped = resolve("a.test", at(silent.port()), Deadline::after(milliseconds(5000)), source.get_token());
  EXPECT_EQ(stopped.cause, "stopped");
  EXPECT_LT(stopped.duration_ms, 2500);
}

TEST(Dns, SurvivesGarbage) {
  std::atomic<unsigned> round = 0;
  const Resolver resolver([&](const std::string& question) {
    std::string out = reply(question, 0, 2, a_record("\x0A\x01\x02\x03"));
    const unsigned seed = round++;
    for (unsigned i = 0; i < 6; ++i) out[12 + (seed * 7 + i * 13) % (out.size() - 12)] = static_cast<char>(seed * 31 + i * 97);
    return out.substr(0, 4 + seed % out.size());
  });
  for (int i = 0; i < 40; ++i) ask("a.test", resolver.port(), milliseconds(30));
}

TEST(Dns, NobodyAtThePortIsNoResolver) {
  std::uint16_t port = 0;
  close(udp_socket(port));
  const DnsAnswer answer = ask("a.test", port);
  EXPECT_EQ(answer.cause, "no-resolver");
  EXPECT_LT(answer.duration_ms, 1000);
  EXPECT_EQ(resolve("a.test", "not an address", Deadline::after(milliseconds(500))).cause, "no-resolver");
}

TEST(Dns, AsksNobodyForWhatIsKnown) {
  const Resolver resolver([](const std::string& question) { return reply(question, 3); });
  const auto of = [&](const std::string& name) { return ask(name, resolver.port()); };
  EXPECT_EQ(of("127.0.0.9").source, "literal");
  EXPECT_THAT(of("127.0.0.9").ipv4, ElementsAre("127.0.0.9"));
  EXPECT_THAT(of("fe80::1%lo").ipv6, ElementsAre("fe80::1%lo"));
  EXPECT_EQ(of("wandb.localhost").source, "localhost");
  EXPECT_THAT(of("wandb.localhost").ipv4, ElementsAre("127.0.0.1"));
  EXPECT_EQ(of("not a name").cause, "bad-name");
  EXPECT_EQ(of(std::string(300, 'a') + "\x1b[31m").cause, "bad-name");
  EXPECT_EQ(of("a\x1b[31m").host, "a\\x1b[31m");
  EXPECT_EQ(resolver.questions(), 0);
}

TEST(Dns, ReadsTheSystemsFiles) {
  const Resolver first([](const std::string& question) {
    // Only the name with the search domain exists.
    return question.find("cluster") == std::string::npos ? reply(question, 3) : is_aaaa(question) ? reply(question, 0) : reply(question, 0, 1, a_record("\x0A\x01\x02\x04"));
  });
  const test::PemFile hosts("10.9.9.9 known.test\nfd00::9 known.test\n"), resolv("nameserver 127.0.0.1\nsearch ns.cluster.local\noptions ndots:5\n");
  const auto of = [&](const std::string& name, const std::string& server) {
    return dns::resolve(name, server, Deadline::after(milliseconds(3000)), {}, {hosts.path(), resolv.path()});
  };
  const DnsAnswer known = of("known.test", "");
  EXPECT_EQ(known.source, "hosts-file");
  EXPECT_THAT(known.ipv4, ElementsAre("10.9.9.9"));
  EXPECT_THAT(known.ipv6, ElementsAre("fd00::9"));
  EXPECT_EQ(of("known.test", at(first.port())).cause, "nxdomain") << "a resolver that is named is asked, not the file";
  EXPECT_EQ(of("db", at(first.port())).cause, "nxdomain") << "nor are its search domains used";
  // resolv.conf cannot name a port, and nobody listens on 53 of this loopback address.
  const test::PemFile elsewhere("nameserver 127.45.67.89\n");
  const DnsAnswer nobody = dns::resolve("a.test", "", Deadline::after(milliseconds(3000)), {}, {hosts.path(), elsewhere.path()});
  EXPECT_EQ(nobody.cause, "no-resolver");
  EXPECT_THAT(nobody.text, HasSubstr("127.45.67.89 of " + elsewhere.path()));
}

}  // namespace
}  // namespace wbverify
