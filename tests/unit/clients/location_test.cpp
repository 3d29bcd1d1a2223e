#include "clients/location.hpp"

#include <gtest/gtest.h>

#include <tuple>
#include <utility>
#include <vector>

namespace wbverify {
namespace {

std::string to(const std::string& location, const std::string& asked) {
  const auto url = resolve_location(location, asked);
  return url ? url->url() : "nowhere";
}

/// RFC 3986 §5.4, over HTTP and without fragments.
TEST(Location, ResolvesTheExamplesOfTheStandard) {
  const std::vector<std::pair<std::string, std::string>> examples = {
      {"g", "http://a/b/c/g"}, {"./g", "http://a/b/c/g"}, {"g/", "http://a/b/c/g/"}, {"/g", "http://a/g"}, {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"}, {"g?y", "http://a/b/c/g?y"}, {"#s", "http://a/b/c/d;p?q"}, {"g#s", "http://a/b/c/g"}, {"g?y#s", "http://a/b/c/g?y"},
      {";x", "http://a/b/c/;x"}, {"g;x", "http://a/b/c/g;x"}, {"g;x?y#s", "http://a/b/c/g;x?y"}, {".", "http://a/b/c/"}, {"./", "http://a/b/c/"},
      {"..", "http://a/b/"}, {"../", "http://a/b/"}, {"../g", "http://a/b/g"}, {"../..", "http://a/"}, {"../../", "http://a/"}, {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"}, {"../../../../g", "http://a/g"}, {"/./g", "http://a/g"}, {"/../g", "http://a/g"}, {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"}, {"g..", "http://a/b/c/g.."}, {"..g", "http://a/b/c/..g"}, {"./../g", "http://a/b/g"}, {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"}, {"g/../h", "http://a/b/c/h"}, {"g;x=1/./y", "http://a/b/c/g;x=1/y"}, {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/./x", "http://a/b/c/g?y/./x"}, {"g?y/../x", "http://a/b/c/g?y/../x"}, {"g#s/../x", "http://a/b/c/g"}};
  for (const auto& [location, expected] : examples) EXPECT_EQ(to(location, "http://a/b/c/d;p?q"), expected) << location;
}

TEST(Location, TakesUrlsApart) {
  const auto url = resolve_location("HTTPS://User:Word@Files.Example.COM:9000/B%2fk//k y?X-Amz-Signature=ab%2F&t=é#part", "");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "files.example.com");
  EXPECT_EQ(url->port, 9000);
  EXPECT_EQ(url->path, "/B%2fk//k%20y");
  EXPECT_EQ(url->query, "?X-Amz-Signature=ab%2F&t=%C3%A9");
  EXPECT_EQ(url->origin(), "https://files.example.com:9000");
  EXPECT_EQ(url->url(), "https://files.example.com:9000/B%2fk//k%20y?X-Amz-Signature=ab%2F&t=%C3%A9");
}

TEST(Location, KnowsDefaults) {
  EXPECT_EQ(to("https://b", ""), "https://b/");
  EXPECT_EQ(to("https://b:443", ""), "https://b/");
  EXPECT_EQ(to("https://b:/p", ""), "https://b/p");
  EXPECT_EQ(to("http://b:443", ""), "http://b:443/");
  EXPECT_EQ(to("https://b?q", ""), "https://b/?q");
  EXPECT_EQ(to(" https://b/ \r", ""), "https://b/");
  EXPECT_EQ(to("//[FD00::1]:444", "https://a/"), "https://[fd00::1]:444/");
  EXPECT_EQ(to("p", "https://a"), "https://a/p");
  EXPECT_EQ(to("/a:b/c", "https://a:8443/"), "https://a:8443/a:b/c");
  EXPECT_EQ(to("?", "https://a/p?q"), "https://a/p?");
}

TEST(Location, RefusesWhatCannotBeAsked) {
  for (const std::string none : {"", " ", "ftp://b/", "javascript:alert(1)", "mailto:a@b", "localhost:8080/p", "https:p", "https:/p", "https:///p", "https://:80/", "https://b:0/",
                                 "https://b:99999/", "https://b:8o/", "https://[fd00::1/", "https://[fd00::1]x/", "https://[b]/", "https://a\\@b/", "https://a b/", "https://a%2eb/",
                                 "https://${HOST}/", "https://b\x01/"}) {
    EXPECT_EQ(to(none, "https://a/"), "nowhere") << none;
  }
  EXPECT_EQ(to("/p", ""), "nowhere");
  EXPECT_EQ(to("/p", "no-url"), "nowhere");
}

TEST(Location, TellsOrigins) {
  const std::vector<std::tuple<std::string, bool>> all = {{"/p", true}, {"https://A.example.com:443/x", true}, {"//a.example.com", true}, {"http://a.example.com/", false},
                                                          {"https://a.example.com:8443/", false}, {"https://b.example.com/", false}, {"https://a.example.com@evil.example/", false},
                                                          {"https://a.example.com.evil.example/", false}, {"//evil.example/a.example.com", false}};
  const auto base = resolve_location("https://a.example.com/graphql", "");
  for (const auto& [location, same] : all) {
    const auto url = resolve_location(location, "https://a.example.com/graphql");
    ASSERT_TRUE(url) << location;
    EXPECT_EQ(url->same_origin(*base), same) << location;
  }
}

}  // namespace
}  // namespace wbverify
