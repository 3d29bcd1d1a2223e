#include "util/text.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "util/utf8.hpp"

namespace wbverify {
namespace {

TEST(Clean, KeepsOrdinaryText) { EXPECT_EQ(sanitize("Zugriff verweigert für 'wandb'"), "Zugriff verweigert für 'wandb'"); }

TEST(Clean, FoldsBlanksAndLineEnds) {
  EXPECT_EQ(sanitize("  a \r\n\tb  c\n"), "a b c");
  EXPECT_EQ(sanitize(" \n\t "), "");
  EXPECT_EQ(sanitize(""), "");
}

TEST(Clean, MakesControlsVisible) {
  EXPECT_EQ(sanitize("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(sanitize(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(sanitize("a\x7f"), "a\\x7f");
  EXPECT_EQ(sanitize("a\u0085b"), "a\\x85b");
  EXPECT_EQ(sanitize("a\u202eb"), "a\\u202eb");
  EXPECT_EQ(sanitize("a\u200bb\ufeffc"), "a\\u200bb\\ufeffc");
  EXPECT_EQ(sanitize("a\U000e0041b"), "a\\U000e0041b");
}

TEST(Clean, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(sanitize("a\xff" "b"), "a\uFFFD" "b");
  EXPECT_EQ(sanitize("\xc0\xaf"), "\uFFFD\uFFFD");           // overlong
  EXPECT_EQ(sanitize("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");   // surrogate
  EXPECT_EQ(sanitize("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(sanitize("\xe2\x82"), "\uFFFD\uFFFD");           // cut off
}

TEST(Clean, NeverExceedsItsLimit) {
  EXPECT_EQ(sanitize("abcdef", 6), "abcdef");
  EXPECT_EQ(sanitize("abcdefg", 6), "abc…");
  EXPECT_EQ(sanitize("abcdef   ", 6), "abcdef");
  EXPECT_EQ(sanitize("äöüäöü", 7), "äö…");
  EXPECT_EQ(sanitize("abcdefg", 2), "");
  for (std::size_t limit = 0; limit < 40; ++limit) {
    const std::string out = sanitize("ab\x1b\xff ä\u202e cd…", limit);
    EXPECT_LE(out.size(), limit);
    EXPECT_EQ(utf8_fault(out), std::string_view::npos) << limit;
  }
}

TEST(Clean, LooksNoFurtherThanItsLimit) {
  const std::string endless(64U << 20, 'a');
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(sanitize(endless, 10).size(), 10U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Text, LowersAsciiOnly) {
  EXPECT_EQ(to_lower("AbCÄ"), "abcÄ");
  EXPECT_TRUE(iequals("Content-Type", "content-TYPE"));
  EXPECT_FALSE(iequals("a", "ab"));
}

TEST(Text, TrimsSplitsAndJoins) {
  EXPECT_EQ(trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(trim(" "), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string>{""});
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(join({"a", "a"}, "-"), "a-a");
}

TEST(Glob, MatchesAsAShellDoes) {
  EXPECT_TRUE(glob_match("mysql.*", "mysql.version"));
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("m?sql.*/binlog*", "mysql.variables/binlog_format"));
  EXPECT_TRUE(glob_match("*a*b", "xaxbxab"));
  EXPECT_FALSE(glob_match("mysql", "mysql.version"));
  EXPECT_FALSE(glob_match("*a*b", "xaxbxa"));
  EXPECT_FALSE(glob_match("?", ""));
}

TEST(Glob, IsNotFooledIntoBacktracking) {
  const std::string text(20000, 'a');
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob_match("*a*a*a*a*a*a*a*a*b", text));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Nearest, FindsTheProbableWord) {
  const std::vector<std::string> names = {"MYSQL", "BUCKET", "BUCKET_QUEUE", "HOST"};
  EXPECT_EQ(nearest("BUCKET_QEUE", names), "BUCKET_QUEUE");
  EXPECT_EQ(nearest("mysql", names), "MYSQL");
  EXPECT_EQ(nearest("HOTS", names), "HOST") << "two letters that changed places";
  EXPECT_EQ(nearest("POTS", names), "") << "two of four letters: could be anything";
  EXPECT_EQ(nearest("HOS", names), "HOST");
  EXPECT_EQ(nearest("LICENSE", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Nearest, IsQuickOnEndlessWords) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(nearest(std::string(1U << 20, 'x'), std::vector<std::string>(100, "BUCKET")), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(ShellQuote, QuotesWhenItMust) {
  EXPECT_EQ(shell_quote("https://a.b/c?d"), "'https://a.b/c?d'");
  EXPECT_EQ(shell_quote("/etc/wandb.env"), "/etc/wandb.env");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("$(x)"), "'$(x)'");
}

TEST(Utf8, CountsCharacters) {
  EXPECT_EQ(column_of("abc", 0), 1);
  EXPECT_EQ(column_of("aäc", 3), 3);
  EXPECT_EQ(column_of("a\xff\xff", 2), 3);
  EXPECT_EQ(column_of("abc", 99), 4);
  EXPECT_EQ(utf8_fault("aä€😀"), std::string_view::npos);
  EXPECT_EQ(utf8_fault("aä\xff"), 3U);
}

}  // namespace
}  // namespace wbverify
