#include "checks/wandb/plugin_version.hpp"
#include "healthy.hpp"

namespace wbverify::wandb_cases {
namespace {

WandbFacts of(const std::string& version) {
  WandbFacts facts = healthy();
  facts.server_version = version;
  return facts;
}

TEST(WandbVersion, PassesWithTheVersion) {
  EXPECT_EQ(one(wandb_version_check(), healthy()).observed, "0.83.0");
  EXPECT_EQ(one(wandb_version_check(), of("0.82.1")).observed, "0.82.1, 0.83.0 is out");
  WandbFacts facts = of("0.70.0");
  facts.latest_version.clear();
  EXPECT_EQ(one(wandb_version_check(), facts).observed, "0.70.0");
  EXPECT_EQ(one(wandb_version_check(), of("v0.71.0-rc1")).status, Status::pass);
}

TEST(WandbVersion, HoldsTheFloors) {
  const struct {
    const char* version;
    Status status;
    const char* cause;
    const char* pin;
  } cases[] = {{"0.69.1", Status::warn, "too-old-for-sdk", "pip install 'wandb<0.28.1'"},
               {"0.65.0", Status::warn, "too-old-for-sdk", "pip install 'wandb<0.28.1'"},
               {"0.64.9", Status::warn, "too-old-for-sdk", "pip install 'wandb<0.28.0'"},
               {"0.63.0", Status::warn, "too-old-for-sdk", "pip install 'wandb<0.28.0'"},
               {"0.62.2", Status::fail, "too-old", "pip install 'wandb<0.26.0'"},
               {"0.9.50", Status::fail, "too-old", "pip install 'wandb<0.26.0'"}};
  for (const auto& c : cases) {
    const Finding finding = one(wandb_version_check(), of(c.version));
    EXPECT_THAT(finding, Is(c.status, c.cause)) << c.version;
    EXPECT_THAT(finding.fix, AllOf(HasSubstr(c.pin), HasSubstr("docker pull wandb/local:0.83.0")));
  }
  EXPECT_EQ(newest_sdk_for({0, 70, 0}), "");
}

TEST(WandbVersion, PassesOnTheServersOwnOpinion) {
  WandbFacts facts = of("0.80.0");
  facts.out_of_date = true;
  Finding finding = one(wandb_version_check(), facts);
  EXPECT_THAT(finding, Is(Status::warn, "update-available"));
  EXPECT_EQ(finding.expected, "0.83.0.");
  facts.latest_version.clear();
  EXPECT_THAT(one(wandb_version_check(), facts).fix, HasSubstr("wandb/local:VERSION"));
}

TEST(WandbVersion, TellsWhyThereIsNone) {
  WandbFacts facts = of("");
  EXPECT_THAT(one(wandb_version_check(), facts), Is(Status::skip, "not-applicable"));
  facts.session.unknown = {"LocalVersionInfo.versionOnThisInstanceString"};
  EXPECT_THAT(one(wandb_version_check(), facts), Is(Status::warn, "old-server"));
  facts.session = refused(401, "user is not logged in");
  Finding finding = one(wandb_version_check(), facts);
  EXPECT_THAT(finding, Is(Status::skip, "not-applicable"));
  EXPECT_THAT(finding.observed, HasSubstr("user is not logged in"));
  facts.session = ApiAnswer();
  EXPECT_THAT(one(wandb_version_check(), facts), Is(Status::unknown, "interrupted"));
  EXPECT_THAT(one(wandb_version_check(), of("nightly-1234")), Is(Status::skip, "not-applicable"));
}

WandbFacts taking(const std::string& oldest, const std::string& newest) {
  WandbFacts facts = healthy();
  facts.oldest_client = oldest;
  facts.newest_client = newest;
  return facts;
}

TEST(WandbClients, ComparesTheRangeWithTodaysSdk) {
  EXPECT_EQ(one(wandb_clients_check(), healthy()).observed, "SDKs 0.10.0 to 0.99.0");
  EXPECT_EQ(one(wandb_clients_check(), taking("0.13.0", "0.31.0")).status, Status::pass)
      << "the newest is in the range";
  EXPECT_EQ(one(wandb_clients_check(), taking("0.13.0", "")).observed, "SDKs from 0.13.0 on");
  EXPECT_EQ(one(wandb_clients_check(), taking("", "0.40.0")).observed, "SDKs up to 0.40.0");
  const Finding finding = one(wandb_clients_check(), taking("0.13.0", "0.28.2"));
  EXPECT_THAT(finding, Is(Status::warn, "newest-sdk-refused"));
  EXPECT_THAT(finding.fix, HasSubstr("pip install 'wandb<=0.28.2'"));
  EXPECT_THAT(one(wandb_clients_check(), taking("0.30.0", "0.20.0")), Is(Status::warn, "empty-range"));
  EXPECT_EQ(one(wandb_clients_check(), taking("0.40.0", "0.50.0")).status, Status::pass)
      << "newer than this release of wbverify knows";
}

TEST(WandbClients, TakesNullAsSilence) {
  EXPECT_THAT(one(wandb_clients_check(), taking("", "")), Is(Status::skip, "not-applicable"));
  EXPECT_THAT(one(wandb_clients_check(), taking("any", "0.31.0")), Is(Status::skip, "not-applicable"));
  WandbFacts facts = taking("", "");
  facts.session.unknown = {"ServerInfo.cliVersionInfo"};
  EXPECT_THAT(one(wandb_clients_check(), facts), Is(Status::skip, "old-server"));
  facts.session = ApiAnswer();
  EXPECT_THAT(one(wandb_clients_check(), facts), Is(Status::unknown, "interrupted"));
}

TEST(WandbFeatures, ListsWhatPeopleWillMiss) {
  EXPECT_EQ(one(wandb_features_check(), healthy()).observed,
            "5 of 5 on; not here: search in registries (ARTIFACT_REGISTRY_SEARCH), files of artifacts in registries "
            "(ARTIFACT_COLLECTION_MEMBERSHIP_FILES)");
  WandbFacts facts = healthy();
  facts.features.push_back({"ARTIFACT_REGISTRY_SEARCH", true});
  facts.features.push_back({"ARTIFACT_COLLECTION_MEMBERSHIP_FILES", true});
  facts.features.push_back({"OF_TOMORROW", false});
  EXPECT_EQ(one(wandb_features_check(), facts).observed, "7 of 8 on");
}

TEST(WandbFeatures, TellsAListThatCannotBe) {
  WandbFacts facts = healthy();
  for (auto& feature : facts.features) feature.enabled = false;
  EXPECT_EQ(one(wandb_features_check(), facts).observed, "All 5 features of the server are off.");
  facts.features.clear();
  EXPECT_THAT(one(wandb_features_check(), facts), Is(Status::warn, "none-on"));
}

TEST(WandbFeatures, SkipsOldServers) {
  WandbFacts facts = healthy();
  facts.features_known = false;
  EXPECT_THAT(one(wandb_features_check(), facts), Is(Status::skip, "not-applicable"));
  facts.session.unknown = {"ServerInfo.features"};
  const Finding finding = one(wandb_features_check(), facts);
  EXPECT_THAT(finding, Is(Status::skip, "old-server"));
  EXPECT_EQ(finding.observed, "The server is too old to tell its features: its API has no ServerInfo.features.");
  facts.session = ApiAnswer();
  EXPECT_THAT(one(wandb_features_check(), facts), Is(Status::unknown, "interrupted"));
}

}  // namespace
}  // namespace wbverify::wandb_cases
