// From an exchange to facts.
#include "answers.hpp"
#include "checks/shared/answer_marks.hpp"
#include "checks/host/plugin_words.hpp"

namespace wbverify {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(HostAnswer, KeepsWhatTellsAndNothingElse) {
  const HttpAnswer some = answer("/", 302, "<html><head><title> A \n title</title></head>" + std::string(1000, 'x'),
                                 {{"SERVER", "nginx"}, {"Server", "second"}, {"X-Secret-Thing", "value"}, {"Location", "https://idp.example.com/login?code=s3cr3t&state=x#y"},
                                  {"Set-Cookie", "session=s3cr3t; Path=/"}, {"set-cookie", "AWSALB=abc"}, {"Via", "1.1 \x1b[31mred"}});
  EXPECT_EQ(some.status, 302);
  EXPECT_EQ(some.header("server"), "nginx");
  EXPECT_EQ(some.header("location"), "https://idp.example.com/login");
  EXPECT_EQ(some.header("via"), "1.1 \\x1b[31mred");
  EXPECT_THAT(some.headers, Not(Contains(testing::Key("x-secret-thing"))));
  EXPECT_THAT(some.cookies, ElementsAre("session", "AWSALB"));
  EXPECT_EQ(some.title, "A title");
  EXPECT_LE(some.excerpt.size(), 300U);
  EXPECT_EQ(some.body_bytes, 1044U);
  EXPECT_TRUE(some.html);
  EXPECT_TRUE(some.redirects());
  HostHttpFacts facts;
  facts.scheme = "https";
  facts.root = some;
  EXPECT_THAT(encode_facts(facts), Not(HasSubstr("s3cr3t")));
}

TEST(HostAnswer, IsBoundedWhateverComes) {
  ReceivedHeaders headers;
  for (int i = 0; i < 1000; ++i) headers.emplace_back("Set-Cookie", std::string(500, 'c'));
  headers.emplace_back("Server", std::string(100000, '\xff'));
  const HttpAnswer some = answer("/" + std::string(5000, 'p'), 200, "<title>" + std::string(50000, '\xf0') + "</title>", headers);
  HostHttpFacts facts;
  facts.root = some;
  EXPECT_LT(encode_facts(facts).size(), 6000U);
}

TEST(HostAnswer, ReadsTheServersOwnAddress) {
  const auto own = [](const std::string& script) { return answer("/env.js", 200, script).own_url; };
  EXPECT_EQ(own("window.CONFIG = {\"REACT_APP_HOST\": \"https://a.example.com\"}"), "https://a.example.com");
  EXPECT_EQ(own("window.CONFIG = { HOST: 'http://localhost:8080', GIT_TAG: 'HEAD' }"), "http://localhost:8080");
  EXPECT_EQ(own("window.CONFIG={BACKEND_HOST:\"https://b\",HOST:`https://c`}"), "https://c");
  EXPECT_EQ(own("window.CONFIG = {HOST: \"\"}"), "");
  EXPECT_EQ(own("window.CONFIG = {HOST: window.location.origin}"), "");
  EXPECT_EQ(own("HOST: 'https://d'"), "");
  EXPECT_EQ(own("window.CONFIG = {HOST: 'https://e"), "");
}

TEST(HostAnswer, ReadsDates) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  EXPECT_EQ(parse_http_date("Mon, 21 Sep 2026 14:13:20 GMT"), moment / 1000);
  for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
                           "Sun, 06 Nov 19x4 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

TEST(HostAnswer, ResolvesLocations) {
  const auto to = [](const std::string& location) {
    const auto url = resolve_location(location, "https://a.example.com:8443/x/y?q");
    return url ? url->origin() + url->path : "nowhere";
  };
  EXPECT_EQ(to("https://B.example.com"), "https://b.example.com/");
  EXPECT_EQ(to("http://b:80/p?x#y"), "http://b/p");
  EXPECT_EQ(to("https://user:word@b/"), "https://b/");
  EXPECT_EQ(to("https://[fd00::1]:444/"), "https://[fd00::1]:444/");
  EXPECT_EQ(to("//b/p"), "https://b/p");
  EXPECT_EQ(to("/p"), "https://a.example.com:8443/p");
  EXPECT_EQ(to("p"), "https://a.example.com:8443/x/p");
  EXPECT_EQ(to("?q"), "https://a.example.com:8443/x/y");
  EXPECT_EQ(to("/p?to=https://b"), "https://a.example.com:8443/p");
  for (const char* none : {"", "ftp://b/", "https://b:99999/", "https:///p", "javascript://b"}) EXPECT_EQ(to(none), "nowhere") << none;
}

TEST(HostAnswer, FindsMarks) {
  EXPECT_THAT(find_marks(page()), ElementsAre("wandb-title"));
  EXPECT_THAT(find_marks(env()), ElementsAre("wandb-flags", "wandb-private"));
  EXPECT_THAT(find_marks("const SERVER_FLAGS = {}"), IsEmpty());
  EXPECT_THAT(find_marks("DEFAULT BACKEND - 404"), ElementsAre("ingress-nginx-404"));
  EXPECT_THAT(find_marks("<input type='password'>"), ElementsAre("password-field"));
  EXPECT_THAT(find_marks(""), IsEmpty());
  EXPECT_EQ(mark_of({"grafana", "okta"}, PageKind::login)->id, "okta");
  EXPECT_EQ(mark_of({"grafana", "a mark of a later release"}, PageKind::login), nullptr);
}

TEST(HostAnswer, NamesTheHop) {
  const auto hop = [](const ReceivedHeaders& headers) { return hop_of(answer("/", 200, "", headers)); };
  EXPECT_EQ(hop({}), "");
  EXPECT_EQ(hop({{"Server", "nginx/1.22.1"}}), "nginx/1.22.1");
  EXPECT_EQ(hop({{"Server", "gorilla"}, {"CF-RAY", "8-FRA"}}), "Cloudflare");
  EXPECT_EQ(hop({{"Server", "awselb/2.0"}}), "the AWS load balancer");
  EXPECT_EQ(hop({{"Via", "1.1 google"}}), "the Google load balancer");
  EXPECT_EQ(hop({{"Server", "Microsoft-Azure-Application-Gateway/v2"}}), "the Azure application gateway");
  EXPECT_EQ(hop({{"Server", "istio-envoy"}}), "Istio");
  EXPECT_EQ(hop({{"Set-Cookie", "BIGipServerpool=1"}}), "an F5 BIG-IP");
}

}  // namespace
}  // namespace wbverify
