#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

Finding at(const WandbFacts& facts, std::string_view path) {
  const Findings findings = judge(wandb_browser_check(), facts);
  EXPECT_EQ(findings.size(), 2U);
  return row(findings, path);
}

WandbFacts with(ApiAnswer answer) {
  WandbFacts facts = healthy();
  facts.browser[0].answer = std::move(answer);
  facts.browser[0].answer.http.url = std::string(base) + "/graphql2";
  facts.browser[0].allow_origin.clear();
  return facts;
}

TEST(WandbBrowser, PassesOnBothPaths) {
  EXPECT_EQ(at(healthy(), "graphql2").observed, "200 OK after 4 ms");
  EXPECT_EQ(at(healthy(), "graphql").title, "The server answers its own pages at /graphql");
  EXPECT_EQ(at(with(good()), "graphql2").status, Status::pass)
      << "without the header: pages of the same origin do not need it";
  WandbFacts facts = healthy();
  facts.browser[0].allow_origin = {"*"};
  EXPECT_EQ(at(facts, "graphql2").status, Status::pass);
  EXPECT_EQ(at(with(refused(400, "Cannot query field \"teams\" on type \"User\".")), "graphql2").status, Status::pass)
      << "the page was let in";
}

TEST(WandbBrowser, NamesARefusedOrigin) {
  for (const ApiAnswer& answer :
       {refused(403, "request origin not allowed: https://wandb.example.com"), refused(200, "origin not allowed"),
        refused(403, "no"), page_of(403, "request origin not allowed")}) {
    const Finding finding = at(with(answer), "graphql2");
    EXPECT_THAT(finding, Is(Status::fail, "origin-refused"));
    EXPECT_THAT(finding.fix, AllOf(HasSubstr("HOST=https://wandb.example.com"), HasSubstr("X-Forwarded-Proto")));
    EXPECT_THAT(finding.reproduce, AllOf(HasSubstr("-H 'Origin: https://wandb.example.com'"), HasSubstr("/graphql2")));
  }
  EXPECT_EQ(at(with(refused(403, "no")), "graphql").status, Status::pass) << "the other path is fine";
}

TEST(WandbBrowser, TellsWhatElseAnswers) {
  EXPECT_THAT(at(with(page_of(500, "<html><title>Internal Server Error</title></html>")), "graphql2"),
              Is(Status::fail, "server-error"));
  EXPECT_THAT(at(with(refused(500, "boom")), "graphql2"), Is(Status::fail, "server-error"));
  EXPECT_THAT(at(with(page_of(200, "<html></html>")), "graphql2"), Is(Status::fail, "html-page"));
  EXPECT_THAT(at(with(page_of(404, "<html></html>")), "graphql2"), Is(Status::fail, "not-found"));
  EXPECT_THAT(at(with(refused(404, "not found")), "graphql2"), Is(Status::skip, "old-server"));
  EXPECT_THAT(at(with(silence("timed-out")), "graphql2"), Is(Status::fail, "timed-out"));
  EXPECT_THAT(at(with(ApiAnswer()), "graphql2"), Is(Status::unknown, "interrupted"));
  WandbFacts facts = healthy();
  facts.browser.clear();
  EXPECT_THAT(at(facts, "graphql"), Is(Status::unknown, "interrupted"));
  facts.place.access.clear();
  EXPECT_THAT(at(facts, "graphql"), Is(Status::skip, "not-applicable"));
}

TEST(WandbBrowser, WarnsOfAnotherOriginInTheAnswer) {
  WandbFacts facts = healthy();
  facts.browser[0].allow_origin = {"http://localhost:8080"};
  const Finding finding = at(facts, "graphql2");
  EXPECT_THAT(finding, Is(Status::warn, "other-origin"));
  EXPECT_THAT(finding.observed, HasSubstr("lets pages of http://localhost:8080 in"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
