#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>

#include "report/layout.hpp"
#include "sample.hpp"
#include "support/project_file.hpp"
#include "util/text.hpp"

namespace wbverify::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Compares with tests/golden/<name>.txt. With WBVERIFY_UPDATE_GOLDEN=1 in the environment the file is written instead.
void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = project_file("tests/golden/" + name + ".txt");
  if (const char* update = std::getenv("WBVERIFY_UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << path;
  const std::string golden{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, golden) << "tests/golden/" << name << ".txt differs";
}

TerminalStyle style(int width = 80) {
  TerminalStyle style;
  style.unicode = true;
  style.width = width;
  return style;
}

/// Whatever a finding says, only printable text and line ends may come out.
void expect_printable(const std::string& text) {
  for (const char c : text) {
    ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
    ASSERT_NE(c, '\x7f');
  }
}

const std::vector<std::pair<std::string, Report (*)()>> reports = {{"healthy", healthy},   {"failure", one_failure},
                                                                   {"warnings", warnings}, {"unknown", unknowns},
                                                                   {"skips", skips},       {"hostile", hostile},   {"cut", cut_short}};

TEST(Terminal, LooksAsAgreed) {
  for (const auto& [name, make] : reports) expect_golden(name, render_terminal(make(), style()));
}

TEST(Terminal, AtSixtyAndAHundredAndTwentyColumns) {
  for (const auto& [name, make] : reports) {
    expect_golden(name + "-60", render_terminal(make(), style(60)));
    expect_golden(name + "-120", render_terminal(make(), style(120)));
  }
}

TEST(Terminal, Verbose) {
  TerminalStyle verbose = style();
  verbose.verbose = true;
  expect_golden("failure-verbose", render_terminal(one_failure(), verbose));
  expect_golden("warnings-verbose", render_terminal(warnings(), verbose));
}

TEST(Terminal, WhatWasCutIsALineAndTheRemedyStandsOnce) {
  for (const int width : {60, 80, 120}) {
    const std::string text = render_terminal(cut_short(), style(width));
    for (const char* part : {"Observed", "Fix", "To blame", "Setting", "More", "Look first", "Seen until then"}) EXPECT_THAT(text, Not(HasSubstr(part))) << width;
    EXPECT_THAT(text, HasSubstr("UNKN  2 checks not finished in time: mysql.login,"));
    const std::size_t remedy = text.find("--timeout");
    ASSERT_NE(remedy, std::string::npos);
    EXPECT_EQ(text.find("--timeout", remedy + 1), std::string::npos) << text;
  }
  TerminalStyle verbose = style();
  verbose.verbose = true;
  const std::string all = render_terminal(cut_short(), verbose);
  EXPECT_THAT(all, HasSubstr("Seen until then: No answer."));
  EXPECT_THAT(all, Not(HasSubstr("Setting")));
}

TEST(Terminal, WhatIsToBeMendedComesBeforeWhatWasCut) {
  Report report = cut_short();
  EXPECT_EQ(first_to_fix(report)->id, "mysql.login");
  report.results.push_back(unknowns().results.back());
  EXPECT_EQ(first_to_fix(report)->finding.cause, "internal-error");
  EXPECT_THAT(render_terminal(report, style()), HasSubstr("Look first"));
  report.results.push_back(one_failure().results[2]);
  EXPECT_EQ(first_to_fix(report)->finding.status, Status::fail);
}

TEST(Terminal, MoreTimeIsMoreThanTheRunHad) {
  Report report = cut_short();
  report.run.deadline_ms = 600000;
  EXPECT_THAT(render_terminal(report, style()), HasSubstr("--timeout 21m"));
}

TEST(Terminal, QuietSaysWhatIsWrongAndTheEnd) {
  TerminalStyle quiet = style();
  quiet.quiet = true;
  expect_golden("failure-quiet", render_terminal(one_failure(), quiet));
  expect_golden("healthy-quiet", render_terminal(healthy(), quiet));
  expect_golden("cut-quiet", render_terminal(cut_short(), quiet));
}

TEST(Terminal, ColourIsDecoration) {
  static const std::regex colour("\x1b\\[[0-9;]*m");
  for (const auto& [name, make] : reports) {
    TerminalStyle coloured = style();
    coloured.colour = true;
    const std::string text = render_terminal(make(), coloured);
    EXPECT_EQ(std::regex_replace(text, colour, ""), render_terminal(make(), style())) << name;
  }
  TerminalStyle coloured = style();
  coloured.colour = true;
  expect_golden("failure-colour", render_terminal(one_failure(), coloured));
}

TEST(Terminal, WithoutUnicode) {
  TerminalStyle ascii = style();
  ascii.unicode = false;
  for (const auto& [name, make] : reports) {
    const std::string text = render_terminal(make(), ascii);
    EXPECT_EQ(text.find_first_of("\x80\xe2\xc3"), std::string::npos) << name;
    for (const char c : text) ASSERT_LT(static_cast<unsigned char>(c), 0x7f) << name;
  }
  expect_golden("failure-ascii", render_terminal(one_failure(), ascii));
}

TEST(Terminal, NothingHostileComesThrough) {
  for (const bool verbose : {false, true}) {
    TerminalStyle plain = style();
    plain.verbose = verbose;
    const std::string text = render_terminal(hostile(), plain);
    expect_printable(text);
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
    EXPECT_THAT(text, HasSubstr("\\x1b[2J"));
    EXPECT_THAT(text, HasSubstr("echo 'one  two'\n"));
  }
}

TEST(Terminal, LinesKeepTheWidthUnlessTheyCanBePasted) {
  for (const int width : {60, 80, 120}) {
    for (const auto& [name, make] : reports) {
      if (name == "hostile") continue;
      for (const auto& line : split(render_terminal(make(), style(width)), '\n')) {
        const bool pasted = line.find("mysql --host") != std::string::npos ||
                            line.find("MYSQL=mysql://") != std::string::npos ||
                            line.find("AllowedOrigins") != std::string::npos || line.find('`') != std::string::npos;
        EXPECT_TRUE(pasted || display_width(line) <= static_cast<std::size_t>(width)) << name << ": " << line;
      }
    }
  }
}

TEST(Terminal, CommandsStayWhole) {
  for (const int width : {60, 80, 120}) {
    const std::string failure = render_terminal(one_failure(), style(width));
    EXPECT_THAT(failure, HasSubstr(one_failure().results[2].finding.reproduce + "\n"));
    EXPECT_THAT(failure, HasSubstr("ALTER USER 'wandb'@'%' IDENTIFIED BY '…';\n"));
    EXPECT_THAT(render_terminal(warnings(), style(width)),
                HasSubstr("`aws s3api put-bucket-cors --bucket wandb-files --cors-configuration file://cors.json`"));
  }
}

TEST(Terminal, TheFirstThingToFixIsTheOneForWhichMostWait) {
  Report report = one_failure();
  CheckResult other =
      result_of("config.well-formed", Status::fail, "Every setting is well-formed", "A stray comma. It is in LICENSE.");
  report.results.front() = other;
  ASSERT_NE(first_to_fix(report), nullptr);
  EXPECT_EQ(first_to_fix(report)->id, "mysql.login");
  EXPECT_EQ(first_to_fix(healthy()), nullptr);
  EXPECT_EQ(first_to_fix(unknowns())->id, "mysql.dns");
  EXPECT_EQ(first_to_fix(warnings())->id, "mysql.variables/binlog_format");
}

TEST(Terminal, InterruptedAndAttempts) {
  Report report = unknowns();
  report.run.interrupted = true;
  report.run.attempts = 3;
  const std::string text = render_terminal(report, style(), {{"Report", "report.json"}});
  EXPECT_THAT(text, HasSubstr("attempt 3"));
  EXPECT_THAT(text, HasSubstr("stopped by a signal"));
  EXPECT_THAT(text, HasSubstr("Report       report.json\n"));
  EXPECT_THAT(text, Not(HasSubstr("Exit status")));
}

TEST(Terminal, NothingChecked) {
  Report report = healthy();
  report.results.clear();
  EXPECT_THAT(render_terminal(report, style()), HasSubstr("nothing was checked in 1.2 s"));
}

}  // namespace
}  // namespace wbverify::test
