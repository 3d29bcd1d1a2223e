// The plugin as a whole: order, facts as JSON, what it will touch, what it undoes.
#include <algorithm>
#include <set>

#include "bucket_cases.hpp"
#include "checks/bucket/probe.hpp"

namespace wbverify {
namespace {

using namespace bucket_cases;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(BucketPlugin, TheOrderIsFrozen) {
  std::vector<std::string> ids;
  for (const auto& check : bucket_plugin().checks) ids.push_back(check.id);
  EXPECT_THAT(ids, ElementsAre("bucket.supported", "bucket.dns", "bucket.reachable", "bucket.tls", "bucket.endpoint", "bucket.clock", "bucket.credentials", "bucket.exists", "bucket.region",
                               "bucket.cors-rules", "bucket.preflight", "bucket.round-trip", "bucket.refuses", "bucket.cleanup"));
}

TEST(BucketPlugin, NeedsPointBackwards) {
  const Plugin plugin = bucket_plugin();
  std::set<std::string> seen;
  for (const auto& check : plugin.checks) {
    for (const auto& need : check.needs) {
      const std::string id = need.substr(0, need.find('/'));
      if (id.starts_with("bucket.")) {
        EXPECT_TRUE(seen.contains(id)) << check.id << " needs " << need;
      }
    }
    seen.insert(check.id);
  }
}

TEST(BucketPlugin, RowsAreTheDeclaredOnes) {
  for (const auto& check : bucket_plugin().checks) {
    const Findings findings = check.probe == "bucket" ? judge(check, healthy_read()) : judge(check, healthy_write());
    for (const auto& finding : findings) {
      if (!finding.row.empty()) {
        EXPECT_NE(std::find(check.rows.begin(), check.rows.end(), finding.row), check.rows.end()) << check.id << "/" << finding.row;
        EXPECT_FALSE(finding.title.empty());
      }
    }
  }
}

TEST(BucketFacts, SurviveJson) {
  const BucketReadFacts read = healthy_read();
  BucketReadFacts copy;
  decode_facts(encode_facts(read), copy);
  EXPECT_EQ(encode_facts(copy), encode_facts(read));
  EXPECT_EQ(copy.rules, read.rules);
  EXPECT_EQ(copy.list, read.list);
  const BucketWriteFacts write = healthy_write();
  BucketWriteFacts other;
  decode_facts(encode_facts(write), other);
  EXPECT_EQ(encode_facts(other), encode_facts(write));
  decode_facts("{}", copy);
  EXPECT_EQ(copy.place.provider, "") << "an older record lacks members";
}

Settings settings(BucketProvider provider = BucketProvider::s3_compatible) {
  Settings out;
  out.scene = scene();
  BucketTarget target;
  target.provider = provider;
  target.scheme = "s3";
  target.host = "s3.example.com";
  target.port = 9000;
  target.bucket = "wandb-files";
  target.prefix = "team/a";
  target.region = "us-east-1";
  target.access_key = "WBKEY";
  target.secret_key = Secret("a secret of this test");
  out.bucket = target;
  HostTarget host;
  host.origin = page;
  out.host = host;
  return out;
}

TEST(BucketPlace, FromSettings) {
  Settings given = settings();
  const BucketPlace place = bucket_place(given);
  EXPECT_EQ(place.provider, "S3-compatible store");
  EXPECT_FALSE(place.amazon);
  EXPECT_TRUE(place.has_keys);
  EXPECT_EQ(place.page_origin, page);
  EXPECT_FALSE(place.proxied);
  given.scene.settings["BUCKET_PROXY"] = {"BUCKET_PROXY", "", "env-file", "/etc/wandb.env", 9, "true"};
  EXPECT_TRUE(bucket_place(given).proxied);
  EXPECT_EQ(bucket_folder(place, "0123456789abcdef"), "team/a/wbverify/0123456789abcdef/");
  EXPECT_EQ(bucket_where(place), "s3.example.com:9000/wandb-files");
  given.bucket->access_key.clear();
  EXPECT_FALSE(bucket_place(given).has_keys);
  EXPECT_FALSE(bucket_client(given, place.address, {}).has_keys());
  given.bucket.reset();
  EXPECT_EQ(bucket_place(given).provider, "");
}

TEST(BucketProbe, OtherProvidersAreSkipped) {
  for (const auto provider : {BucketProvider::gcs, BucketProvider::azure, BucketProvider::coreweave}) {
    EXPECT_THAT(bucket_probe().skip(settings(provider)), HasSubstr("follow in a later release"));
    EXPECT_THAT(bucket_write_probe().skip(settings(provider)), HasSubstr("follow in a later release"));
  }
  EXPECT_THAT(bucket_probe().skip(settings(BucketProvider::file)), HasSubstr("disk"));
  EXPECT_EQ(bucket_probe().skip(settings()), "");
  EXPECT_EQ(bucket_probe().skip(settings(BucketProvider::s3)), "");
  EXPECT_EQ(bucket_probe().skip(Settings()), "");
}

TEST(BucketProbe, WithoutKeysNothingIsWritten) {
  Settings given = settings();
  given.bucket->secret_key = Secret();
  EXPECT_THAT(bucket_write_probe().skip(given), HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_EQ(bucket_probe().skip(given), "");
}

TEST(BucketProbe, SaysWhatItWillTouch) {
  std::string all;
  bool writes = false;
  for (const auto& probe : bucket_plugin().probes) {
    for (const auto& touch : probe.touches(settings())) {
      EXPECT_EQ(touch.target, "s3.example.com:9000");
      all += touch.action + "\n";
      writes = writes || touch.writes;
      EXPECT_EQ(touch.writes && !probe.writes, false);
    }
  }
  EXPECT_TRUE(writes);
  EXPECT_THAT(all, HasSubstr("wandb-files/team/a/wbverify/0123456789abcdef/"));
  EXPECT_THAT(all, HasSubstr("OPTIONS for GET, PUT and HEAD from https://wandb.example.com"));
  EXPECT_THAT(all, Not(HasSubstr("secret")));
}

TEST(BucketUndo, ConcernsOnlyWhatRunsMakeHere) {
  const UndoSpec undo = bucket_undo();
  const std::string ours = "team/a/wbverify/0123456789abcdef/plain.bin";
  EXPECT_TRUE(undo.concerns({"s3-object", "s3.example.com:9000/wandb-files", ours}, settings()));
  EXPECT_FALSE(undo.concerns({"s3-object", "s3.example.com:9000/wandb-files", ours}, Settings()));
  EXPECT_FALSE(undo.concerns({"s3-object", "s3.example.com:9000/other", ours}, settings()));
  for (const auto& name : bucket_object_names()) EXPECT_TRUE(undo.concerns({"s3-object", "s3.example.com:9000/wandb-files", "team/a/wbverify/0123456789abcdef/" + name}, settings())) << name;
  for (const char* name : {"", "plain.bin", "wbverify/0123456789abcdef/plain.bin", "team/a/wbverify/", "team/a/wbverify/0123456789abcdef/", "team/a/wbverify/0123456789ABCDEF/plain.bin",
                           "team/a/wbverify/0123456789abcde/plain.bin", "team/a/wbverify/../../../models/x", "team/a/models/best.ckpt", "team/a/wbverify/0123456789abcdef/..", "team/a/wbverify/0123456789abcdef/.",
                           "team/a/wbverify/0123456789abcdef/plain.bin/", "team/a/wbverify/0123456789abcdef/./plain.bin", "team/a/wbverify/0123456789abcdef/mine.bin", "/team/a/wbverify/0123456789abcdef/plain.bin",
                           "team/a/wbverify/0123456789abcdef0/plain.bin", "team/awbverify/0123456789abcdef/plain.bin"}) {
    EXPECT_FALSE(undo.concerns({"s3-object", "s3.example.com:9000/wandb-files", name}, settings())) << name;
  }
}

}  // namespace
}  // namespace wbverify
