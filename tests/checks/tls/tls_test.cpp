#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "checks/host/facts.hpp"
#include "checks/tls/checks.hpp"
#include "checks/tls/plugin.hpp"
#include "util/json.hpp"

namespace wbverify {

// The host's plugin is another library; here its facts are never written.
std::string encode_facts(const HostNetworkFacts&) { return {}; }

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t day = 86400;
constexpr std::int64_t now = 1790000000;

Scene scene() {
  Scene scene;
  scene.started = now * 1000;
  return scene;
}

TlsObservation good(const std::string& address) {
  TlsObservation tls;
  tls.server_name = "wandb.example.com";
  tls.address = address;
  tls.port = 443;
  tls.completed = true;
  tls.protocol = "TLSv1.3";
  tls.cipher = "TLS_AES_128_GCM_SHA256";
  tls.trust = tls.anchor = "system";
  Certificate leaf;
  leaf.subject = "CN=wandb.example.com";
  leaf.issuer = "CN=Root";
  leaf.dns_names = {"wandb.example.com"};
  leaf.name_count = 1;
  leaf.not_before = now - 10 * day;
  leaf.not_after = now + 80 * day;
  leaf.key_type = "EC";
  leaf.key_bits = 256;
  leaf.digest = "SHA256";
  leaf.sha256 = "leaf";
  Certificate root = leaf;
  root.subject = "CN=Root";
  root.sha256 = "root";
  root.self_signed = root.self_issued = root.is_ca = true;
  tls.presented = {leaf};
  tls.built = {leaf, root};
  return tls;
}

TlsFacts facts_of(std::vector<TlsObservation> observations) {
  return {"wandb.example.com", 443, static_cast<int>(observations.size()), std::move(observations)};
}

const CheckSpec& check(const Plugin& plugin, const std::string& id) {
  return *std::find_if(plugin.checks.begin(), plugin.checks.end(), [&](const CheckSpec& spec) { return spec.id == id; });
}

Finding judged(const std::string& id, const TlsFacts& facts) {
  static const Plugin plugin = tls_plugin();
  return check(plugin, id).judge(Facts::of<TlsFacts>(facts), scene()).front();
}

TEST(TlsPlugin, HasItsChecksInTheFrozenOrder) {
  std::vector<std::string> ids;
  const Plugin plugin = tls_plugin();
  for (const auto& spec : plugin.checks) {
    ids.push_back(spec.id);
    EXPECT_EQ(spec.probe, "tls");
    EXPECT_EQ(spec.needs, std::vector<std::string>{spec.id == "tls.handshake" ? "host.tcp" : "tls.handshake"});
  }
  EXPECT_THAT(ids, ElementsAre("tls.handshake", "tls.protocol", "tls.trusted", "tls.name", "tls.validity", "tls.strength"));
}

TEST(TlsPlugin, AllPassOnAHealthyServerWithOneAddressOrMore) {
  for (const auto& facts : {facts_of({good("10.0.0.5")}), facts_of({good("10.0.0.5"), good("2001:db8::5")})}) {
    for (const auto& spec : tls_plugin().checks) EXPECT_EQ(judged(spec.id, facts).status, Status::pass) << spec.id;
  }
  EXPECT_THAT(judged("tls.trusted", facts_of({good("10.0.0.5"), good("10.0.0.6")})).observed, HasSubstr("at all 2 addresses"));
}

TEST(TlsPlugin, AddressesMayShowDifferentCertificatesThatAreAllGood) {
  TlsObservation other = good("10.0.0.6");
  other.presented[0].sha256 = other.built[0].sha256 = "another";
  for (const auto& spec : tls_plugin().checks) EXPECT_EQ(judged(spec.id, facts_of({good("10.0.0.5"), other})).status, Status::pass);
}

TEST(TlsPlugin, OneBadAddressOfThreeIsNamed) {
  TlsObservation old = good("2001:db8::7");
  old.presented[0].not_after = old.built[0].not_after = now - 3 * day;
  const TlsFacts facts = facts_of({good("10.0.0.5"), good("10.0.0.6"), old});
  const Finding finding = judged("tls.validity", facts);
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause, "addresses-differ");
  EXPECT_THAT(finding.observed, HasSubstr("1 of 3 addresses of wandb.example.com"));
  EXPECT_THAT(finding.observed, HasSubstr("10.0.0.5 and 10.0.0.6: pass; 2001:db8::7: expired"));
  EXPECT_THAT(finding.reproduce, HasSubstr("'[2001:db8::7]:443' -servername wandb.example.com"));
  EXPECT_THAT(finding.fix, HasSubstr("behind 2001:db8::7"));
  EXPECT_EQ(judged("tls.trusted", facts).status, Status::pass) << "one cause, one failure";
}

TEST(TlsPlugin, TheSameFaultEverywhereIsNoDifference) {
  TlsObservation a = good("10.0.0.5"), b = good("10.0.0.6");
  for (TlsObservation* tls : {&a, &b}) tls->presented[0].not_after = tls->built[0].not_after = now - day;
  const Finding finding = judged("tls.validity", facts_of({a, b}));
  EXPECT_EQ(finding.cause, "expired");
  EXPECT_THAT(finding.observed, HasSubstr("The certificate of wandb.example.com:443 expired"));
}

