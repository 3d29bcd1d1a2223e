#include <gtest/gtest.h>

#include "checks/wandb/probe_transfer.hpp"

namespace wbverify {
namespace {

constexpr const char* object = "https://s3.example.com:9000/wandb-files/ada/x";

TEST(WandbSignedUrl, IsTakenApartAndItsSignatureIsLeftOut) {
  const SignedUrl url =
      read_signed_url(std::string(object) + "?X-Amz-Date=20261125T120000Z&X-Amz-Expires=86400&X-Amz-Signature=abc");
  EXPECT_EQ(url.url, object);
  EXPECT_EQ(url.host, "s3.example.com");
  EXPECT_EQ(url.port, 9000);
  EXPECT_EQ(url.dialect, "s3");
  EXPECT_TRUE(url.signature);
  EXPECT_EQ(url.expires, 86400);
  EXPECT_EQ(url.signed_at, 1795608000);
}

TEST(WandbSignedUrl, TellsWhenItWasSignedForGoogleToo) {
  const SignedUrl url = read_signed_url(
      "https://storage.googleapis.com/b/o?X-Goog-Expires=900&X-Goog-Date=20240229T235959Z&X-Goog-Signature=abc");
  EXPECT_EQ(url.dialect, "gcs");
  EXPECT_EQ(url.signed_at, 1709251199);
}

TEST(WandbSignedUrl, AMomentThatIsNoneIsNotGuessed) {
  for (const char* moment : {"", "2026-11-25T12:00Z", "20261325T120000Z", "20261125 120000Z", "20261125T120000+",
                             "20261125T12x000Z", "20261125T1200000Z"}) {
    EXPECT_EQ(read_signed_url(std::string(object) + "?X-Amz-Signature=abc&X-Amz-Date=" + moment).signed_at, 0)
        << moment;
  }
}

TEST(WandbSignedUrl, ARelativeOneHasNoHost) {
  const SignedUrl url = read_signed_url("/wandb-files/x?X-Amz-Signature=abc");
  EXPECT_TRUE(url.relative);
  EXPECT_EQ(url.host, "");
}

}  // namespace
}  // namespace wbverify
