#include "config/wandb_access.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/load.hpp"
#include "config/show.hpp"
#include "core/redactor.hpp"

namespace wbverify {
namespace {

using Kind = WandbAccess::Kind;

// Keys and a token that nobody has; the token ends in 2100.
const std::string key = "0f1e2d3c4b5a69788796a5b4c3d2e1f00a1b2c3d";
const std::string other = "d3c2b1a00f1e2d3c4b5a69788796a5b4c3d2e1f0";
const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDAsImRlcGxveW1lbnRJZCI6InRlc3QifQ.c2lnbmF0dXJl";

class Login : public testing::Test {
 protected:
  Login() {
    std::string name = (std::filesystem::temp_directory_path() / "wbverify-login-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    sources_.default_config_file = path("absent.yaml");
    sources_.environment = {{"HOME", folder_.string()}, {"HOST", "https://wandb.example.com"}};
  }
  ~Login() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, std::string_view text, unsigned mode = 0600) const {
    std::ofstream(path(name)) << text;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }
  /// Loads, and sees that no output has a key.
  Settings load() const {
    Settings settings = load_settings(sources_);
    const std::string all = render_settings(settings) + render_settings_json(settings);
    for (const std::string& secret : {key, other, token})
      EXPECT_EQ(all.find(secret.substr(0, 16)), std::string::npos) << all;
    return settings;
  }
  std::string refusal(int& status) const {
    try {
      load();
      status = 0;
      return "taken";
    } catch (const ConfigError& error) {
      status = error.exit_status();
      return error.what();
    }
  }
  /// `kind:cause` of all issues.
  static std::string issues(const Settings& settings) {
    std::string out;
    for (const auto& issue : settings.issues)
      out += (out.empty() ? "" : " ") + issue.setting + ":" + issue.kind + ":" + issue.cause;
    return out;
  }

