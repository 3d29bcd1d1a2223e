#include "core/scene.hpp"

#include <gtest/gtest.h>

namespace wbverify {
namespace {

SettingView view(const std::string& name, const std::string& kind, const std::string& file = "", int line = 0, const std::string& alias = "") {
  SettingView out;
  out.name = name;
  out.kind = kind;
  out.file = file;
  out.line = line;
  out.alias = alias;
  return out;
}

struct Case {
  SettingView view;
  std::string origin, change;
};

TEST(Scene, NamesThePlaceAndTheChangeForEachKindOfSource) {
  const Case cases[] = {
      {view("MYSQL", "environment"), "MYSQL in the environment", "In the environment of the W&B Server set: MYSQL=it's"},
      {view("MYSQL", "env-file", "/etc/wandb.env", 4), "MYSQL in /etc/wandb.env line 4", "In /etc/wandb.env line 4 write: MYSQL=it's"},
      {view("MYSQL", "config-file", "/etc/w.yaml", 7), "MYSQL in /etc/w.yaml line 7", "In /etc/w.yaml line 7 write: MYSQL: 'it''s'"},
      {view("MYSQL", "flag"), "MYSQL on the command line", "On the command line write: MYSQL it's"},
      {view("MYSQL", "default"), "MYSQL (default)", "Set in the environment of the W&B Server: MYSQL=it's"},
      {view("MYSQL", "env-file", "/etc/wandb.env", 4, "GORILLA_METADATA_STORE"), "GORILLA_METADATA_STORE in /etc/wandb.env line 4",
       "In /etc/wandb.env line 4 write: GORILLA_METADATA_STORE=it's"}};
  for (const Case& test : cases) {
    Scene scene;
    scene.settings["MYSQL"] = test.view;
    EXPECT_EQ(scene.origin("MYSQL"), test.origin);
    EXPECT_EQ(scene.change("MYSQL", "it's"), test.change);
  }
}

TEST(Scene, SaysWhereAMissingSettingBelongs) {
  Scene scene;
  EXPECT_EQ(scene.origin("HOST"), "HOST (not set)");
  EXPECT_EQ(scene.change("HOST", "https://a"), "Set in the environment of the W&B Server: HOST=https://a");
  scene.home = "/etc/wandb.env";
  EXPECT_EQ(scene.change("HOST", "https://a"), "Add to /etc/wandb.env the line: HOST=https://a");
  scene.home = "/etc/wbverify/wbverify.yaml";
  EXPECT_EQ(scene.change("HOST", "https://a"), "Add to /etc/wbverify/wbverify.yaml under settings: HOST: 'https://a'");
}

TEST(Scene, KnowsWhoseSettingAKeyOfAClientIs) {
  Scene scene;
  scene.home = "/etc/wandb.env";
  EXPECT_EQ(scene.change("WANDB_API_KEY", "KEY"), "Set in the environment of wbverify: WANDB_API_KEY=KEY");
  const Case cases[] = {{view("WANDB_API_KEY", "environment"), "WANDB_API_KEY in the environment", "In the environment of wbverify set: WANDB_API_KEY=KEY"},
                        {view("WANDB_API_KEY", "key-file", "/etc/key"), "WANDB_API_KEY in /etc/key", "Write into /etc/key, alone on its line: KEY"},
                        {view("WANDB_API_KEY", "netrc", "/root/.netrc", 3, "machine a:8443"), "machine a:8443 in /root/.netrc line 3",
                         "In /root/.netrc, in the entry of line 3, write: password KEY"}};
  for (const Case& test : cases) {
    scene.settings["WANDB_API_KEY"] = test.view;
    EXPECT_EQ(scene.origin("WANDB_API_KEY"), test.origin);
    EXPECT_EQ(scene.change("WANDB_API_KEY", "KEY"), test.change);
  }
}

TEST(Scene, PutsItsOptionsIntoCommandsOfOurOwn) {
  Scene scene;
  const char* text = "Run\nwbverify cleanup\nor `wbverify cleanup --all`, then: wbverify --only 'mysql.*'. See wbverify explain mysql.tls; my-wbverify cleanup, wbverify cleanups.";
  EXPECT_EQ(scene.with_options(text), text);
  scene.options = {"--config", "/etc/it's.yaml"};
  EXPECT_EQ(scene.with_options(text), "Run\nwbverify cleanup --config '/etc/it'\\''s.yaml'\nor `wbverify cleanup --config '/etc/it'\\''s.yaml' --all`, then: wbverify --config "
                                      "'/etc/it'\\''s.yaml' --only 'mysql.*'. See wbverify explain mysql.tls; my-wbverify cleanup, wbverify cleanups.");
  EXPECT_EQ(scene.with_options("wbverify cleanup"), "wbverify cleanup --config '/etc/it'\\''s.yaml'");
}

}  // namespace
}  // namespace wbverify
