#include "util/encoding.hpp"

#include <gtest/gtest.h>

#include <random>

namespace wbverify {
namespace {

TEST(Encoding, FollowsTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(plain), encoded);
    EXPECT_EQ(base64_decode(encoded), plain);
  }
  EXPECT_EQ(hex_encode("foobar"), "666f6f626172");
}

TEST(Encoding, DecodesBothAlphabetsWithAndWithoutPadding) {
  EXPECT_EQ(base64_decode("-_-_"), base64_decode("+/+/"));
  EXPECT_EQ(base64_decode("Zg"), "f");
  EXPECT_EQ(base64_decode("Zm8"), "fo");
}

TEST(Encoding, RefusesWhatIsNotBase64) {
  for (const char* text : {"Z", "Zm9v!", "Zm 9v", "Zg==x", "Zm9vY"}) EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Encoding, PercentEncodesEverythingButUnreserved) {
  EXPECT_EQ(percent_encode("a-._~Z9"), "a-._~Z9");
  EXPECT_EQ(percent_encode("/ +%ä"), "%2F%20%2B%25%C3%A4");
  EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c");
}

TEST(Encoding, PercentDecodesOrRefuses) {
  EXPECT_EQ(percent_decode("%2f%2F+a"), "//+a");
  EXPECT_EQ(percent_decode("%41"), "A");
  for (const char* text : {"%", "%4", "%g1", "a%4", "%%41"}) EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(Encoding, RoundTripsEveryByte) {
  std::mt19937 dice(20261125);   // NOLINT: the same bytes at every run
  for (int round = 0; round < 300; ++round) {
    std::string bytes(dice() % 70, '\0');
    for (char& c : bytes) c = static_cast<char>(dice() & 0xFF);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
    EXPECT_EQ(hex_encode(bytes).size(), bytes.size() * 2);
  }
}

}  // namespace
}  // namespace wbverify
