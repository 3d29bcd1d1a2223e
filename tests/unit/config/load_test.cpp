#include "config/load.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "config/show.hpp"
#include "core/redactor.hpp"

namespace wbverify {
namespace {

// A certificate of a test authority, generated for this test with openssl req -x509; it secures nothing.
constexpr std::string_view certificate = R"(-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUd3J2HWZ6p0xv0uGmXQJb2oQ0pF0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJdGVzdC1yb290MB4XDTI2MDEwMTAwMDAwMFoXDTM2MDEwMTAw
MDAwMFowFDESMBAGA1UEAwwJdGVzdC1yb290MFkwEwYHKoZIzj0CAQYIKoZIzj0D
-----END CERTIFICATE-----
)";

class Load : public testing::Test {
 protected:
  Load() {
    std::string name = (std::filesystem::temp_directory_path() / "wbverify-load-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    sources_.default_config_file = path("absent.yaml");
  }
  ~Load() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, std::string_view text, unsigned mode = 0600) const {
    std::ofstream(path(name)) << text;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }
  Settings load() const { return load_settings(sources_); }
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
  static std::vector<std::string> causes(const Settings& settings, const std::string& setting) {
    std::vector<std::string> out;
    for (const auto& issue : settings.issues) {
      if (issue.setting == setting) out.push_back(issue.kind + ":" + issue.cause);
    }
    return out;
  }

