#include "config/config_file.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "config/load.hpp"

namespace wbverify {
namespace {

ConfigFile read(const std::string& text) { return parse_config_file(text, "/etc/wbverify/wbverify.yaml"); }

std::string refusal(const std::string& text) {
  try {
    read(text);
    return "taken";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.exit_status(), 78);
    const std::string what = error.what();
    EXPECT_TRUE(what.starts_with("/etc/wbverify/wbverify.yaml")) << what;
    return what.substr(std::min<std::size_t>(what.size(), 27));
  }
}

TEST(ConfigFile, IsReadWithItsLines) {
  const ConfigFile file = read(
      "# wbverify\n"
      "env_file: wandb.env\n"
      "ca_file:\n"
      "  - corporate-ca.pem\n"
      "  - /etc/ssl/other.pem\n"
      "dns_server: 10.0.0.2\n"
      "http_port: 8080\n"
      "api_key_file: api-key\n"
      "entities: [team-a, User.b_1]\n"
      "deep: true\n"
      "settings:\n"
      "  HOST: https://wandb.example.com\n"
      "  MYSQL_PORT: 3306\n"
      "  MYSQL: 'mysql://u:p@h/d'\n");
  ASSERT_EQ(file.env_files.size(), 1U);
  EXPECT_EQ(file.env_files[0].value, "/etc/wbverify/wandb.env");
  EXPECT_EQ(file.env_files[0].line, 2);
  ASSERT_EQ(file.ca_files.size(), 2U);
  EXPECT_EQ(file.ca_files[0].value, "/etc/wbverify/corporate-ca.pem");
  EXPECT_EQ(file.ca_files[1].value, "/etc/ssl/other.pem");
  EXPECT_EQ(file.ca_files[1].line, 5);
  EXPECT_EQ(file.dns_server.value, "10.0.0.2:53");
  EXPECT_EQ(file.http_port, 8080);
  ASSERT_EQ(file.settings.size(), 3U);
  EXPECT_EQ(file.settings[1].name, "MYSQL_PORT");
  EXPECT_EQ(file.settings[1].value, "3306");
  EXPECT_EQ(file.settings[2].line, 14);
  EXPECT_EQ(file.api_key_file.value, "/etc/wbverify/api-key");
  EXPECT_EQ(file.api_key_file.line, 8);
  ASSERT_EQ(file.entities.size(), 2U);
  EXPECT_EQ(file.entities[1].value, "User.b_1");
  EXPECT_TRUE(file.deep);
  EXPECT_EQ(file.deep_line, 10);
}

TEST(ConfigFile, MayBeEmpty) {
  for (const char* text : {"", "# nothing\n", "---\n", "~\n", "\xEF\xBB\xBF", "settings: {}\n", "env_file: []\n"}) EXPECT_EQ(refusal(text), "taken") << text;
}

TEST(ConfigFile, NamesTheLineAndTheColumn) {
  EXPECT_EQ(refusal("env_flie: x\n"), " line 1 column 1: unknown key env_flie; env_file is probably meant.");
  std::string many = "entities:\n";
  for (std::size_t i = 0; i <= most_entities; ++i) many += "- team-" + std::to_string(i) + "\n";
  EXPECT_EQ(refusal(many), " line 2 column 1: entities must be at most 32.");
  EXPECT_THAT(refusal("entities: [..]\n"), testing::HasSubstr("entities must be names"));
  EXPECT_EQ(refusal("a: 1\n"), " line 1 column 1: unknown key a; known are api_key_file, ca_file, deep, dns_server, entities, env_file, http_port, settings.");
  EXPECT_EQ(refusal("env_file: x\nenv_file: y\n"), " line 2 column 1: the key env_file stands already in line 1.");
  EXPECT_EQ(refusal("settings:\n  HOST: a\n  HOST: b\n"), " line 3 column 3: the key HOST stands already in line 2.");
  EXPECT_EQ(refusal("settings:\n  HOST:\n    x: 1\n"), " line 3 column 5: HOST must be one value, not a list or a map.");
  EXPECT_EQ(refusal("settings:\n  HOST:\n"), " line 2 column 3: HOST has no value.");
  EXPECT_EQ(refusal("ca_file:\nsettings: {}\n"), " line 1 column 1: ca_file has no value.");
  EXPECT_EQ(refusal("settings: [HOST]\n"), " line 1 column 11: settings must be a map of keys and values.");
  EXPECT_EQ(refusal("settings:\n  MY HOST: x\n"), " line 2 column 3: settings holds a key that is no name of a variable.");
  EXPECT_EQ(refusal("[a, b]\n"), " line 1 column 1: the file must be a map of keys and values.");
  EXPECT_EQ(refusal("just prose\n"), " line 1 column 1: the file must be a map of keys and values.");
  EXPECT_EQ(refusal("? [a]\n: b\n"), " line 1 column 3: a key must be a word.");
  EXPECT_EQ(refusal("ca_file: {a: b}\n"), " line 1 column 10: ca_file must be one value, not a list or a map.");
  EXPECT_EQ(refusal("ca_file: ''\n"), " line 1 column 10: ca_file names no file.");
  EXPECT_EQ(refusal("dns_server: dns.example.com\n"), " line 1 column 13: dns_server must be an address, with a port when it is not 53, such as 10.0.0.2 or 10.0.0.2:5353.");
  EXPECT_EQ(refusal("http_port: http\n"), " line 1 column 12: http_port must be a number from 1 to 65535.");
  EXPECT_EQ(refusal("http_port: 65536\n"), " line 1 column 12: http_port must be a number from 1 to 65535.");
  EXPECT_EQ(refusal("api_key_file: [a, b]\n"), " line 1 column 15: api_key_file must be one value, not a list or a map.");
  EXPECT_EQ(refusal("api_key_file: ''\n"), " line 1 column 15: api_key_file names no file.");
  EXPECT_EQ(refusal("deep: yes please\n"), " line 1 column 7: deep must be true or false.");
  EXPECT_EQ(refusal("entities:\n  - team-a\n  - https://h/team\n"), " line 3 column 5: entities must be names of teams or users, as they stand in addresses behind the host.");
  EXPECT_EQ(refusal("entities: a b\n").substr(0, 18), " line 1 column 11:");
  EXPECT_EQ(refusal("env_file: a\n---\nenv_file: b\n").substr(0, 7), " line 2");
}

TEST(ConfigFile, NamesTheLineOfWhatIsNotYaml) {
  EXPECT_EQ(refusal("env_file: [x\n").substr(0, 8), " line 2 ");
  EXPECT_EQ(refusal("# a\nenv_file: \xff\n"), " line 2 column 11: not a text file: a byte that is not UTF-8.");
  EXPECT_EQ(refusal(std::string("env_file: a\0b", 13)), " line 1 column 12: not a text file: a byte that is not UTF-8.");
  EXPECT_EQ(refusal("settings:\n\tHOST: x\n").substr(0, 8), " line 2 ");
  EXPECT_EQ(refusal("a: b: c\n").substr(0, 8), " line 1 ");
  EXPECT_EQ(refusal("a: *unknown\n").substr(0, 8), " line 1 ");
}

TEST(ConfigFile, DoesNotShowValuesInRefusals) {
  for (const char* text : {"settings:\n  MYSQL: [Tr0ub4dor]\n", "http_port: Tr0ub4dor\n", "dns_server: Tr0ub4dor\n", "settings: Tr0ub4dor\n", "settings:\n  MYSQL: Tr0ub4dor: x\n"}) {
    EXPECT_EQ(refusal(text).find("Tr0ub4dor"), std::string::npos) << refusal(text);
  }
}

TEST(ConfigFile, IsNotFelledByHostileText) {
  const auto start = std::chrono::steady_clock::now();
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 40; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) bomb += "*a" + std::to_string(i - 1) + (j < 8 ? "," : "]\n");
  }
  for (const std::string& text : {bomb, std::string(100000, '['), std::string(100000, '{'), std::string(100000, '-'), std::string(5000, '!') + " x", std::string("\0\0\0", 3), std::string(100, '\xff')}) {
    EXPECT_NE(refusal(text), "taken") << text.substr(0, 20);
  }
  refusal(std::string(100000, '&'));   // an anchor of nothing
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(EntityName, IsAWordOfAnAddress) {
  for (const char* text : {"team", "Team-1", "first.last", "_x", "9"}) EXPECT_TRUE(is_entity_name(text)) << text;
  for (const char* text : {"", "-x", "--deep", "a b", "a/b", "a,b", "https://h/a", "a@b", "\xc3\xa9", "a\n"}) EXPECT_FALSE(is_entity_name(text)) << text;
  EXPECT_FALSE(is_entity_name(std::string(129, 'a')));
}

TEST(DnsAddress, IsAnAddressWithAPort) {
  const std::pair<const char*, const char*> cases[] = {{"10.0.0.2", "10.0.0.2:53"}, {"10.0.0.2:5353", "10.0.0.2:5353"}, {"2001:db8::5", "[2001:db8::5]:53"}, {"[2001:DB8::5]:5353", "[2001:db8::5]:5353"}, {"[::1]", "[::1]:53"},
                                                       {"", ""}, {"dns", ""}, {"10.0.0.2:", ""}, {"10.0.0.2:0", ""}, {"10.0.0.256", ""}, {"[::1", ""}, {"[::1]x", ""}, {":53", ""}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(dns_address(text), expected) << text;
}

}  // namespace
}  // namespace wbverify
