#include "cli/markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string plain(std::string_view markdown, int width = 60) {
  return render_markdown(markdown, {false, true, false, false, width, 15});
}

TEST(Markdown, HeadingsAndParagraphs) {
  EXPECT_EQ(plain("# Title\nOne\ntwo.\n\n## Why\n\nBecause.\n"), "Title\n=====\n\nOne two.\n\nWhy\n---\n\nBecause.\n");
  EXPECT_EQ(render_markdown("# Title\n", {true, true, false, false, 60, 15}), "\x1b[1mTitle\x1b[0m\n");
}

TEST(Markdown, CodeIsNeverBroken) {
  const std::string command = "mysql --host=mysql.example.com --user=wandb --password=\"$MYSQL_PASSWORD\"   wandb";
  EXPECT_EQ(plain("Run:\n\n```sh\n" + command + "\n```\nDone.\n"), "Run:\n\n    " + command + "\n\nDone.\n");
  EXPECT_EQ(plain("Run:\n\n    " + command + "\n"), "Run:\n\n    " + command + "\n");
  const std::string short_command = "mysql --host=mysql.example.com --user=wandb --password=\"$MYSQL_PASSWORD\" wandb";
  EXPECT_THAT(plain("A paragraph in which `" + short_command + "` stands in the middle of it."),
              testing::HasSubstr("`" + short_command + "`"));
}

TEST(Markdown, InlineMarks) {
  EXPECT_EQ(plain("**Bold** and [text](https://x.example) and `**code**` and [1]."),
            "Bold and text <https://x.example> and `**code**` and [1].\n");
  EXPECT_EQ(render_markdown("Say `this`.", {true, true, false, false, 60, 15}), "Say \x1b[1mthis\x1b[0m.\n");
}

TEST(Markdown, Lists) {
  EXPECT_EQ(plain("- one two three four five six seven eight nine ten eleven twelve\n- b\n1. c\n", 60),
            "- one two three four five six seven eight nine ten eleven\n  twelve\n- b\n1. c\n");
}

TEST(Markdown, Tables) {
  EXPECT_EQ(plain("| a | b |\n|---|---|\n| `x\\|y` | long text |\n"), "a      b\n-      -\n`x|y`  long text\n");
  const std::string narrow = plain(
      "| cause | meaning |\n|---|---|\n| `first-cause`, `second-cause`, `third-cause`, `fourth-cause` | something that "
      "goes on for a while and then ends |\n");
  for (const auto& line : split(narrow, '\n')) EXPECT_LE(display_width(line), 60U) << line;
}

}  // namespace
}  // namespace wbverify