  std::filesystem::path folder_;
  Sources sources_;
};

TEST_F(Load, FindsNothingWhereNothingIs) {
  sources_.run_id = "0123456789abcdef";
  sources_.started = 5;
  const Settings settings = load();
  EXPECT_TRUE(settings.scene.settings.empty());
  EXPECT_TRUE(settings.issues.empty());
  EXPECT_FALSE(settings.host || settings.mysql || settings.bucket);
  EXPECT_EQ(settings.scene.run_id, "0123456789abcdef");
  EXPECT_EQ(settings.scene.started, 5);
  EXPECT_EQ(settings.http_port, 80);
}

TEST_F(Load, TakesTheStrongestSourceAndKeepsItsOrigin) {
  write("wandb.env", "HOST=https://from-yaml-env.example.com\nAWS_REGION=eu-west-1\n");
  sources_.config_file = write("wbverify.yaml", "settings:\n  HOST: https://from-yaml.example.com\n  BUCKET: s3://from-yaml\nenv_file: wandb.env\n");
  sources_.env_files = {write("second.env", "# x\nHOST=https://from-flag-env.example.com\n")};
  sources_.environment = {{"HOST", "https://from-environment.example.com"}, {"PATH", "/bin"}};
  const Settings settings = load();
  EXPECT_EQ(settings.host->host, "from-environment.example.com");
  EXPECT_EQ(settings.scene.origin("HOST"), "HOST in the environment");
  EXPECT_EQ(settings.scene.origin("BUCKET"), "BUCKET in " + path("wbverify.yaml") + " line 3");
  EXPECT_EQ(settings.scene.origin("AWS_REGION"), "AWS_REGION in " + path("wandb.env") + " line 2");
  EXPECT_EQ(settings.scene.find("PATH"), nullptr);
  EXPECT_EQ(causes(settings, "HOST"), std::vector<std::string>{"conflict:sources-differ"});
  const auto& conflict = settings.issues.front();
  for (const char* part : {"HOST in the environment (https://from-environment.example.com) counts", "wbverify.yaml line 2 (https://from-yaml.example.com)", "wandb.env line 1", "second.env line 2"}) {
    EXPECT_NE(conflict.observed.find(part), std::string::npos) << conflict.observed;
  }
  EXPECT_EQ(settings.scene.home, path("second.env"));
  EXPECT_EQ(settings.env_files, (std::vector<std::string>{path("wandb.env"), path("second.env")}));

  sources_.environment.clear();
  EXPECT_EQ(load().host->host, "from-flag-env.example.com");
  sources_.env_files.clear();
  EXPECT_EQ(load().host->host, "from-yaml-env.example.com");
}

TEST_F(Load, DoesNotCallEqualValuesAConflict) {
  sources_.env_files = {write("a.env", "HOST=https://a.example.com\nGORILLA_FRONTEND_HOST=https://a.example.com\nHOST=https://a.example.com\n")};
  sources_.environment = {{"HOST", "https://a.example.com"}};
  EXPECT_TRUE(load().issues.empty());
}

TEST_F(Load, NamesBothPlacesOfAConflictAndNeverASecret) {
  sources_.env_files = {write("a.env", "MYSQL=mysql://u:first-secret@h/d\nGORILLA_METADATA_STORE=mysql://u:second-secret@h/d\nSLACK_SECRET=third-secret\nSLACK_SECRET=fourth-secret\n")};
  const Settings settings = load();
  EXPECT_EQ(causes(settings, "MYSQL"), std::vector<std::string>{"conflict:aliases-differ"});
  EXPECT_EQ(causes(settings, "SLACK_SECRET"), std::vector<std::string>{"conflict:repeated"});
  EXPECT_EQ(settings.mysql->password.expose(), "first-secret") << "in one file the proper name counts";
  const std::string all = render_settings(settings) + render_settings_json(settings);
  for (const char* secret : {"first-secret", "second-secret", "third-secret", "fourth-secret"}) EXPECT_EQ(all.find(secret), std::string::npos) << all;
  EXPECT_NE(all.find("a.env line 2"), std::string::npos);
}

TEST_F(Load, KnowsAliasesAndTheMisprint) {
  sources_.env_files = {write("a.env", "GORILLA_FILE_STORE=az://account/container\nZURE_STORAGE_KEY=" + std::string(86, 'A') + "==\nGORILLA_LICENSE=x\n")};
  const Settings settings = load();
  ASSERT_TRUE(settings.bucket);
  EXPECT_EQ(settings.scene.origin("BUCKET"), "GORILLA_FILE_STORE in " + path("a.env") + " line 1");
  EXPECT_FALSE(settings.bucket->secret_key.empty()) << "the key under its misprint is used";
  EXPECT_EQ(causes(settings, "AZURE_STORAGE_KEY"), std::vector<std::string>{"malformed:misprinted-name"});
  EXPECT_EQ(causes(settings, "LICENSE"), std::vector<std::string>{"malformed:not-three-parts"});
}

TEST_F(Load, RemarksNamesThatResembleASetting) {
  sources_.env_files = {write("a.env", "BUCKET_QEUE=internal://\nmysql=mysql://u:the-secret@h/d\nMY_OWN=1\nTZ=UTC\nHOST=https://a.example.com\n")};
  const Settings settings = load();
  EXPECT_EQ(causes(settings, "BUCKET_QEUE"), std::vector<std::string>{"suspicious:misspelt-name"});
  EXPECT_EQ(causes(settings, "mysql"), std::vector<std::string>{"suspicious:misspelt-name"});
  EXPECT_EQ(settings.issues.size(), 2U);
  EXPECT_EQ(settings.scene.find("mysql")->value, "mysql://u:[redacted]@h/d");
  EXPECT_EQ(settings.scene.find("MY_OWN"), nullptr);
}

TEST_F(Load, ExpandsReferencesOfTheChart) {
  sources_.env_files = {write("a.env",
                              "MYSQL_USER=wandb\nMYSQL_PASSWORD=chart%2Fsecret\nMYSQL_HOST=db\nMYSQL_PORT=3307\nMYSQL_DATABASE=wandb_local\n"
                              "MYSQL=mysql://$(MYSQL_USER):$(MYSQL_PASSWORD)@$(MYSQL_HOST):$(MYSQL_PORT)/$(MYSQL_DATABASE)?tls=preferred\nREDIS=redis://$(REDIS_HOST):6379\n")};
  const Settings settings = load();
  ASSERT_TRUE(settings.mysql);
  EXPECT_EQ(settings.mysql->password.expose(), "chart/secret");
  EXPECT_EQ(settings.mysql->port, 3307);
  EXPECT_EQ(settings.scene.find("MYSQL")->value, "mysql://wandb:[redacted]@db:3307/wandb_local?tls=preferred");
  EXPECT_EQ(causes(settings, "REDIS"), std::vector<std::string>{"placeholder:unexpanded-reference"});
  EXPECT_FALSE(settings.redis);
}

TEST_F(Load, ReportsWhoElseMayUseTheFiles) {
  const auto cause = [&](const std::string& text, unsigned mode, bool as_environment = true) -> std::string {
    sources_.env_files.clear();
    sources_.config_file.clear();
    if (as_environment) {
      sources_.env_files = {write("a.env", text, mode)};
    } else {
      sources_.config_file = write("wbverify.yaml", text, mode);
    }
    const Settings settings = load();
    for (const auto& issue : settings.issues) {
      if (issue.kind == "permissions") return issue.cause;
    }
    return "";
  };
  const std::string secret = "MYSQL=mysql://u:8f14e45fceea167a@db/w\n", open = "AWS_REGION=us-east-1\n";
  EXPECT_EQ(cause(secret, 0600), "");
  EXPECT_EQ(cause(secret, 0640), "");
  EXPECT_EQ(cause(secret, 0644), "readable-by-others");
  EXPECT_EQ(cause(open, 0644), "");
  for (const unsigned mode : {0620U, 0602U, 0666U, 0777U}) EXPECT_EQ(cause(open, mode), "writable-by-others") << mode;
  EXPECT_EQ(cause("deep: true\n", 0644, false), "");
  EXPECT_EQ(cause("deep: true\n", 0664, false), "writable-by-others");
  EXPECT_EQ(cause("settings:\n  OIDC_SECRET: 8f14e45fceea167a\n", 0644, false), "readable-by-others");
  sources_.environment = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}};
  EXPECT_EQ(cause(secret, 0666), "") << "a container's own, mounted";
}

