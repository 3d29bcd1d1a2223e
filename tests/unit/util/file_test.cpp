#include "util/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace wbverify {
namespace {

using Outcome = FileText::Outcome;
using namespace std::chrono_literals;

class File : public testing::Test {
 protected:
  File() {
    std::string name = (std::filesystem::temp_directory_path() / "wbverify-file-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~File() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(File, IsReadWhole) {
  std::ofstream(path("a")) << "one\ntwo\n";
  const FileText file = read_file(path("a"), 100);
  EXPECT_EQ(file.outcome, Outcome::read);
  EXPECT_EQ(file.text, "one\ntwo\n");
  EXPECT_EQ(file.size, 8U);
  EXPECT_FALSE(file.too_large);
}

TEST_F(File, IsReadUpToTheLimit) {
  std::ofstream(path("a")) << std::string(100, 'x');
  EXPECT_FALSE(read_file(path("a"), 100).too_large);
  const FileText file = read_file(path("a"), 99);
  EXPECT_TRUE(file.too_large);
  EXPECT_EQ(file.text.size(), 99U);
  EXPECT_EQ(file.size, 100U);
}

TEST_F(File, SaysWhyItCannotBeRead) {
  EXPECT_EQ(read_file(path("missing"), 9).outcome, Outcome::missing);
  EXPECT_EQ(read_file("", 9).outcome, Outcome::missing);
  EXPECT_EQ(read_file(std::string("a\0b", 3), 9).outcome, Outcome::missing);
  EXPECT_EQ(read_file(folder_.string(), 9).outcome, Outcome::directory);
  std::ofstream(path("closed")) << "x";
  ::chmod(path("closed").c_str(), 0);
  if (::geteuid() != 0) {
    EXPECT_EQ(read_file(path("closed"), 9).outcome, Outcome::denied);
  }
}

TEST_F(File, EndsAtTheLimitOfAnEndlessDevice) {
  const FileText file = read_file("/dev/zero", 1000);
  EXPECT_EQ(file.outcome, Outcome::read);
  EXPECT_TRUE(file.too_large);
  EXPECT_EQ(file.text.size(), 1000U);
  EXPECT_EQ(read_file("/dev/null", 1000).text, "");
}

TEST_F(File, DoesNotWaitForAPipeThatNobodyWritesTo) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(read_file(path("pipe"), 100, 100ms).outcome, Outcome::silent);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST_F(File, ReadsAPipeThatSomebodyWritesTo) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  std::jthread writer([this] {
    std::ofstream out(path("pipe"));
    out << "HOST=";
    out.flush();
    std::this_thread::sleep_for(30ms);
    out << "https://a\n";
  });
  EXPECT_EQ(read_file(path("pipe"), 100, 5s).text, "HOST=https://a\n");
}

TEST(Beside, IsRelativeToTheOtherFile) {
  EXPECT_EQ(beside("/etc/wbverify/wbverify.yaml", "wandb.env"), "/etc/wbverify/wandb.env");
  EXPECT_EQ(beside("/etc/wbverify/wbverify.yaml", "../wandb.env"), "/etc/wandb.env");
  EXPECT_EQ(beside("/etc/wbverify/wbverify.yaml", "/a/b"), "/a/b");
  EXPECT_EQ(beside("wbverify.yaml", "wandb.env"), "wandb.env");
}

}  // namespace
}  // namespace wbverify
