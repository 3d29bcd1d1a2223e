#include "report/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/progress.hpp"

namespace wbverify {
namespace {

using testing::ElementsAre;

TEST(Layout, WidthInColumns) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc…"), 4U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);
  EXPECT_EQ(display_width("世界"), 4U);
  EXPECT_EQ(display_width("한국"), 4U);
  EXPECT_EQ(display_width("🚀"), 2U);
  EXPECT_EQ(display_width("\xff"), 1U);
  EXPECT_EQ(display_width("\xe4\xb8"), 2U);  // a torn character: two bytes that are shown as one replacement each
}

TEST(Layout, WrapsAtBlanks) {
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("  one   two ", 20), ElementsAre("one two"));
  EXPECT_THAT(wrap("a https://a.very.long.example.com/path b", 10),
              ElementsAre("a", "https://a.very.long.example.com/path", "b"));
  EXPECT_THAT(wrap("世界 世界 世界", 9), ElementsAre("世界 世界", "世界"));
}

TEST(Layout, NeverBreaksWhatStandsInBackquotes) {
  EXPECT_THAT(wrap("run `a b c d e` now", 6), ElementsAre("run", "`a b c d e`", "now"));
  EXPECT_THAT(wrap("an ` alone is a word", 8), ElementsAre("an `", "alone is", "a word"));
}

TEST(Layout, Shortens) {
  EXPECT_EQ(shorten("12345", 5), "12345");
  EXPECT_EQ(shorten("123456", 5), "1234…");
  EXPECT_EQ(shorten("123456", 5, "..."), "12...");
  EXPECT_EQ(shorten("one, two", 5), "one…");
  EXPECT_EQ(shorten("世界世界", 5), "世界…");
}

TEST(Layout, CleanLinesKeepsWhatCanBePasted) {
  EXPECT_EQ(clean_lines("a  b\n  c\td\r\n\ne  \n\n"), "a  b\n  c    d\n\ne");
  EXPECT_EQ(clean_lines("x\x1b[31my\nz\x08"), "x\\x1b[31my\nz\\x08");
  EXPECT_EQ(clean_lines("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(clean_lines("one\n" + std::string(100, 'x'), 20), "one\n…");
  EXPECT_EQ(clean_lines(""), "");
}

TEST(Layout, Ascii) { EXPECT_EQ(to_ascii("a…b – “c” → 5 €"), "a...b - \"c\" -> 5 \\u{20ac}"); }

TEST(Layout, Durations) {
  EXPECT_EQ(duration_text(0), "");
  EXPECT_EQ(duration_text(0.3), "<1 ms");
  EXPECT_EQ(duration_text(47.6), "48 ms");
  EXPECT_EQ(duration_text(999.7), "1.0 s");
  EXPECT_EQ(duration_text(59940), "59.9 s");
  EXPECT_EQ(duration_text(59990), "1 min 0 s");
  EXPECT_EQ(duration_text(125000), "2 min 5 s");
}

TEST(Layout, Dates) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(1790000000123), "2026-09-21T14:13:20.123Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Layout, FirstSentence) {
  EXPECT_EQ(first_sentence("One. Two."), "One");
  EXPECT_EQ(first_sentence("mysql.example.com refuses e.g. this."), "mysql.example.com refuses e.g. this");
  EXPECT_EQ(first_sentence("No stop"), "No stop");
  EXPECT_EQ(first_sentence(""), "");
}

TEST(Progress, OneLine) {
  using std::chrono::seconds;
  EXPECT_EQ(progress_text(3, 61, {}, 80, true), "  3 of 61");
  EXPECT_EQ(progress_text(12, 61, {{"mysql", seconds(3)}, {"bucket.read", seconds(0)}}, 80, true),
            " 12 of 61  waiting for mysql (3 s), bucket.read");
  EXPECT_EQ(display_width(progress_text(12, 61, {{"mysql", seconds(3)}, {"bucket.read", seconds(0)}}, 30, true)), 29U);
}

}  // namespace
}  // namespace wbverify