  std::filesystem::path folder_;
  Sources sources_;
};

TEST_F(Login, IsAbsentWhereNothingIs) {
  const Settings settings = load();
  EXPECT_EQ(settings.wandb.kind, Kind::none);
  EXPECT_FALSE(settings.wandb.usable());
  EXPECT_EQ(settings.wandb.origin_setting, "");
  EXPECT_EQ(settings.scene.find("WANDB_API_KEY"), nullptr);
  EXPECT_EQ(issues(settings), "");
}

TEST_F(Login, ComesFromTheStrongestSource) {
  write(".netrc", "machine wandb.example.com login user password " + key + "\n");
  Settings settings = load();
  EXPECT_TRUE(settings.wandb.usable());
  EXPECT_EQ(settings.wandb.api_key.expose(), key);
  EXPECT_EQ(settings.wandb.shape, "legacy-40");
  EXPECT_EQ(settings.scene.find("WANDB_API_KEY")->value, "[redacted]");
  EXPECT_EQ(settings.scene.origin("WANDB_API_KEY"), "machine wandb.example.com in " + path(".netrc") + " line 1");
  EXPECT_EQ(settings.scene.change("WANDB_API_KEY", "KEY"),
            "In " + path(".netrc") + ", in the entry of line 1, write: password KEY");

  sources_.environment["WANDB_IDENTITY_TOKEN_FILE"] = write("token", token + "\n");
  settings = load();
  EXPECT_EQ(settings.wandb.kind, Kind::identity_token);
  EXPECT_EQ(settings.wandb.identity_token.expose(), token);
  EXPECT_EQ(settings.wandb.shape, "jwt");
  EXPECT_EQ(settings.wandb.origin_setting, "WANDB_IDENTITY_TOKEN_FILE");
  EXPECT_TRUE(settings.wandb.usable());
  EXPECT_EQ(Redactor::process().redact("x " + token), "x [redacted]");
  EXPECT_EQ(issues(settings), "");

  sources_.env_files = {write("wandb.env", "WANDB_API_KEY=local-" + key + "\n")};
  settings = load();
  EXPECT_EQ(settings.wandb.kind, Kind::api_key);
  EXPECT_EQ(settings.wandb.shape, "local-40");
  EXPECT_EQ(settings.scene.origin("WANDB_API_KEY"), "WANDB_API_KEY in " + path("wandb.env") + " line 1");
  EXPECT_EQ(issues(settings), "");

  sources_.environment["WANDB_API_KEY"] = key;
  settings = load();
  EXPECT_EQ(settings.scene.origin("WANDB_API_KEY"), "WANDB_API_KEY in the environment");
  EXPECT_EQ(settings.scene.change("WANDB_API_KEY", "KEY"), "In the environment of wbverify set: WANDB_API_KEY=KEY");
  EXPECT_EQ(issues(settings), "WANDB_IDENTITY_TOKEN_FILE:suspicious:two-logins WANDB_API_KEY:conflict:sources-differ");

  sources_.config_file = write("wbverify.yaml", "api_key_file: api-key\n");
  write("api-key", other + "\r\n\n");
  settings = load();
  EXPECT_EQ(settings.wandb.api_key.expose(), other);
  EXPECT_EQ(settings.scene.origin("WANDB_API_KEY"), "WANDB_API_KEY in " + path("api-key"));
  EXPECT_EQ(settings.scene.change("WANDB_API_KEY", "KEY"),
            "Write into " + path("api-key") + ", alone on its line: KEY");
  EXPECT_NE(render_settings(settings).find("api_key_file"), std::string::npos);

  sources_.api_key_file = write("mine", key);
  settings = load();
  EXPECT_EQ(settings.wandb.api_key.expose(), key);
  EXPECT_EQ(settings.scene.origin("WANDB_API_KEY"), "WANDB_API_KEY in " + path("mine"));
  EXPECT_NE(render_settings(settings).find(path("mine") + "   on the command line"), std::string::npos)
      << render_settings(settings);
}

TEST_F(Login, TakesAnEmptyVariableForNone) {
  write(".netrc", "machine wandb.example.com password " + key + "\n");
  sources_.environment["WANDB_API_KEY"] = "";
  sources_.environment["WANDB_IDENTITY_TOKEN_FILE"] = "";
  Settings settings = load();
  EXPECT_EQ(settings.wandb.api_key.expose(), key);
  EXPECT_EQ(issues(settings), "");
  sources_.env_files = {write("wandb.env", "WANDB_API_KEY=\n")};
  settings = load();
  EXPECT_EQ(settings.wandb.api_key.expose(), key);
  EXPECT_EQ(issues(settings), "");
}

TEST_F(Login, DoesNotUseTheKeyOfTheServerItself) {
  sources_.environment["GLOBAL_ADMIN_API_KEY"] = key;
  const Settings settings = load();
  EXPECT_EQ(settings.wandb.kind, Kind::none);
  EXPECT_TRUE(settings.wandb.api_key.empty());
}

TEST_F(Login, OfTheNetrcIsForTheHostAndPortThatAreWritten) {
  const struct {
    const char *host, *machine;
    bool found;
  } cases[] = {{"https://wandb.example.com", "wandb.example.com", true},
               {"https://WANDB.example.com/", "wandb.example.com", true},
               {"https://wandb.example.com:8443", "wandb.example.com:8443", true},
               {"https://wandb.example.com:8443", "wandb.example.com", false},
               {"https://wandb.example.com", "wandb.example.com:443", false},
               {"https://wandb.example.com:443", "wandb.example.com:443", true},
               {"https://wandb.example.com:443", "wandb.example.com", false},
               {"http://[2001:db8::5]:8080", "[2001:db8::5]:8080", true},
               {"http://[2001:db8::5]", "[2001:db8::5]", true},
               {"https://wandb.example.com", "api.wandb.ai", false},
               {"wandb.example.com", "wandb.example.com", false}};
  for (const auto& test : cases) {
    sources_.environment["HOST"] = test.host;
    write(".netrc", "machine " + std::string(test.machine) + " login user password " + key + "\n");
    const Settings settings = load();
    EXPECT_EQ(settings.wandb.usable(), test.found) << test.host << " " << test.machine;
    EXPECT_EQ(settings.wandb.netrc_machines,
              test.found ? std::vector<std::string>{} : std::vector<std::string>{test.machine});
  }
}

TEST_F(Login, OfTheNetrcIsNeverTheDefaultOne) {
  write(".netrc", "machine a.example.com password " + other +
                      "\nmachine b.example.com login only\ndefault login user password " + key + "\n");
  const Settings settings = load();
  EXPECT_EQ(settings.wandb.kind, Kind::none);
  EXPECT_EQ(settings.wandb.netrc_machines, std::vector<std::string>{"a.example.com"});
  EXPECT_TRUE(settings.wandb.same_key_for.empty());
}

TEST_F(Login, TellsWhichOtherServersHaveTheSameKey) {
  write(".netrc", "machine wandb.example.com password " + key + "\nmachine api.wandb.ai password " + key +
                      "\nmachine old.example.com password " + other + "\nmachine api.wandb.ai password " + key + "\n");
  EXPECT_EQ(load().wandb.same_key_for, std::vector<std::string>{"api.wandb.ai"});
  sources_.environment["WANDB_API_KEY"] = other;
  const Settings settings = load();
  EXPECT_EQ(settings.wandb.same_key_for, std::vector<std::string>{"old.example.com"});
  EXPECT_EQ(issues(settings), "") << "the netrc is only asked when nobody else has a key";
}

TEST_F(Login, FindsTheNetrcWhereClientsDo) {
  const std::string text = "machine wandb.example.com password " + key + "\n";
  write("_netrc", text);
  EXPECT_EQ(load().scene.find("WANDB_API_KEY")->file, path("_netrc"));
  write(".netrc", text);
  EXPECT_EQ(load().scene.find("WANDB_API_KEY")->file, path(".netrc"));
  sources_.environment["NETRC"] = write("named", text);
  EXPECT_EQ(load().scene.find("WANDB_API_KEY")->file, path("named"));
  sources_.environment["NETRC"] = "~/named";
  EXPECT_EQ(load().scene.find("WANDB_API_KEY")->file, path("named"));
  sources_.environment["NETRC"] = path("absent");
  Settings settings = load();
  EXPECT_EQ(settings.wandb.kind, Kind::none);
  EXPECT_EQ(issues(settings), "WANDB_API_KEY:suspicious:netrc-unreadable");
  sources_.environment["WANDB_API_KEY"] = key;
  EXPECT_EQ(issues(load()), "");
  sources_.environment = {{"HOST", "https://wandb.example.com"}};
  EXPECT_EQ(load().wandb.kind, Kind::none);
}

TEST_F(Login, RemarksWhatIsWrongWithTheNetrcOnlyWhenItIsUsed) {
  write(".netrc", "machine wandb.example.com password " + key + "\nmachine ftp.example.com password two words\n", 0644);
  Settings settings = load();
  EXPECT_TRUE(settings.wandb.usable());
  EXPECT_EQ(issues(settings), "WANDB_API_KEY:suspicious:readable-by-others WANDB_API_KEY:suspicious:netrc-malformed");
  EXPECT_NE(settings.issues[0].observed.find("mode 0644"), std::string::npos);
  EXPECT_NE(settings.issues[1].observed.find("line 2"), std::string::npos);
  sources_.environment["HOST"] = "https://elsewhere.example.com";
  EXPECT_EQ(issues(load()), "");
  sources_.environment["HOST"] = "https://wandb.example.com";
  write(".netrc", "machine wandb.example.com login user\n");
  EXPECT_EQ(issues(load()), "WANDB_API_KEY:suspicious:netrc-without-password");
  std::filesystem::remove(path(".netrc"));
  std::filesystem::create_directory(path(".netrc"));
  EXPECT_EQ(issues(load()), "WANDB_API_KEY:suspicious:netrc-unreadable");
}

TEST_F(Login, WithAMalformedKeyIsKnownAndNotUsable) {
  for (const std::string& text : {"\"" + key + "\"", "WANDB_API_KEY=" + key, key.substr(0, 30), "<" + key + ">"}) {
    sources_.environment["WANDB_API_KEY"] = text;
    const Settings settings = load();
    EXPECT_EQ(settings.wandb.kind, Kind::api_key);
    EXPECT_FALSE(settings.wandb.usable());
    EXPECT_TRUE(settings.wandb.api_key.empty());
    ASSERT_EQ(settings.issues.size(), 1U);
    EXPECT_EQ(settings.issues[0].kind, "malformed");
    EXPECT_EQ(settings.scene.find("WANDB_API_KEY")->value, "[redacted]");
  }
  EXPECT_EQ(Redactor::process().redact("x" + key + "y"), "x[redacted]y");
  for (const char* text : {"YOUR_API_KEY", "<api-key>", "$WANDB_API_KEY", "${{ secrets.WANDB_API_KEY }}", "********",
                           "xxxxxxxxxxxxxxxx"}) {
    sources_.environment["WANDB_API_KEY"] = text;
    const Settings settings = load();
    EXPECT_FALSE(settings.wandb.usable());
    ASSERT_EQ(settings.issues.size(), 1U) << text;
    EXPECT_EQ(settings.issues[0].kind, "placeholder") << text;
  }
}

TEST_F(Login, KeyFilesAreLookedAtClosely) {
  sources_.api_key_file = write("api-key", key + "\n", 0640);
  EXPECT_EQ(issues(load()), "WANDB_API_KEY:suspicious:readable-by-others");
  sources_.environment["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
  EXPECT_EQ(issues(load()), "") << "a Secret that is mounted into a pod";
  sources_.environment.erase("KUBERNETES_SERVICE_HOST");
  const std::pair<std::string, std::string> cases[] = {{key + " \n", "surrounding-blanks"},
                                                       {key + "\n" + other + "\n", "line-end"},
                                                       {"WANDB_API_KEY=" + key + "\n", "name-pasted"},
                                                       {"\"" + key + "\"\n", "quoted"}};
  for (const auto& [text, cause] : cases) {
    write("api-key", text);
    EXPECT_EQ(issues(load()), "WANDB_API_KEY:malformed:" + cause);
  }
  int status = 0;
  write("api-key", "\n\n");
  EXPECT_EQ(refusal(status),
            path("api-key") + " (--api-key-file): the file is empty; it holds the API key alone, on one line.");
  EXPECT_EQ(status, 78);
  sources_.api_key_file = path("absent");
  EXPECT_EQ(refusal(status),
            path("absent") + ": the file of the API key (--api-key-file) cannot be read: no such file.");
  EXPECT_EQ(status, 77);
  sources_.api_key_file = folder_.string();
  refusal(status);
  EXPECT_EQ(status, 77);
  sources_.api_key_file.clear();
  sources_.config_file = write("wbverify.yaml", "# x\napi_key_file: absent\n");
  EXPECT_EQ(refusal(status), path("absent") + ": the file of the API key (api_key_file in " + path("wbverify.yaml") +
                                 " line 2) cannot be read: no such file.");
  EXPECT_EQ(status, 77);
  sources_.config_file.clear();
  sources_.api_key_file = "/dev/zero";
  refusal(status);
  EXPECT_EQ(status, 78);
}

TEST_F(Login, TokenFilesAreLookedAtClosely) {
  int status = 0;
  sources_.environment["WANDB_IDENTITY_TOKEN_FILE"] = path("absent");
  EXPECT_EQ(refusal(status),
            path("absent") +
                ": the identity token (WANDB_IDENTITY_TOKEN_FILE in the environment) cannot be read: no such file.");
  EXPECT_EQ(status, 77);
  sources_.environment["WANDB_IDENTITY_TOKEN_FILE"] = write("token", "  " + token + "\n\n", 0644);
  Settings settings = load();
  EXPECT_TRUE(settings.wandb.usable());
  EXPECT_EQ(issues(settings), "WANDB_IDENTITY_TOKEN_FILE:suspicious:readable-by-others");
  EXPECT_EQ(settings.scene.find("WANDB_IDENTITY_TOKEN_FILE")->value, path("token"));
  for (const auto& [text, cause] :
       {std::pair(std::string(), "empty"), std::pair(R"({"id_token":")" + token + "\"}", "json-document"),
        std::pair(key, "not-a-token")}) {
    write("token", text);
    settings = load();
    EXPECT_FALSE(settings.wandb.usable());
    EXPECT_TRUE(settings.wandb.identity_token.empty());
    EXPECT_EQ(settings.wandb.kind, Kind::identity_token);
    EXPECT_EQ(issues(settings), std::string("WANDB_IDENTITY_TOKEN_FILE:malformed:") + cause);
  }
  sources_.environment.erase("WANDB_IDENTITY_TOKEN_FILE");
  sources_.env_files = {write("wandb.env", "WANDB_IDENTITY_TOKEN_FILE=/var/run/secrets/absent/token\n")};
  settings = load();
  EXPECT_EQ(issues(settings), "WANDB_IDENTITY_TOKEN_FILE:malformed:unreadable") << "a path of another container";
  sources_.environment["WANDB_API_KEY"] = key;
  EXPECT_EQ(issues(load()), "") << "what is not used is not looked at";
}

TEST_F(Login, AKeyGivenForAFileIsNotShown) {
  int status = 0;
  for (const std::string& text : {key, "local-" + key, token}) {
    sources_.api_key_file = text;
    EXPECT_TRUE(refusal(status).starts_with("--api-key-file: what is given there looks like an API key"))
        << refusal(status);
    EXPECT_EQ(status, 78);
    sources_.api_key_file.clear();
    sources_.config_file = write("wbverify.yaml", "api_key_file: " + text + "\n");
    EXPECT_TRUE(refusal(status).starts_with("api_key_file in " + path("wbverify.yaml") + " line 1: what"))
        << refusal(status);
    sources_.config_file.clear();
    sources_.environment["WANDB_IDENTITY_TOKEN_FILE"] = text;
    EXPECT_EQ(issues(load()), "WANDB_IDENTITY_TOKEN_FILE:malformed:not-a-file");
    sources_.environment.erase("WANDB_IDENTITY_TOKEN_FILE");
  }
  write(key, key);
  sources_.api_key_file = path(key);
  EXPECT_TRUE(load_settings(sources_).wandb.usable()) << "a file may have any name";
}

TEST_F(Login, WorksWhereItIsTold) {
  sources_.config_file = write("wbverify.yaml", "entities: [vision, nlp, vision]\ndeep: true\n");
  Settings settings = load();
  EXPECT_EQ(settings.wandb.entities, (std::vector<std::string>{"vision", "nlp"}));
  EXPECT_TRUE(settings.wandb.deep);
  const std::string shown = render_settings(settings);
  EXPECT_NE(shown.find("entities"), std::string::npos) << shown;
  EXPECT_NE(shown.find("wbverify.yaml line 2"), std::string::npos) << shown;
  sources_.entities = {"speech"};
  settings = load();
  EXPECT_EQ(settings.wandb.entities, std::vector<std::string>{"speech"});
  EXPECT_NE(render_settings(settings).find("--entity"), std::string::npos);
  sources_.config_file.clear();
  sources_.entities.clear();
  settings = load();
  EXPECT_TRUE(settings.wandb.entities.empty());
  EXPECT_FALSE(settings.wandb.deep);
  sources_.deep = true;
  EXPECT_TRUE(load().wandb.deep);
}

}  // namespace
}  // namespace wbverify
