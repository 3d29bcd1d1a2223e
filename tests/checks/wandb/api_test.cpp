#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

WandbFacts with(ApiAnswer session) {
  WandbFacts facts = healthy();
  facts.session = std::move(session);
  facts.viewer_known = false;
  return facts;
}

TEST(WandbApi, PassesOnJson) {
  EXPECT_EQ(one(wandb_api_check(), healthy()).observed, "JSON after 4 ms");
  WandbFacts facts = healthy();
  facts.session.http.headers["server"] = "nginx/1.22.1";
  EXPECT_EQ(one(wandb_api_check(), facts).observed, "JSON after 4 ms, by way of nginx/1.22.1");
}

TEST(WandbApi, LeavesRefusalsToTheLogIn) {
  for (const ApiAnswer& session :
       {refused(401, "user is not logged in"), refused(403, "permission denied", "PERMISSION_ERROR"),
        refused(403, "license expired"), refused(400, "Cannot query field \"x\" on type \"User\"."), refused(400, "no"),
        empty("viewer")}) {
    EXPECT_EQ(one(wandb_api_check(), with(session)).status, Status::pass) << session.message;
  }
}

TEST(WandbApi, TellsThemWhenNobodyLogsIn) {
  const auto without = [](ApiAnswer session) {
    WandbFacts facts = with(std::move(session));
    facts.place.access.clear();
    return facts;
  };
  EXPECT_EQ(one(wandb_api_check(), without(refused(401, "user is not logged in"))).status, Status::pass)
      << "a server that tells strangers nothing";
  EXPECT_EQ(
      one(wandb_api_check(), without(refused(400, "Cannot query field \"serverInfo\" on type \"Query\"."))).status,
      Status::pass);
  EXPECT_THAT(one(wandb_api_check(), without(refused(403, "license expired"))), Is(Status::fail, "licence-refused"));
  EXPECT_THAT(one(wandb_api_check(), without(refused(400, "no"))), Is(Status::fail, "refused"));
  EXPECT_EQ(one(wandb_api_check(), without(good())).status, Status::pass);
}

TEST(WandbApi, FailsWhenSomethingElseAnswers) {
  const struct {
    ApiAnswer session;
    const char* cause;
  } cases[] = {{page_of(200, "<html><title>Sign in</title><input type=\"password\"></html>"), "login-page"},
               {page_of(502, "<html><title>502 Bad Gateway</title></html>"), "bad-gateway"},
               {page_of(200, "<html></html>"), "html-page"},
               {refused(500, "internal database error"), "database-error"},
               {refused(500, "boom"), "server-error"},
               {refused(404, "no Route matched with those values"), "not-found"},
               {empty(""), "unexpected-answer"}};
  for (const auto& c : cases) EXPECT_THAT(one(wandb_api_check(), with(c.session)), Is(Status::fail, c.cause));
  EXPECT_THAT(one(wandb_api_check(), with(page_of(502, "<html><title>502 Bad Gateway</title></html>"))).observed,
              AllOf(HasSubstr("502 Bad Gateway from nginx/1.22.1"), HasSubstr("Its page is \"502 Bad Gateway\".")));
  ApiAnswer other = empty("");
  other.http.excerpt = "{\"status\":\"ok\"}";
  EXPECT_THAT(one(wandb_api_check(), with(other)).observed, HasSubstr("It says: {\"status\":\"ok\"}"));
}

TEST(WandbApi, TellsSilence) {
  EXPECT_THAT(one(wandb_api_check(), with(silence("timed-out"))), Is(Status::fail, "timed-out"));
  EXPECT_THAT(one(wandb_api_check(), with(silence("unreachable", Blame::path))), Is(Status::unknown, "unreachable"));
  EXPECT_THAT(one(wandb_api_check(), with(ApiAnswer())), Is(Status::unknown, "interrupted"));
  EXPECT_THAT(one(wandb_api_check(), with(refused(429, "too many"))), Is(Status::unknown, "rate-limited"));
}

TEST(WandbApi, LooksAtTheExchangeWhenNothingElseWasAsked) {
  WandbFacts facts = with(ApiAnswer());
  facts.place.access = "identity-token";
  facts.token = refused(400, "invalid_grant");
  EXPECT_EQ(one(wandb_api_check(), facts).status, Status::pass)
      << "the server itself speaks; wandb.login tells the refusal";
  facts.token = page_of(200, "<html></html>");
  EXPECT_THAT(one(wandb_api_check(), facts), Is(Status::fail, "html-page"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
