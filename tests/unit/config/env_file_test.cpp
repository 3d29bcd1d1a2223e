#include "config/env_file.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"

namespace wbverify {
namespace {

const std::map<std::string, std::string> environment = {{"FROM_OUTSIDE", "outside"}, {"EMPTY", ""}};

EnvFile read(std::string_view text) { return parse_env_file(text, "wandb.env", environment); }

std::string refusal(std::string_view text) {
  try {
    read(text);
    return "taken";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.exit_status(), 78);
    return error.what();
  }
}

TEST(EnvFile, IsReadAsDockerDoes) {
  const EnvFile file = read(
      "# a comment\n"
      "\n"
      "HOST=https://a\n"
      "  \t INDENTED=1\n"
      "   # another comment\n"
      "EQUALS=a=b==c\n"
      "BLANKS=  a b  \n"
      "QUOTES=\"a\"\n"
      "HASH=a # b\n"
      "NOTHING=\n"
      "FROM_OUTSIDE\n"
      "EMPTY\n"
      "ODD-name.x=1\n"
      "UMLAUT=ä\n"
      "LAST=no line end");
  const std::vector<std::tuple<std::string, std::string, int>> expected = {
      {"HOST", "https://a", 3}, {"INDENTED", "1", 4}, {"EQUALS", "a=b==c", 6}, {"BLANKS", "  a b  ", 7}, {"QUOTES", "\"a\"", 8}, {"HASH", "a # b", 9}, {"NOTHING", "", 10},
      {"FROM_OUTSIDE", "outside", 11}, {"EMPTY", "", 12}, {"ODD-name.x", "1", 13}, {"UMLAUT", "ä", 14}, {"LAST", "no line end", 15}};
  ASSERT_EQ(file.lines.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(file.lines[i].name, std::get<0>(expected[i]));
    EXPECT_EQ(file.lines[i].value, std::get<1>(expected[i]));
    EXPECT_EQ(file.lines[i].line, std::get<2>(expected[i]));
  }
  EXPECT_TRUE(file.lines[7].from_environment);
  EXPECT_TRUE(file.issues.empty());
  EXPECT_TRUE(read("").lines.empty());
}

TEST(EnvFile, NamesWhatDockerRefusesWithItsPlace) {
  EXPECT_EQ(refusal("A=1\nexport HOST=https://a\n"), "wandb.env line 2 column 1: the line begins with export, which is shell; Docker refuses the file. Write HOST=VALUE.");
  EXPECT_EQ(refusal("HOST = https://a"), "wandb.env line 1 column 5: a blank stands before the =; Docker refuses the file. Write HOST=VALUE.");
  EXPECT_EQ(refusal("  MY HOST=x"), "wandb.env line 1 column 5: a blank stands within the name; Docker refuses the file. Write HOST=VALUE.");
  EXPECT_EQ(refusal("this is prose"), "wandb.env line 1 column 5: this is no setting: it has no = and more than one word. Write NAME=VALUE.");
  EXPECT_EQ(refusal("A=1\n\n=x"), "wandb.env line 3 column 1: no name stands before the =. Write NAME=VALUE.");
  EXPECT_EQ(refusal("A=\xff\n"), "wandb.env line 1 column 3: a byte that is not UTF-8; this is not an environment file of lines NAME=VALUE, or it has another encoding.");
  EXPECT_EQ(refusal(std::string_view("A=ä\0b", 6)), "wandb.env line 1 column 4: a zero byte; this is not an environment file of lines NAME=VALUE.");
  EXPECT_EQ(refusal("A=" + std::string(65536, 'x')), "wandb.env line 1 column 1: the line is longer than 64 KiB; Docker refuses the file.");
  EXPECT_EQ(refusal("A=" + std::string(65533, 'x')), "taken");
}

TEST(EnvFile, DoesNotShowValuesInRefusals) {
  EXPECT_EQ(refusal("export MYSQL=mysql://u:Tr0ub4dor@h/d").find("Tr0ub4dor"), std::string::npos);
  EXPECT_EQ(refusal("pass Tr0ub4dor").find("Tr0ub4dor"), std::string::npos);
  EXPECT_EQ(refusal("MYSQL mysql://u:Tr0ub4dor@h/d=1").find("Tr0ub4dor"), std::string::npos);
}

TEST(EnvFile, NamesWhatOnlyDockerTakes) {
  const EnvFile file = read("\xEF\xBB\xBFHOST=https://a\r\nMYSQL=x\r\nMISSING\n");
  ASSERT_EQ(file.lines.size(), 2U);
  EXPECT_EQ(file.lines[0].name, "HOST");
  EXPECT_EQ(file.lines[0].value, "https://a");
  EXPECT_EQ(file.lines[1].value, "x");
  ASSERT_EQ(file.issues.size(), 3U);
  EXPECT_EQ(file.issues[0].cause, "byte-order-mark");
  EXPECT_EQ(file.issues[0].observed, "wandb.env begins with a byte order mark (line 1).");
  EXPECT_EQ(file.issues[1].cause, "name-alone");
  EXPECT_EQ(file.issues[1].observed, "wandb.env has MISSING without a value, and the environment has none (line 3).");
  EXPECT_EQ(file.issues[2].cause, "carriage-returns");
  EXPECT_EQ(file.issues[2].observed, "wandb.env has Windows line ends (line 1).");
  EXPECT_EQ(file.issues[2].fix, "sed -i 's/\\r$//' wandb.env");
}

}  // namespace
}  // namespace wbverify