TEST_F(Load, SaysOnlyThatAPlaceholderIsOne) {
  sources_.env_files = {write("a.env", "HOST=https://YOUR_DNS_DOMAIN\nMYSQL=mysql://wandb_local:SOME_PASSWORD@db/wandb_local\nBUCKET=s3://<bucket-name>\nLICENSE=xxxxxxxxxxyyyyyyyyyyyzzzzzzz\n")};
  const Settings settings = load();
  ASSERT_EQ(settings.issues.size(), 4U);
  for (const auto& issue : settings.issues) {
    EXPECT_EQ(issue.kind, "placeholder");
    EXPECT_GT(issue.column, 0);
  }
  EXPECT_FALSE(settings.host || settings.mysql || settings.bucket || settings.license);
  EXPECT_NE(render_settings(settings).find("SOME_PASSWORD from an example"), std::string::npos);
}

TEST_F(Load, KnowsEverySecretOfAList) {
  sources_.environment = {{"GORILLA_SUPPORTED_FILE_STORES", "s3://AK:one-secret@a:9000/b,s3://AK:two-secret@c:9000/d,cw://"}};
  const Settings settings = load();
  EXPECT_EQ(Redactor::process().redact("x one-secret y two-secret z"), "x [redacted] y [redacted] z");
  EXPECT_EQ(settings.scene.find("GORILLA_SUPPORTED_FILE_STORES")->value.find("secret"), std::string::npos);
}

TEST_F(Load, SetsEmptyValuesAsideInSilence) {
  sources_.env_files = {write("a.env", "HOST=\nREDIS=\n")};
  const Settings settings = load();
  EXPECT_TRUE(settings.issues.empty());
  EXPECT_FALSE(settings.host);
  EXPECT_EQ(settings.scene.find("HOST")->value, "");
}

TEST_F(Load, IgnoresTheHostThatAShellExports) {
  std::array<char, 256> name{};
  ASSERT_EQ(::gethostname(name.data(), name.size() - 1), 0);
  sources_.environment = {{"HOST", name.data()}};
  EXPECT_EQ(load().scene.find("HOST"), nullptr);
  sources_.environment = {{"HOST", "node7.corp.example.com"}, {"HOSTNAME", "node7.corp.example.com"}};
  EXPECT_EQ(load().scene.find("HOST"), nullptr);
  sources_.environment = {{"HOST", "wandb.example.com"}};
  EXPECT_EQ(causes(load(), "HOST"), std::vector<std::string>{"malformed:no-scheme"});
}

TEST_F(Load, PutsTheBucketTogetherFromSeveralSettings) {
  sources_.env_files = {write("a.env", "BUCKET=s3://wandb-files\n")};
  sources_.environment = {{"AWS_REGION", "eu-west-1"}, {"AWS_ACCESS_KEY_ID", "AKIA1"}, {"AWS_SECRET_ACCESS_KEY", "env-aws-secret"}};
  const Settings settings = load();
  EXPECT_EQ(settings.bucket->region, "eu-west-1");
  EXPECT_EQ(settings.bucket->access_key, "AKIA1");
  sources_.environment["AWS_REGION"] = "<region>";
  EXPECT_FALSE(load().bucket->region_is_set);
}

TEST_F(Load, ReadsItsOwnSettings) {
  write("ca.pem", certificate);
  sources_.config_file = write("wbverify.yaml", "ca_file: ca.pem\ndns_server: 10.0.0.2\nhttp_port: 8080\n");
  sources_.ca_files = {path("ca.pem"), write("more.pem", certificate)};
  const Settings settings = load();
  EXPECT_EQ(settings.ca_files, (std::vector<std::string>{path("ca.pem"), path("more.pem")}));
  EXPECT_EQ(settings.dns_server, "10.0.0.2:53");
  EXPECT_EQ(settings.http_port, 8080);
  sources_.dns_server = "127.0.0.1:5353";
  EXPECT_EQ(load().dns_server, "127.0.0.1:5353");
}

