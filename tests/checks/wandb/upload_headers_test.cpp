// ReceivedHeaders that a server names for an upload: what describes the file goes out, what is the client's own does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/wandb/probe_transfer.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr const char* url = "https://s3.example.com:9000/bucket/key?X-Amz-Signature=0";

UploadHeaders read(const json& lines) { return upload_headers(&lines, url); }

TEST(UploadHeaders, DescribeTheFile) {
  const auto out = read({"Content-Type:text/plain", "x-amz-server-side-encryption: aws:kms", "X-Empty:"});
  EXPECT_THAT(out.headers, ElementsAre(Pair("Content-Type", "text/plain"), Pair("x-amz-server-side-encryption", "aws:kms"), Pair("X-Empty", "")));
  EXPECT_THAT(out.refused, IsEmpty());
  EXPECT_THAT(upload_headers(nullptr, url).headers, IsEmpty());
  EXPECT_THAT(read("text").headers, IsEmpty());
}

TEST(UploadHeaders, OfTheClientAreRefused) {
  for (const std::string name : {"Host", "HOST", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Proxy-Authorization", "proxy-connection", "Cookie",
                                 "Authorization", "Expect", "HTTP2-Settings", "Origin"}) {
    const auto out = read({name + ":x"});
    EXPECT_THAT(out.headers, IsEmpty()) << name;
    EXPECT_THAT(out.refused, ElementsAre(name));
  }
  EXPECT_THAT(read({"Host:s3.example.com:9000"}).refused, IsEmpty()) << "what is sent anyway";
}

TEST(UploadHeaders, ThatAreNoneAreRefused) {
  for (const json& line : {json("no colon"), json(":value"), json(""), json("A B:c"), json("A\r\nB:c"), json("A:b\r\nC: d"), json(std::string("A:b\0c", 5)), json("A :b"), json("\u00e4:b"), json(1), json(nullptr),
                           json::object(), json::array({"A:b"})}) {
    const auto out = read(json::array({line}));
    EXPECT_THAT(out.headers, IsEmpty()) << dump_json(line);
    EXPECT_THAT(out.refused, SizeIs(1)) << dump_json(line);
  }
}

TEST(UploadHeaders, AreBounded) {
  json lines = json::array();
  for (int i = 0; i < 64; ++i) lines.push_back("X-" + std::to_string(i) + ":y");
  EXPECT_THAT(read(lines).headers, SizeIs(64));
  lines.push_back("X-64:y");
  EXPECT_THAT(read(lines).headers, IsEmpty());
  EXPECT_THAT(read(lines).refused, ElementsAre("65 headers"));
  EXPECT_THAT(read({"A:" + std::string(8192, 'x'), "B:c"}).headers, IsEmpty());
  EXPECT_THAT(read(json(std::vector<std::string>(20, "Host:x"))).refused, SizeIs(8));
}

}  // namespace
}  // namespace wbverify
