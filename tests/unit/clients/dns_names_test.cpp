#include "clients/dns_names.hpp"

#include <gmock/gmock.h>

namespace wbverify::dns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(DnsNames, TellsWhyANameIsNone) {
  for (const char* name : {"a", "wandb.example.com", "wandb.example.com.", "_dmarc.example.com", "xn--bcher-kva.example", "1.example.com", "a-b.c", "WANDB", "10.0.0.1.nip.io"}) {
    EXPECT_EQ(name_fault(name), "") << name;
  }
  EXPECT_THAT(name_fault(""), HasSubstr("empty"));
  EXPECT_THAT(name_fault("."), HasSubstr("empty"));
  EXPECT_THAT(name_fault("a..b"), HasSubstr("two dots"));
  EXPECT_THAT(name_fault(".a"), HasSubstr("in front"));
  EXPECT_THAT(name_fault("a b"), HasSubstr("cannot stand"));
  EXPECT_THAT(name_fault("a/b"), HasSubstr("'/'"));
  EXPECT_THAT(name_fault(std::string("a\0b", 3)), HasSubstr("\\x00"));
  EXPECT_THAT(name_fault("bücher.example"), HasSubstr("xn--"));
  EXPECT_THAT(name_fault(std::string(64, 'a') + ".com"), HasSubstr("64"));
  EXPECT_EQ(name_fault(std::string(63, 'a') + ".com"), "");
  std::string longest;
  for (int i = 0; i < 128; ++i) longest += "a.";
  EXPECT_THAT(name_fault(longest), HasSubstr("255"));
  EXPECT_THAT(name_fault("10.0.0.300"), HasSubstr("IPv4"));
  EXPECT_THAT(name_fault("10.0.0"), HasSubstr("IPv4"));
}

TEST(DnsNames, KnowsTheLoopbackAndAddresses) {
  for (const char* name : {"localhost", "LocalHost", "localhost.", "wandb.localhost", "a.b.localhost."}) EXPECT_TRUE(is_localhost(name)) << name;
  for (const char* name : {"localhost.example.com", "mylocalhost", "local", ""}) EXPECT_FALSE(is_localhost(name)) << name;
  for (const char* name : {"127.0.0.1", "::1", "fe80::1%lo", "2001:db8::1", "255.255.255.255"}) EXPECT_TRUE(is_literal(name)) << name;
  for (const char* name : {"127.1", "[::1]", "10.0.0.1%lo", "10.0.0.256", "::g", "", "a"}) EXPECT_FALSE(is_literal(name)) << name;
}

TEST(DnsNames, ReadsTheHostsFile) {
  const std::string text =
      "# a comment\n"
      "10.0.0.1\tone.test one # two.test\r\n"
      "   10.0.0.2   TWO.test.\n"
      "fd00::2 two.test\n"
      "10.0.0.2 two.test\n"
      "nonsense three.test\n"
      "10.0.0.4\n"
      "10.0.0.5 a b c last.test";
  EXPECT_THAT(hosts_entries(text, "one.test"), ElementsAre("10.0.0.1"));
  EXPECT_THAT(hosts_entries(text, "ONE."), ElementsAre("10.0.0.1"));
  EXPECT_THAT(hosts_entries(text, "two.test"), ElementsAre("10.0.0.2", "fd00::2"));
  EXPECT_THAT(hosts_entries(text, "three.test"), IsEmpty());
  EXPECT_THAT(hosts_entries(text, "10.0.0.4"), IsEmpty());
  EXPECT_THAT(hosts_entries(text, "last.test"), ElementsAre("10.0.0.5"));
  EXPECT_THAT(hosts_entries("", "a"), IsEmpty());
  EXPECT_THAT(hosts_entries(std::string("\n\n\0\n10.0.0.1 a", 14), "a"), ElementsAre("10.0.0.1"));
}