TEST_F(Load, TrustsEverywhereOnlyWhatIsMeantForEverything) {
  const std::string mysql = write("mysql.pem", certificate), redis = write("redis.pem", certificate), general = write("general.pem", certificate);
  sources_.env_files = {write("a.env", "MYSQL=mysql://u:the-secret@h/d?tls=custom&ssl-ca=" + mysql + "\nREDIS=redis://r?tls=true&caCertPath=" + redis + "\n")};
  EXPECT_TRUE(load().ca_files.empty());
  EXPECT_EQ(load().mysql->ca_file, mysql);
  EXPECT_EQ(load().redis->ca_file, redis);
  sources_.environment = {{"SSL_CERT_FILE", general}};
  EXPECT_EQ(load().ca_files, std::vector<std::string>{general});
  sources_.environment = {{"SSL_CERT_FILE", write("empty.pem", "nothing")}};
  EXPECT_TRUE(load().ca_files.empty());
}

TEST_F(Load, EndsWith77OrWith78) {
  int status = 0;
  sources_.config_file = path("absent.yaml");
  EXPECT_EQ(refusal(status), path("absent.yaml") + ": the configuration file cannot be read: no such file.");
  EXPECT_EQ(status, 77);
  sources_.config_file = folder_.string();
  EXPECT_EQ(refusal(status), folder_.string() + ": the configuration file cannot be read: it is a directory.");
  EXPECT_EQ(status, 77);
  sources_.config_file = write("a.yaml", "env_file: absent.env\n");
  EXPECT_EQ(refusal(status), path("absent.env") + ": the environment file cannot be read: no such file.");
  EXPECT_EQ(status, 77);
  sources_.config_file.clear();
  sources_.ca_files = {path("absent.pem")};
  EXPECT_EQ(refusal(status), path("absent.pem") + ": the file of certificate authorities (--ca-file) cannot be read: no such file.");
  EXPECT_EQ(status, 77);
  sources_.ca_files = {write("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")};
  EXPECT_EQ(refusal(status), path("key.pem") + " (--ca-file): not a PEM file of certificate authorities: it holds a private key and no certificate.");
  EXPECT_EQ(status, 78);
  sources_.ca_files.clear();
  sources_.dns_server = "dns.example.com";
  EXPECT_NE(refusal(status).find("--dns-server dns.example.com"), std::string::npos);
  EXPECT_EQ(status, 78);
}

TEST_F(Load, TakesTheDefaultFileOnlyWhenItIsThere) {
  sources_.default_config_file = write("default.yaml", "settings: {HOST: https://a.example.com}\n");
  EXPECT_EQ(load().scene.origin("HOST"), "HOST in " + path("default.yaml") + " line 1");
  sources_.default_config_file = write("default.yaml", "nonsense\n");
  int status = 0;
  refusal(status);
  EXPECT_EQ(status, 78);
}

TEST_F(Load, GivesOneErrorForTenMegabytesOfAnything) {
  std::string garbage(10U << 20, '\0');
  std::uint32_t state = 1;
  for (char& c : garbage) c = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
  std::string lines;
  while (lines.size() < garbage.size()) lines += "NAME=value\n";
  for (const std::string& text : {garbage, lines, std::string(10U << 20, 'x'), std::string(10U << 20, '\n')}) {
    const std::string file = write("big", text);
    int status = 0;
    sources_.env_files = {file};
    sources_.config_file.clear();
    EXPECT_TRUE(refusal(status).starts_with(file + " line 1"));
    EXPECT_EQ(status, 78);
    sources_.env_files.clear();
    sources_.config_file = file;
    EXPECT_TRUE(refusal(status).starts_with(file + " line 1"));
    EXPECT_EQ(status, 78);
  }
}

TEST_F(Load, DoesNotHangOnADeviceOrAPipe) {
  int status = 0;
  sources_.env_files = {"/dev/zero"};
  refusal(status);
  EXPECT_EQ(status, 78);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  sources_.env_files = {path("pipe")};
  refusal(status);
  EXPECT_EQ(status, 77);
  sources_.env_files = {"/dev/null"};
  EXPECT_EQ(refusal(status), "taken");
}

}  // namespace
}  // namespace wbverify
