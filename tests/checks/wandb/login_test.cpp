#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

WandbFacts with(ApiAnswer session) {
  WandbFacts facts = healthy();
  facts.session = std::move(session);
  facts.viewer_known = false;
  facts.user.clear();
  return facts;
}

Finding login(const WandbFacts& facts) { return one(wandb_login_check(), facts); }

TEST(WandbLogin, PassesWithTheNameOfTheAccount) {
  EXPECT_EQ(login(healthy()).observed, "ada, 1 team: team-a");
  WandbFacts facts = healthy();
  facts.admin = true;
  facts.default_entity = "team-b";
  facts.teams = {"team-a", "team-b"};
  EXPECT_EQ(login(facts).observed, "ada, an administrator, default entity team-b, 2 teams: team-a, team-b");
  facts.user.clear();
  facts.teams.clear();
  EXPECT_EQ(login(facts).observed, "logged in, an administrator, default entity team-b");
}

TEST(WandbLogin, SaysHowAKeyIsMadeWhenThereIsNone) {
  WandbFacts facts = with(good());
  facts.place.access.clear();
  Finding finding = login(facts);
  EXPECT_THAT(finding, Is(Status::skip, "no-key"));
  EXPECT_THAT(finding.fix,
              AllOf(HasSubstr("https://wandb.example.com/authorize"), HasSubstr("New Team Service Account"),
                    HasSubstr("--api-key-file"), HasSubstr("machine wandb.example.com login user password KEY")));
  facts.place.netrc_machines = {"api.wandb.ai", "wandb.example.com"};
  facts.place.base = "https://wandb.example.com:8443/prefix";
  finding = login(facts);
  EXPECT_EQ(finding.observed,
            "No API key for wandb.example.com:8443. The netrc has keys for api.wandb.ai, wandb.example.com; an entry "
            "counts for exactly this machine "
            "and port.");
}

TEST(WandbLogin, NamesAKeyThatTheServerDoesNotKnow) {
  Finding finding = login(with(good()));
  EXPECT_THAT(finding, Is(Status::fail, "unknown-key"));
  EXPECT_THAT(finding.observed, HasSubstr("It comes from WANDB_API_KEY in the environment."));
  EXPECT_THAT(finding.fix, AllOf(HasSubstr("/authorize"), HasSubstr("WANDB_API_KEY=KEY")));
  EXPECT_EQ(finding.setting, "WANDB_API_KEY");
  EXPECT_THAT(login(with(empty("viewer"))), Is(Status::fail, "unknown-key"));
  EXPECT_THAT(login(with(refused(401, "user is not logged in"))), Is(Status::fail, "key-refused"));
  EXPECT_THAT(login(with(empty("", 401))), Is(Status::fail, "key-refused"));
  EXPECT_THAT(login(with(empty("", 403))), Is(Status::fail, "forbidden"));
}

TEST(WandbLogin, NamesAKeyOfAnotherServer) {
  WandbFacts facts = with(good());
  facts.place.same_key_for = {"api.wandb.ai"};
  EXPECT_THAT(login(facts), Is(Status::fail, "another-servers-key"));
  EXPECT_THAT(login(facts).observed, HasSubstr("The netrc has the same key for api.wandb.ai"));
  facts.session = refused(401, "user is not logged in");
  EXPECT_THAT(login(facts), Is(Status::fail, "another-servers-key"));
  facts = with(good());
  facts.place.shape = "legacy-40";
  EXPECT_THAT(login(facts).observed, HasSubstr("mostly a key of wandb.ai"));
  facts.place.shape = "long";
  EXPECT_THAT(login(facts).observed, HasSubstr("October 2025"));
}

TEST(WandbLogin, TellsWhoIsKnownAndNotLetIn) {
  const Finding finding = login(with(refused(403, "permission denied", "PERMISSION_ERROR")));
  EXPECT_THAT(finding, Is(Status::fail, "forbidden"));
  EXPECT_THAT(finding.fix, HasSubstr("deactivated"));
}

TEST(WandbLogin, TellsWhatElseWentWrong) {
  EXPECT_THAT(login(with(refused(403, "grace period has elapsed"))), Is(Status::fail, "licence-refused"));
  EXPECT_THAT(login(with(refused(400, "no"))), Is(Status::fail, "refused"));
  EXPECT_THAT(login(with(empty("viewer.teams"))), Is(Status::fail, "unexpected-answer"));
  EXPECT_THAT(login(with(refused(400, "Cannot query field \"teams\" on type \"User\"."))),
              Is(Status::warn, "old-server"));
  EXPECT_THAT(login(with(ApiAnswer())), Is(Status::unknown, "interrupted"));
  EXPECT_THAT(login(with(silence("closed"))), Is(Status::fail, "closed"));
}

WandbFacts federated(ApiAnswer token) {
  WandbFacts facts = with(ApiAnswer());
  facts.place.access = "identity-token";
  facts.place.setting = "WANDB_IDENTITY_TOKEN_FILE";
  facts.token = std::move(token);
  return facts;
}

TEST(WandbLogin, TellsWhyAnIdentityTokenIsNotTaken) {
  const struct {
    const char* said;
    const char* cause;
  } cases[] = {{"token is expired by 5m", "token-expired"},
               {"token used before issued", "token-not-yet-valid"},
               {"invalid audience", "token-audience"},
               {"unknown issuer", "token-issuer"},
               {"crypto/rsa: signature invalid", "token-signature"},
               {"no user for subject", "token-unknown-account"},
               {"invalid_grant", "token-refused"}};
  for (const auto& c : cases) {
    const Finding finding = login(federated(refused(401, c.said, "", "oidc/token")));
    EXPECT_THAT(finding, Is(Status::fail, c.cause));
    EXPECT_EQ(finding.setting, "WANDB_IDENTITY_TOKEN_FILE");
    EXPECT_THAT(finding.reproduce, AllOf(HasSubstr("\"assertion@$WANDB_IDENTITY_TOKEN_FILE\""),
                                         HasSubstr("https://wandb.example.com/oidc/token")));
  }
  EXPECT_THAT(login(federated(refused(400, "invalid_grant: token expired"))), Is(Status::fail, "token-expired"));
  EXPECT_THAT(login(federated(refused(404, "not found"))), Is(Status::fail, "federation-unavailable"));
  EXPECT_THAT(login(federated(refused(500, "boom"))), Is(Status::fail, "server-error"));
  EXPECT_THAT(login(federated(refused(403, "license does not cover this"))), Is(Status::fail, "licence-refused"));
  EXPECT_THAT(login(federated(page_of(200, "<html></html>"))), Is(Status::fail, "html-page"));
  EXPECT_THAT(login(federated(silence("timed-out"))), Is(Status::fail, "timed-out"));
  EXPECT_THAT(login(federated(ApiAnswer())), Is(Status::unknown, "interrupted"));
}

TEST(WandbLogin, LeavesAMalformedTokenToTheSettings) {
  WandbFacts facts = federated(ApiAnswer());
  facts.place.access.clear();
  EXPECT_THAT(login(facts), Is(Status::skip, "not-applicable"));
}

TEST(WandbLogin, FollowsATokenToItsAccount) {
  WandbFacts facts = federated(good("oidc/token"));
  facts.session = good();
  EXPECT_THAT(login(facts), Is(Status::fail, "unknown-account"));
  facts.viewer_known = true;
  facts.user = "robot";
  EXPECT_EQ(login(facts).status, Status::pass);
}

}  // namespace
}  // namespace wbverify::wandb_cases