TEST(DnsNames, OrdersCandidatesAsTheResolverDoes) {
  const std::vector<std::string> search = {"ns.svc.cluster.local", "example.com."};
  EXPECT_THAT(candidates("db", search, 1), ElementsAre("db.ns.svc.cluster.local", "db.example.com", "db"));
  EXPECT_THAT(candidates("db.wandb", search, 1), ElementsAre("db.wandb", "db.wandb.ns.svc.cluster.local", "db.wandb.example.com"));
  EXPECT_THAT(candidates("db.wandb", search, 5), ElementsAre("db.wandb.ns.svc.cluster.local", "db.wandb.example.com", "db.wandb"));
  EXPECT_THAT(candidates("db.wandb.", search, 5), ElementsAre("db.wandb"));
  EXPECT_THAT(candidates("db", {}, 1), ElementsAre("db"));
  EXPECT_THAT(candidates("db", {std::string(252, 'a'), "."}, 1), ElementsAre("db"));
}

/// A DNS message in pieces.
struct Message {
  std::string bytes;
  Message(unsigned questions, unsigned answers) { number(7).number(0x8180).number(questions).number(answers).number(0).number(0); }
  Message& number(unsigned value) {
    bytes += static_cast<char>(value >> 8);
    bytes += static_cast<char>(value & 0xFF);
    return *this;
  }
  Message& name(const std::string& dotted) {
    std::size_t at = 0;
    while (at < dotted.size()) {
      const auto dot = std::min(dotted.find('.', at), dotted.size());
      bytes += static_cast<char>(dot - at);
      bytes += dotted.substr(at, dot - at);
      at = dot + 1;
    }
    bytes += '\0';
    return *this;
  }
  Message& pointer(unsigned place) { return number(0xC000 | place); }
  Message& record(unsigned type, const std::string& data) {
    number(type).number(1).number(0).number(300).number(static_cast<unsigned>(data.size()));
    bytes += data;
    return *this;
  }
  Message& alias(const std::string& from, const std::string& to) {
    Message target(0, 0);
    target.bytes.clear();
    target.name(to);
    return name(from).record(5, target.bytes);
  }
};

TEST(DnsNames, FollowsAliases) {
  Message none(1, 1);
  none.name("a.test").number(1).number(1).pointer(12).record(1, "\x0A\x01\x01\x01");
  EXPECT_EQ(end_of_aliases(none.bytes, "a.test"), "");
  Message chain(1, 2);
  chain.name("a.test").number(1).number(1).alias("A.test", "b.test").alias("b.test", "c.elb.example");
  EXPECT_EQ(end_of_aliases(chain.bytes, "a.test."), "c.elb.example");
  EXPECT_EQ(end_of_aliases(chain.bytes, "other.test"), "");
  Message pointed(1, 1);
  pointed.name("a.test").number(1).number(1).pointer(12).record(5, "\x03lbx\xC0\x0C");
  EXPECT_EQ(end_of_aliases(pointed.bytes, "a.test"), "lbx.a.test");
}

TEST(DnsNames, SurvivesEveryBrokenMessage) {
  Message chain(1, 2);
  chain.name("a.test").number(1).number(1).alias("a.test", "b.test").pointer(12).record(5, "\x03lbx\xC0\x0C");
  for (std::size_t length = 0; length <= chain.bytes.size(); ++length) end_of_aliases(std::string_view(chain.bytes).substr(0, length), "a.test");
  for (std::size_t at = 0; at < chain.bytes.size(); ++at) {
    for (const char byte : {'\0', '\xFF', '\xC0', '\x3F', '\x0C'}) {
      std::string broken = chain.bytes;
      broken[at] = byte;
      EXPECT_LE(end_of_aliases(broken, "a.test").size(), 320U);
    }
  }
  Message loop(0, 1);
  loop.pointer(12).record(5, "\xC0\x0C");
  EXPECT_EQ(end_of_aliases(loop.bytes, "a.test"), "");
}

}  // namespace
}  // namespace wbverify::dns
