#include "core/secret.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <type_traits>

#include "core/redactor.hpp"

namespace wbverify {
namespace {

// What must not compile is in tests/support/negative_compile; what the type system can say is said here.
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_constructible_v<std::string, Secret>);
static_assert(!std::is_constructible_v<std::string_view, Secret>);
static_assert(!std::is_convertible_v<std::string, Secret>);
static_assert(!std::is_constructible_v<bool, Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(std::is_nothrow_move_assignable_v<Secret>);

TEST(SecretValue, KeepsWhatItWasGiven) {
  const Secret secret(std::string("p\0ss word", 9));
  EXPECT_EQ(secret.expose(), std::string_view("p\0ss word", 9));
  EXPECT_EQ(secret.size(), 9U);
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
  EXPECT_TRUE(Secret("").empty());
}

TEST(SecretValue, IsCopiedAndMoved) {
  Secret first("a short one");
  Secret copy = first;
  EXPECT_EQ(copy.expose(), first.expose());
  const Secret moved = std::move(first);
  EXPECT_EQ(moved.expose(), "a short one");
  EXPECT_TRUE(first.empty());   // NOLINT(bugprone-use-after-move): that is the question
  EXPECT_EQ(first.expose(), "");
  copy = Secret("another");
  EXPECT_EQ(copy.expose(), "another");
  copy = Secret();
  EXPECT_TRUE(copy.empty());
}

TEST(SecretValue, WipesTheStringThatItIsMadeOf) {
  std::string text = "wiped-afterwards";
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(std::memcmp(text.data(), "\0\0\0\0", 4), 0);
}

TEST(SecretValue, LeavesNothingInItsMemory) {
  alignas(Secret) unsigned char place[sizeof(Secret)];
  const char* bytes = nullptr;
  {
    auto* secret = new (place) Secret("short");
    bytes = secret->expose().data();
    Secret thief = std::move(*secret);
    EXPECT_EQ(thief.expose().data(), bytes) << "moving must not copy";
    secret->~Secret();
  }
  // No small buffer within the object may hold what was moved away.
  const std::string_view object(reinterpret_cast<const char*>(place), sizeof place);
  EXPECT_EQ(object.find("short"), std::string_view::npos);
}

TEST(SecretValue, IsKnownToTheRedactor) {
  const Secret secret("registered-by-itself");
  EXPECT_EQ(Redactor::process().redact("x registered-by-itself y"), "x [redacted] y");
}

}  // namespace
}  // namespace wbverify
