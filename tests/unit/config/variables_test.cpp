#include "config/variables.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wbverify {
namespace {

TEST(Variables, HaveEachNameOnce) {
  std::set<std::string_view> seen;
  for (const Variable& variable : variables()) {
    EXPECT_TRUE(seen.insert(variable.name).second) << variable.name;
    for (const auto alias : variable.aliases) EXPECT_TRUE(seen.insert(alias).second) << alias;
    EXPECT_FALSE(variable.summary.empty()) << variable.name;
    EXPECT_FALSE(variable.summary.ends_with('.')) << variable.name;
  }
  EXPECT_EQ(variable_names().size(), seen.size());
}

TEST(Variables, AreFoundByEveryName) {
  EXPECT_EQ(find_variable("MYSQL")->name, "MYSQL");
  EXPECT_EQ(find_variable("GORILLA_STORAGE_BUCKET")->name, "BUCKET");
  EXPECT_EQ(find_variable("ZURE_STORAGE_KEY")->name, "AZURE_STORAGE_KEY");
  EXPECT_EQ(find_variable("mysql"), nullptr) << "the server tells upper from lower case";
  EXPECT_EQ(find_variable(""), nullptr);
  EXPECT_EQ(find_variable("PATH"), nullptr);
}

TEST(Variables, ThatSoundSecretAre) {
  for (const Variable& variable : variables()) {
    const std::string_view name = variable.name;
    const bool sounds_secret = name.ends_with("PASSWORD") || name.ends_with("SECRET") || name.ends_with("_PW") || name.ends_with("_PASS") || name.ends_with("STORAGE_KEY") || name.ends_with("SECRET_KEY") ||
                               name.ends_with("SECRET_ACCESS_KEY") || name.ends_with("TOKEN") || name.ends_with("API_KEY") || name.ends_with("SESSION_KEY") || name == "LICENSE";
    EXPECT_EQ(variable.sensitivity == Sensitivity::secret, sounds_secret) << name;
  }
}

}  // namespace
}  // namespace wbverify