TEST(TlsPlugin, AnAddressThatDoesNotShakeHandsFailsTheHandshake) {
  TlsObservation dead;
  dead.server_name = "wandb.example.com";
  dead.address = "10.0.0.6";
  dead.port = 443;
  dead.cause = "plain-http";
  dead.text = "it answered in plain HTTP";
  EXPECT_EQ(judged("tls.handshake", facts_of({good("10.0.0.5"), dead})).cause, "addresses-differ");
  dead.cause = "timed-out";
  EXPECT_EQ(judged("tls.handshake", facts_of({good("10.0.0.5"), dead})).status, Status::unknown);
}

TEST(TlsPlugin, AnotherMachineBehindOneAddressIsOneFailure) {
  TlsObservation stranger = good("10.0.0.6");
  Certificate& leaf = stranger.presented[0];
  leaf.subject = leaf.issuer = "CN=old.example.com";
  leaf.dns_names = {"old.example.com"};
  leaf.self_signed = leaf.self_issued = true;
  leaf.sha256 = "stranger";
  leaf.not_after = now - day;
  stranger.built = {leaf};
  stranger.errors = {{18, 0, "self-signed certificate"}, {62, 0, "hostname mismatch"}, {10, 0, "certificate has expired"}};
  const TlsFacts facts = facts_of({good("10.0.0.5"), stranger});
  EXPECT_EQ(judged("tls.trusted", facts).cause, "addresses-differ");
  for (const char* id : {"tls.name", "tls.validity", "tls.strength"}) {
    EXPECT_EQ(judged(id, facts).status, Status::pass) << id;
    EXPECT_THAT(judged(id, facts).observed, HasSubstr("10.0.0.6 is left to tls.trusted"));
  }
  // Alone, each of its faults is told.
  EXPECT_EQ(judged("tls.validity", facts_of({stranger})).cause, "expired");
}

TEST(TlsPlugin, NoAddressIsUnknown) {
  const Finding finding = judged("tls.handshake", facts_of({}));
  EXPECT_EQ(finding.status, Status::unknown);
  EXPECT_EQ(finding.cause, "no-address");
}

TEST(TlsPlugin, FactsSurviveTheRecord) {
  const TlsFacts facts = facts_of({good("10.0.0.5"), good("10.0.0.6")});
  TlsFacts back;
  decode_facts(encode_facts(facts), back);
  EXPECT_EQ(back, facts);
}

TEST(TlsProbe, DoesNotApplyToPlainHttp) {
  Settings settings;
  const ProbeSpec probe = tls_probe();
  EXPECT_EQ(probe.skip(settings), "") << "a missing HOST blocks, it does not skip";
  settings.host = HostTarget{"https", "wandb.example.com", 443, "https://wandb.example.com"};
  EXPECT_EQ(probe.skip(settings), "");
  EXPECT_THAT(probe.touches(settings), SizeIs(1));
  settings.host->scheme = "http";
  EXPECT_THAT(probe.skip(settings), HasSubstr("http://"));
}

TEST(TlsProbe, AsksEveryReachableAddress) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_ANY);
  socklen_t size = sizeof place;
  auto* generic = reinterpret_cast<sockaddr*>(&place);
  ASSERT_EQ(bind(listener, generic, size), 0);
  ASSERT_EQ(listen(listener, 8), 0);
  ASSERT_EQ(getsockname(listener, generic, &size), 0);
  std::thread plain([listener] {
    for (int i = 0; i < 2; ++i) {
      const int fd = accept(listener, nullptr, nullptr);
      char hello[1024];
      [[maybe_unused]] auto done = recv(fd, hello, sizeof hello, 0);
      done = send(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
      close(fd);
    }
  });
  Settings settings;
  const std::uint16_t port = ntohs(place.sin_port);
  settings.host = HostTarget{"https", "wandb.example.com", port, ""};
  HostNetworkFacts network;
  network.reach.host = "wandb.example.com";
  network.reach.port = port;
  for (const char* address : {"127.0.0.1", "127.0.0.2", "127.0.0.3"}) {
    TcpAttempt attempt;
    attempt.address = address;
    attempt.port = port;
    if (std::string(address) == "127.0.0.3") attempt.cause = "refused";
    network.reach.attempts.push_back(attempt);
  }
  NoJournal journal;
  const ProbeContext context{settings, Deadline::after(std::chrono::seconds(5)), {}, "0123456789abcdef", journal,
                             [&](std::string_view) { return Facts::of(network); }, std::make_shared<std::atomic<int>>(0)};
  const Facts gathered = tls_probe().gather(context);
  plain.join();
  close(listener);
  const auto& facts = gathered.as<TlsFacts>();
  EXPECT_EQ(facts.addresses, 2);
  ASSERT_THAT(facts.observations, SizeIs(2));
  for (const auto& tls : facts.observations) EXPECT_EQ(tls.cause, "plain-http") << tls.address;
  EXPECT_EQ(context.round_trips->load(), 2);
  EXPECT_FALSE(tls_probe().transient(gathered));
}

}  // namespace
}  // namespace wbverify
