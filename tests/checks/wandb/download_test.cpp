#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

Transfer got(int status, const std::string& body = "", const ReceivedHeaders& headers = {},
             const std::string& url = "https://s3.example.com/wandb-files/x") {
  Transfer transfer;
  transfer.tried = true;
  transfer.answer =
      make_answer(url, HttpResponse{status, "HTTP/1.1", headers, body, false, "192.0.2.9:443", 3, 3}, noon * 1000);
  return transfer;
}

Transfer denied() {
  Transfer transfer = got(403, "<Error/>");
  transfer.code = "AccessDenied";
  return transfer;
}

const std::string page = "<html><head><title>Weights &amp; Biases</title></head></html>";
const std::string route_url = std::string(base) + "/files/ada/wbverify/x";

struct WandbDownload : testing::Test {
  WandbWriteFacts facts = written();
  WandbFile& file = facts.files[0].files[0];
  WandbFile& odd = facts.files[0].files[1];

  Findings all() const { return judge(wandb_download_check(), facts); }
};

TEST_F(WandbDownload, Passes) {
  const Findings findings = all();
  ASSERT_EQ(findings.size(), 4U);
  EXPECT_EQ(row(findings, "route").observed, "by a redirect to https://s3.example.com, 4 ms");
  EXPECT_EQ(row(findings, "direct").observed, "1048577 bytes from https://s3.example.com, 4 ms");
  EXPECT_EQ(row(findings, "range").observed, "206, 10 bytes of 1048577");
  EXPECT_EQ(row(findings, "names").observed, "1 name with blanks and letters beyond ASCII");
  for (const auto& finding : findings) EXPECT_EQ(finding.status, Status::pass);
}

TEST_F(WandbDownload, HostGivesTheBytesItself) {
  file.by_route = got(200, "", {}, route_url);
  file.by_route.same = true;
  file.redirect.clear();
  file.redirect_url = SignedUrl();
  EXPECT_EQ(row(all(), "route").observed, "by HOST itself, 3 ms");
  file.by_route.same = false;
  file.by_route.bytes = 12;
  const Finding finding = row(all(), "route");
  EXPECT_THAT(finding, Is(Status::fail, "bytes-differ"));
  EXPECT_THAT(finding.observed, HasSubstr("1048577 bytes, and 12 came back"));
}

TEST_F(WandbDownload, TheRouteRefuses) {
  const struct {
    Transfer answer;
    const char* cause;
    const char* fix;
  } cases[] = {{got(200, page, {}, route_url), "html-page", "kubectl describe ingress"},
               {got(404, "{\"error\":\"not found\"}", {}, route_url), "not-found", "docker logs"},
               {got(404, page, {}, route_url), "not-found", "The path /files"},
               {got(401, "", {}, route_url), "forbidden", "Authorization"},
               {got(403, page, {}, route_url), "forbidden", "Authorization"},
               {got(500, "{\"error\":\"boom\"}", {}, route_url), "server-error", "docker logs"},
               {got(502, page, {{"Server", "nginx"}}, route_url), "bad-gateway", "proxy_pass"},
               {got(503, "", {}, route_url), "unavailable", "behind the proxy"},
               {got(504, "", {}, route_url), "gateway-timeout", "behind the proxy"},
               {got(400, "{}", {}, route_url), "refused", "docker logs"},
               {got(302, "", {{"Location", "/x"}}, route_url), "refused", "docker logs"}};
  for (const auto& c : cases) {
    file.by_route = c.answer;
    file.redirect.clear();
    file.redirect_url = SignedUrl();
    const Findings findings = all();
    const Finding finding = row(findings, "route");
    EXPECT_THAT(finding, Is(Status::fail, c.cause));
    EXPECT_THAT(finding.fix, HasSubstr(c.fix));
    EXPECT_EQ(finding.setting, "HOST");
    EXPECT_THAT(finding.reproduce, AllOf(HasSubstr(" -L "), HasSubstr("/files/ada/wbverify/by-hand/by-hand.txt"),
                                         HasSubstr("$WANDB_API_KEY")));
    EXPECT_EQ(row(findings, "direct").status, Status::pass);
    EXPECT_EQ(row(findings, "range").status, Status::pass);
  }
}

TEST_F(WandbDownload, TheRouteIsSentToALogin) {
  file.redirect = "https://login.example.com";
  file.redirect_url.url = "https://login.example.com/realms/x";
  file.redirect_url.host = "login.example.com";
  EXPECT_THAT(row(all(), "route"), Is(Status::fail, "login-page"));
}

TEST_F(WandbDownload, RedirectedToWhereNobodyGets) {
  file.redirect = "http://localhost:8080";
  file.redirect_url.scheme = "http";
  file.redirect_url.host = "localhost";
  file.redirect_url.port = 8080;
  file.redirect_url.url = "http://localhost:8080/local-files/x";
  file.by_redirect = Transfer();
  const Finding finding = row(all(), "route");
  EXPECT_THAT(finding, Is(Status::fail, "localhost"));
  EXPECT_THAT(finding.observed, HasSubstr("Downloads are redirected to http://localhost:8080"));
  EXPECT_THAT(finding.fix, HasSubstr("HOST=https://wandb.example.com"));
}

TEST_F(WandbDownload, TheRecordNamesAnAddressWhereNobodyGets) {
  file.route.host = "localhost";
  file.route.port = 8080;
  file.by_route = Transfer();
  EXPECT_THAT(row(all(), "route"), Is(Status::fail, "localhost"));
  facts = written();
  facts.files[0].files[0].direct.host = "minio";
  const Finding direct = row(all(), "direct");
  EXPECT_THAT(direct, Is(Status::fail, "inside-name"));
  EXPECT_EQ(direct.setting, "BUCKET");
}

