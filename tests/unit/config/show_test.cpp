#include "config/show.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "util/json.hpp"

namespace wbverify {
namespace {

Settings settings() {
  Sources sources;
  sources.default_config_file = "/nonexistent/wbverify.yaml";
  sources.environment = {{"HOST", "https://wandb.example.com/"}, {"GORILLA_METADATA_STORE", "mysql://wandb:shown-nowhere@db/wandb_local"}, {"SLACK_SECRET", "shown-nowhere-either"}, {"REDIS", ""}};
  return load_settings(sources);
}

TEST(ShowSettings, IsATableForPeople) {
  EXPECT_EQ(render_settings(settings()),
            "HOST          https://wandb.example.com/               in the environment\n"
            "              suspicious at character 26: The value ends with a slash. Expected: Nothing after the host: callback URLs are compared character by character.\n"
            "MYSQL         mysql://wandb:[redacted]@db/wandb_local  in the environment, as GORILLA_METADATA_STORE\n"
            "REDIS         (empty)                                  in the environment\n"
            "SLACK_SECRET  [redacted]                               in the environment\n");
}

TEST(ShowSettings, IsJsonForPrograms) {
  const auto json = parse_json(render_settings_json(settings()));
  ASSERT_EQ(json["settings"].size(), 4U);
  EXPECT_EQ(json["settings"][1]["name"], "MYSQL");
  EXPECT_EQ(json["settings"][1]["alias"], "GORILLA_METADATA_STORE");
  EXPECT_EQ(json["settings"][1]["value"], "mysql://wandb:[redacted]@db/wandb_local");
  EXPECT_EQ(json["issues"][0]["column"], 26);
  EXPECT_EQ(json["issues"][0]["example"], "https://wandb.example.com");
}

TEST(ShowSettings, SaysWhenThereIsNone) {
  EXPECT_EQ(render_settings(Settings{}), "No setting of an installation was found.\n");
  EXPECT_EQ(parse_json(render_settings_json(Settings{}))["settings"].size(), 0U);
}

}  // namespace
}  // namespace wbverify
