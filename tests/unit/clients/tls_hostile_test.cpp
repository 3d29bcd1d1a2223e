// Servers that are no TLS servers, or behave badly: always an answer with a name, in time.
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "clients/tls_diagnosis.hpp"
#include "tls_lab.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// Reads the ClientHello, so that closing does not turn into a reset.
void read_hello(int fd) {
  std::array<char, 4096> hello{};
  [[maybe_unused]] const auto got = recv(fd, hello.data(), hello.size(), 0);
}

void say(int fd, std::string_view text) { [[maybe_unused]] const auto sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

void stay_silent(int fd, const std::atomic<bool>& stop) {
  pollfd entry{fd, POLLRDHUP, 0};
  while (!stop && poll(&entry, 1, 20) == 0) {
  }
}

/// Answers the ClientHello with these bytes and closes.
TlsObservation answered(std::string bytes, bool greets = false) {
  const Listener server([bytes = std::move(bytes), greets](int fd, const std::atomic<bool>&) {
    if (greets) say(fd, bytes);
    read_hello(fd);
    if (!greets) say(fd, bytes);
    shutdown(fd, SHUT_WR);
    read_hello(fd);
  });
  return observe(server, {}, "wandb.test", 5s);
}

double seconds_of(const std::function<void()>& work) {
  const auto started = Deadline::Clock::now();
  work();
  return elapsed_ms(started) / 1000;
}

TEST(TlsHostile, PlainHttp) {
  const TlsObservation tls = answered("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<html>");
  EXPECT_FALSE(tls.completed);
  EXPECT_EQ(tls.cause, "plain-http");
  EXPECT_THAT(tls.text, HasSubstr("\"HTTP/1.1 400 Bad Request\""));
  EXPECT_EQ(tls.round_trips, 1) << "there is nothing to try again";
}

TEST(TlsHostile, OtherProtocols) {
  EXPECT_THAT(answered("220 mail.test ESMTP\r\n", true).text, HasSubstr("STARTTLS"));
  EXPECT_THAT(answered("SSH-2.0-OpenSSH_9.2\r\n", true).text, HasSubstr("SSH server"));
  EXPECT_THAT(answered("-ERR unknown command\r\n").text, HasSubstr("Redis"));
  const std::string greeting("\x4a\0\0\0\x0a" "8.4.3\0", 11);
  const TlsObservation mysql = answered(greeting, true);
  EXPECT_EQ(mysql.cause, "not-tls");
  EXPECT_THAT(mysql.text, HasSubstr("MySQL"));
  const TlsObservation noise = answered(std::string("\x00\x1b[31m\xff\xfe\x80 nonsense", 16));
  EXPECT_EQ(noise.cause, "not-tls");
  EXPECT_THAT(noise.text, Not(HasSubstr("\x1b")));
  EXPECT_NO_THROW(nlohmann::json(noise).dump());
}

TEST(TlsHostile, Alerts) {
  const auto alert = [](char number) { return answered(std::string("\x15\x03\x03\0\x02\x02", 6) + number); };
  EXPECT_EQ(alert(40).cause, "no-shared-cipher");
  EXPECT_EQ(alert(70).cause, "protocol-too-old");
  EXPECT_EQ(alert(80).cause, "alert-internal-error");
  EXPECT_EQ(alert(112).cause, "alert-unrecognized-name");
  EXPECT_THAT(alert(112).text, HasSubstr("unrecognized_name (112)"));
  EXPECT_EQ(alert(99).cause, "alert-99");
}

TEST(TlsHostile, ClosesAndResets) {
  EXPECT_EQ(answered("").cause, "closed");
  const Listener resets([](int fd, const std::atomic<bool>&) {
    read_hello(fd);
    const struct linger now{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  });
  EXPECT_EQ(observe(resets, {}).cause, "reset");
  const Listener half([](int fd, const std::atomic<bool>&) {
    read_hello(fd);
    say(fd, std::string_view("\x16\x03\x03\0\x7a\x02\0", 7));
    shutdown(fd, SHUT_WR);
    read_hello(fd);
  });
  const TlsObservation tls = observe(half, {});
  EXPECT_EQ(tls.cause, "closed");
  EXPECT_THAT(tls.text, HasSubstr("in the middle"));
}

TEST(TlsHostile, OneBrokenConnectionIsNoVerdict) {
  const Issued root = issue(authority("Root"));
  const auto good = tls_server({issue({}, &root), {}});
  std::atomic<int> count = 0;
  const Listener moody([&](int fd, const std::atomic<bool>&) { read_hello(fd); });
  const PemFile file(root.pem());
  TlsRequest request = good->request("wandb.test");
  request.ca_files = {file.path()};
  request.connect = [&](Deadline deadline) { return connect_tcp("127.0.0.1", count++ == 0 ? moody.port() : good->port(), deadline); };
  const TlsObservation tls = observe_tls(request, Deadline::after(5s));
  EXPECT_TRUE(tls.completed);
  EXPECT_EQ(tls.refused_by, "");
}

TEST(TlsHostile, SilenceEndsInTime) {
  const Listener silent([](int fd, const std::atomic<bool>& stop) { stay_silent(fd, stop); });
  TlsObservation tls;
  EXPECT_LT(seconds_of([&] { tls = observe(silent, {}, "wandb.test", 300ms); }), 1.3);
  EXPECT_EQ(tls.cause, "timed-out");
  EXPECT_THAT(tls.text, HasSubstr("did not answer"));
  EXPECT_EQ(tls.round_trips, 1);
}

TEST(TlsHostile, DripsEndInTime) {
  const Listener drips([](int fd, const std::atomic<bool>& stop) {
    for (const char c : std::string("\x16\x03\x03\x3f\xff", 5) + std::string(500, '\x02')) {
      if (stop) return;
      say(fd, {&c, 1});
      usleep(20000);
    }
  });
  TlsObservation tls;
  EXPECT_LT(seconds_of([&] { tls = observe(drips, {}, "wandb.test", 500ms); }), 1.5);
  EXPECT_EQ(tls.cause, "timed-out");
  EXPECT_THAT(tls.text, HasSubstr("then stalled"));
}

TEST(TlsHostile, FloodsEnd) {
  // Endless empty handshake records, and endless plain bytes after a good header.
  const Listener floods([](int fd, const std::atomic<bool>& stop) {
    const std::string record = std::string("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", 9) + std::string(16380, '\x03');
    while (!stop && send(fd, record.data(), record.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  TlsObservation tls;
  EXPECT_LT(seconds_of([&] { tls = observe(floods, {}, "wandb.test", 5s); }), 4);
  EXPECT_FALSE(tls.completed);
  EXPECT_NE(tls.cause, "");
}

TEST(TlsHostile, RandomBytesNeverCrash) {
  unsigned state = 42;
  for (int i = 0; i < 60; ++i) {
    std::string bytes = i % 2 == 0 ? std::string("\x16\x03\x03\x00\x50\x02\x00\x00\x4c\x03\x03", 11) : std::string("\x16\x03\x03", 3);
    for (int j = 0; j < 200; ++j) bytes += static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
    const TlsObservation tls = answered(bytes);
    EXPECT_FALSE(tls.completed);
    EXPECT_NE(tls.cause, "");
    EXPECT_NO_THROW(nlohmann::json(tls).dump());
  }
}

TEST(TlsHostile, ManyCertificates) {
  const Issued root = issue(authority("Root"));
  const KeyPtr key = ec_key();
  ServerWish wish;
  wish.leaf = issue({}, &root);
  for (int i = 0; i < 200; ++i) {
    Wish one = authority("Filler");
    one.key = key;
    wish.chain.push_back(issue(one));
  }
  const TlsObservation tls = observe(wish, {root});
  EXPECT_TRUE(tls.completed);
  EXPECT_EQ(tls.presented_count, 201);
  EXPECT_THAT(tls.presented, SizeIs(20));
  EXPECT_THAT(tls.errors, SizeIs(0));
}

TEST(TlsHostile, ManyWaysThatLeadNowhere) {
  // Names and keys are the same everywhere: any certificate issues any other, and the number of paths has no end.
  const Issued root = issue(authority("Root"));
  const KeyPtr key = ec_key();
  Wish looped = authority("Loop");
  looped.key = key;
  const Issued loop = issue(looped);
  ServerWish wish;
  wish.leaf = issue({}, &loop);
  for (int i = 0; i < 60; ++i) {
    looped.to_days = 100 + i;
    wish.chain.push_back(issue(looped, &loop));
  }
  // A trusted one of that name and key, not for servers: every path has a fault, so all of them are tried.
  Wish unfit = looped;
  unfit.extended_usage = "clientAuth";
  const Issued anchor = issue(unfit, &root);
  TlsObservation tls;
  const auto server = tls_server(wish);
  EXPECT_LT(seconds_of([&] { tls = observe(*server, {anchor}); }), 5);
  EXPECT_FALSE(diagnose(tls, TlsConcern::trust, {}).empty());
}

TEST(TlsHostile, OneHugeCertificate) {
  const Issued root = issue(authority("Root"));
  std::string names = "DNS:wandb.test";
  for (int i = 0; i < 12000; ++i) names += ",DNS:host-" + std::to_string(i) + ".example.com";
  const TlsObservation tls = observe({issue({.san = names}, &root), {}}, {root});
  EXPECT_FALSE(tls.completed);
  EXPECT_EQ(tls.cause, "bad-certificate");
}

TEST(TlsHostile, NamesThatAreNoText) {
  const Issued root = issue(authority("Root"));
  Wish wish;
  wish.subject = {{"CN", "\x1b[31mwandb\x07.test\xE2\x80\xAE"}, {"O", std::string(60, 'x')}};
  wish.san = "DNS:wandb.test,DNS:\x1b]0;owned\x07.test,DNS:" + std::string(3000, 'a');
  const TlsObservation tls = observe({issue(wish, &root), {}}, {root});
  ASSERT_THAT(tls.presented, SizeIs(1));
  const std::string json = nlohmann::json(tls).dump();
  EXPECT_THAT(json, Not(HasSubstr("\x1b")));
  EXPECT_THAT(json, Not(HasSubstr("\\u001b")));
  EXPECT_THAT(tls.presented[0].subject_cn, HasSubstr("\\x1b[31mwandb\\x07.test\\u202e"));
  for (const auto& name : tls.presented[0].dns_names) EXPECT_LE(name.size(), 256U);
}

TEST(TlsHostile, BytesThatAreNoUtf8InTheSubject) {
  const Issued root = issue(authority("Root"));
  for (const int kind : {V_ASN1_UTF8STRING, V_ASN1_T61STRING, V_ASN1_PRINTABLESTRING}) {
    Issued leaf = issue({.subject = {{"CN", "wandb.test"}}}, &root);
    const std::string bytes = "\xff\xfe\x80\x41";
    X509_NAME_ENTRY* entry = X509_NAME_ENTRY_create_by_NID(nullptr, NID_organizationName, kind, tls::bytes_of(bytes), 4);
    X509_NAME_add_entry(X509_get_subject_name(leaf.certificate.get()), entry, -1, 0);
    X509_NAME_ENTRY_free(entry);
    X509_sign(leaf.certificate.get(), root.key.get(), EVP_sha256());
    const TlsObservation tls = observe({leaf, {}}, {root});
    EXPECT_NO_THROW(nlohmann::json(tls).dump());
    if (tls.completed) {
      EXPECT_EQ(tls.presented.at(0).subject_cn, "wandb.test");
    } else {
      EXPECT_EQ(tls.cause, "bad-certificate") << tls.text;
    }
  }
}

TEST(TlsHostile, ClientCertificatesAreDemanded) {
  const Issued root = issue(authority("Root"));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ServerWish wish;
    wish.leaf = issue({}, &root);
    wish.lowest = wish.highest = version;
    wish.client_certificates = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    const TlsObservation tls = observe(wish, {root});
    EXPECT_FALSE(tls.completed);
    EXPECT_EQ(tls.cause, "client-cert-required") << tls.text;
    EXPECT_THAT(tls.presented, SizeIs(1)) << "the chain was seen all the same";
  }
}

TEST(TlsHostile, AStopEndsTheHandshake) {
  // Before the first byte, and in the middle of the server's first message.
  for (const std::string& bytes : {std::string(), std::string("\x16\x03\x03\x00\x7a\x02", 6)}) {
    const Listener silent([&](int fd, const std::atomic<bool>& stop) {
      static_cast<void>(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      while (!stop) std::this_thread::sleep_for(5ms);
    });
    TlsRequest request;
    request.server_name = "wandb.test";
    request.connect = [port = silent.port()](Deadline deadline) { return connect_tcp("127.0.0.1", port, deadline); };
    std::stop_source source;
    const std::jthread stopper([&] {
      std::this_thread::sleep_for(100ms);
      source.request_stop();
    });
    const auto started = Deadline::Clock::now();
    const TlsObservation tls = observe_tls(request, Deadline::after(10s), source.get_token());
    EXPECT_FALSE(tls.completed);
    EXPECT_EQ(tls.cause, "stopped") << tls.text;
    EXPECT_LT(elapsed_ms(started), 1500);
  }
}

TEST(TlsHostile, NobodyListens) {
  std::uint16_t port = 0;
  {
    const Listener gone([](int, const std::atomic<bool>&) {});
    port = gone.port();
  }
  TlsRequest request;
  request.server_name = "wandb.test";
  request.connect = [port](Deadline deadline) { return connect_tcp("127.0.0.1", port, deadline); };
  const TlsObservation tls = observe_tls(request, Deadline::after(2s));
  EXPECT_EQ(tls.cause, "refused");
  EXPECT_EQ(tls.round_trips, 0);
}

}  // namespace
}  // namespace wbverify