TEST_F(WandbDownload, WhatTheRedirectLeadsToFails) {
  file.by_redirect = denied();
  const Finding finding = row(all(), "route");
  EXPECT_THAT(finding, Is(Status::fail, "get-denied"));
  EXPECT_THAT(finding.fix, HasSubstr("s3:GetObject"));
  file.by_redirect = written().files[0].files[0].by_redirect;
  file.by_redirect.same = false;
  EXPECT_THAT(row(all(), "route"), Is(Status::fail, "bytes-differ"));
  file.by_redirect = Transfer();
  EXPECT_THAT(row(all(), "route"), Is(Status::unknown, "interrupted"));
}

TEST_F(WandbDownload, BothWaysFailAlikeIsOneFailure) {
  file.by_redirect = file.by_direct = denied();
  const Finding finding = one(wandb_download_check(), facts);
  EXPECT_THAT(finding, Is(Status::fail, "get-denied"));
  EXPECT_EQ(finding.row, "");
  file.by_direct = got(404, "<Error/>");
  file.by_direct.code = "NoSuchKey";
  const Findings findings = all();
  EXPECT_THAT(row(findings, "direct"), Is(Status::fail, "not-stored"));
  for (const char* name : {"range", "names"}) EXPECT_EQ(row(findings, name).status, Status::skip) << name;
}

TEST_F(WandbDownload, Direct) {
  file.by_direct.same = false;
  EXPECT_THAT(row(all(), "direct"), Is(Status::fail, "bytes-differ"));
  file.by_direct = Transfer();
  EXPECT_THAT(row(all(), "direct"), Is(Status::unknown, "interrupted"));
  file.direct = SignedUrl();
  EXPECT_THAT(row(all(), "direct"), Is(Status::skip, "old-server"));
  EXPECT_EQ(row(all(), "names").status, Status::pass) << "by the server's route";
}

TEST_F(WandbDownload, TheCommandTellsTheServerOfTheFile) {
  file.by_direct.same = false;
  const std::string command = row(all(), "direct").reproduce;
  EXPECT_THAT(command, AllOf(HasSubstr("-T /etc/os-release"), HasSubstr("'{\"uploaded\":[\"by-hand.txt\"]}'"),
                             HasSubstr("/files/ada/wbverify/by-hand/file_stream"), HasSubstr("directUrl")));
}

TEST_F(WandbDownload, Range) {
  file.range = got(200);
  const Finding ignored = row(all(), "range");
  EXPECT_THAT(ignored, Is(Status::warn, "range-ignored"));
  EXPECT_THAT(ignored.reproduce, HasSubstr(" -r 10-19 \"$("));
  file.range = got(206);
  EXPECT_THAT(row(all(), "range"), Is(Status::fail, "range-differs"));
  file.range = denied();
  EXPECT_THAT(row(all(), "range"), Is(Status::fail, "get-denied"));
  file.range = Transfer();
  EXPECT_THAT(row(all(), "range"), Is(Status::unknown, "interrupted"));
}

TEST_F(WandbDownload, Names) {
  odd.by_direct = got(404, "<Error/>");
  const Finding changed = row(all(), "names");
  EXPECT_THAT(changed, Is(Status::fail, "name-changed-on-the-way"));
  EXPECT_THAT(changed.observed, HasSubstr("\"test with_special-characters é.txt\""));
  EXPECT_THAT(changed.reproduce, HasSubstr("/by-hand/by%20hand%20%C3%A9.txt"));
  odd.by_direct = written().files[0].files[1].by_direct;
  odd.by_direct.same = false;
  EXPECT_THAT(row(all(), "names").observed, HasSubstr("its bytes differ"));
  odd.by_direct = Transfer();
  odd.by_direct.tried = true;
  odd.by_direct.answer =
      make_answer("https://s3.example.com/x", fail({"timed-out", "no answer", Blame::path, true}), noon * 1000);
  EXPECT_THAT(row(all(), "names"), Is(Status::unknown, "timed-out"));
  odd.by_direct = odd.by_route = odd.by_redirect = Transfer();
  EXPECT_EQ(row(all(), "names").status, Status::skip);
}

TEST_F(WandbDownload, NothingIsListedThatCouldBeFetched) {
  facts.runs[0].stream = facts.runs[0].finish = refused(500, "boom", "", "file_stream");
  EXPECT_EQ(row(all(), "route").status, Status::pass);
  for (auto& each : facts.files[0].files) each.registered = false;
  ASSERT_EQ(all().size(), 1U);
  EXPECT_THAT(all().front(), Is(Status::skip, "not-applicable"));
}

TEST_F(WandbDownload, NotTried) {
  for (auto& each : facts.files[0].files) each.by_route = each.by_redirect = each.by_direct = each.range = Transfer();
  EXPECT_THAT(one(wandb_download_check(), facts), Is(Status::unknown, "interrupted"));
  facts.files[0].files.clear();
  EXPECT_THAT(one(wandb_download_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST_F(WandbDownload, EachEntityHasItsRows) {
  facts = written({"ada", "team-a"});
  facts.files[1].files[0].by_direct = denied();
  const Findings findings = judge(wandb_download_check(), facts);
  EXPECT_EQ(findings.size(), 8U);
  EXPECT_EQ(row(findings, "ada/direct").status, Status::pass);
  EXPECT_THAT(row(findings, "team-a/direct"), Is(Status::fail, "get-denied"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
