#include "config/netrc.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace wbverify {
namespace {

/// `name=password@line` of every entry, then `!line` of the fault.
std::string shown(std::string_view text) {
  const Netrc netrc = parse_netrc(text);
  std::string out;
  for (const auto& machine : netrc.machines)
    out += (out.empty() ? "" : " ") + machine.name + "=" + machine.password + "@" + std::to_string(machine.line);
  return out + (netrc.fault_line > 0 ? " !" + std::to_string(netrc.fault_line) : "");
}

TEST(Netrc, IsReadAsItsReadersDo) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"machine a login u password p", "a=p@1"},
      {"machine a\n  login u\n  password p\n", "a=p@1"},
      {"machine a:8443 user u account x password p\r\nmachine b password q\r\n", "a:8443=p@1 b=q@2"},
      {"\n# machine z password z\nmachine a # the server\n  password p # mine\n#end\n", "a=p@3"},
      {"machine a password #p machine b password q", "a=#p@1 b=q@1"},
      {"machine \"a b\" login \"password\" password \"p \\\" q\"", "a b=p \" q@1"},
      {"machine a password p\\ q\\\\", "a=p q\\@1"},
      {"machine a login machine password password machine b password machine", "a=password@1 b=machine@1"},
      {"default login u password secret\nmachine a password p\n", "a=p@2"},
      {"machine a password p\ndefault password secret\n", "a=p@1"},
      {"macdef init\nmachine z password z\nput x\n\nmachine a password p\n", "a=p@5"},
      {"machine a login u\nmacdef init\nmachine z password z\n\npassword p\nmachine b password q", "a=p@1 b=q@6"},
      {"macdef init\r\nmachine z password z\r\n\r\nmachine a password p\r\n", "a=p@4"},
      {"machine a password p password q", "a=q@1"},
      {"machine a login u", "a=@1"},
      {"machine a password", "a=@1"},
      {"machine a password \"\" machine b password q", "a=@1 b=q@1"},
      {"\xEF\xBB\xBFmachine a password p", "a=p@1"}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(shown(text), expected) << text;
}

TEST(Netrc, RemembersTheFirstLineThatIsWrongAndReadsOn) {
  const std::pair<const char*, const char*> cases[] = {
      {"machine a password my secret word\nmachine b password q", "a=my@1 b=q@2 !1"},
      {"password p\nmachine a password q", "a=q@2 !1"},
      {"machine", " !1"},
      {"machine \"\" password p machine b password q", "b=q@1 !1"},
      {"machine a password p\nmacdef init\nput x\n", "a=p@1 !2"},
      {"\"machine\" a password p", " !1"},
      {"Machine a password p", " !1"},
      {"machine a password \"p\nmachine b password q", "a=p\nmachine b password q@1"}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(shown(text), expected) << text;
  EXPECT_EQ(parse_netrc("machine a password my secret word").fault.find("secret"), std::string::npos)
      << "a word at the wrong place may be half a password";
}

TEST(Netrc, FindsTheLastEntryOfAName) {
  const Netrc netrc =
      parse_netrc("machine a password old\nmachine WandB.example.com password p\nmachine a password new\n");
  EXPECT_EQ(netrc.find("a")->password, "new");
  EXPECT_EQ(netrc.find("wandb.example.com")->password, "p");
  EXPECT_EQ(netrc.find("wandb.example.com:443"), nullptr);
  EXPECT_EQ(netrc.find(""), nullptr);
}

TEST(Netrc, TakesAnyTextInTime) {
  const auto start = std::chrono::steady_clock::now();
  std::mt19937 random(7);
  const std::string_view words[] = {"machine ", "default ", "password ", "login ", "macdef ", "#",
                                    "\"",       "\\",       "\n",        "\n\n",   " a",      std::string_view("\0", 1),
                                    "\xff"};
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int j = 0; j < 40; ++j) text += words[random() % std::size(words)];
    const Netrc netrc = parse_netrc(text);
    EXPECT_LE(netrc.fault_line, 1 + std::count(text.begin(), text.end(), '\n'));
  }
  std::string many;
  while (many.size() < (1U << 20)) many += "machine a\n";
  EXPECT_GT(parse_netrc(many).machines.size(), 100000U);
  for (const char c : {'"', '#', '\\', ' ', '\n', 'm'}) parse_netrc(std::string(1U << 20, c));
  std::string macros;
  while (macros.size() < (1U << 20)) macros += "macdef x\n\n";
  parse_netrc(macros);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace wbverify
