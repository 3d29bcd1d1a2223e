#include "config/mysql_url.hpp"

#include <gtest/gtest.h>

#include "config/url.hpp"
#include "parse.hpp"

namespace wbverify {
namespace {

Parsed<MysqlTarget> mysql(const std::string& text) { return parse<MysqlTarget>(parse_mysql_url, text, "MYSQL"); }

TEST(MysqlUrl, IsTakenApartAsEveryProducerWritesIt) {
  const struct {
    const char *text, *scheme, *user, *password, *host;
    int port;
    const char* database;
    MysqlTls tls;
  } cases[] = {
      // the documents and the bundled container
      {"mysql://wandb_local:some-pw@127.0.0.1:3306/wandb_local", "mysql", "wandb_local", "some-pw", "127.0.0.1", 3306, "wandb_local", MysqlTls::off},
      {"mysql://wandb:some-pw@db.example.com/wandb_local", "mysql", "wandb", "some-pw", "db.example.com", 3306, "wandb_local", MysqlTls::off},
      // the chart
      {"mysql://wandb:some-pw@db:3307/wandb_local?tls=preferred", "mysql", "wandb", "some-pw", "db", 3307, "wandb_local", MysqlTls::preferred},
      // the operator, which encodes as Go does
      {"mysql://wandb:p%40ss%2Fw%23rd%25@db:3306/wandb_local?tls=true", "mysql", "wandb", "p@ss/w#rd%", "db", 3306, "wandb_local", MysqlTls::verify},
      {"mysql://wandb:some-pw@db:3306/wandb_local?tls=skip-verify", "mysql", "wandb", "some-pw", "db", 3306, "wandb_local", MysqlTls::skip_verify},
      {"mysql://wandb:some-pw@db:3306/wandb_local?tls=false", "mysql", "wandb", "some-pw", "db", 3306, "wandb_local", MysqlTls::off},
      {"mysql://wandb:some-pw@db:3306/wandb_local?tls=custom&ssl-ca=%2Fetc%2Fca.pem", "mysql", "wandb", "some-pw", "db", 3306, "wandb_local", MysqlTls::custom},
      // Azure's single server
      {"mysql://wandb%40myserver:some-pw@myserver.mysql.database.azure.com/wandb", "mysql", "wandb@myserver", "some-pw", "myserver.mysql.database.azure.com", 3306, "wandb", MysqlTls::off},
      // Google's module
      {"cloudsql://wandb:some-pw@10.0.0.5/wandb_local", "cloudsql", "wandb", "some-pw", "10.0.0.5", 3306, "wandb_local", MysqlTls::off},
      {"cloudsql-replica://wandb:some-pw@10.0.0.5/wandb_local", "cloudsql-replica", "wandb", "some-pw", "10.0.0.5", 3306, "wandb_local", MysqlTls::off},
      {"mysql-replica://wandb:some-pw@db/wandb_local", "mysql-replica", "wandb", "some-pw", "db", 3306, "wandb_local", MysqlTls::off},
      // what Go takes
      {"MYSQL://wandb:some-pw@DB/wandb_local", "mysql", "wandb", "some-pw", "db", 3306, "wandb_local", MysqlTls::off},
      {"mysql://wandb:so=me&p!w$@db/wandb_local", "mysql", "wandb", "so=me&p!w$", "db", 3306, "wandb_local", MysqlTls::off},
      {"mysql://wandb@db/wandb_local", "mysql", "wandb", "", "db", 3306, "wandb_local", MysqlTls::off},
      {"mysql://wandb:@db/wandb_local", "mysql", "wandb", "", "db", 3306, "wandb_local", MysqlTls::off},
      {"mysql://wandb:some-pw@[2001:db8::5]:3306/wandb%20local", "mysql", "wandb", "some-pw", "2001:db8::5", 3306, "wandb local", MysqlTls::off},
      {"mysql://wandb:some-pw@my_db/wandb_local", "mysql", "wandb", "some-pw", "my_db", 3306, "wandb_local", MysqlTls::off}};
  for (const auto& test : cases) {
    const auto out = mysql(test.text);
    ASSERT_TRUE(out.target) << test.text << "\n" << out.text();
    EXPECT_TRUE(out.issues.empty()) << test.text << " " << out.first();
    EXPECT_EQ(out.target->scheme, test.scheme);
    EXPECT_EQ(out.target->user, test.user);
    EXPECT_EQ(out.target->password.expose(), test.password);
    EXPECT_EQ(out.target->host, test.host);
    EXPECT_EQ(out.target->port, test.port);
    EXPECT_EQ(out.target->database, test.database);
    EXPECT_EQ(out.target->tls, test.tls);
  }
  EXPECT_TRUE(mysql("mysql://u:some-pw@h/d?tls=custom&ssl-ca=/etc/ca@home.pem").target);
  EXPECT_EQ(mysql("mysql://u:some-pw@h/d?tls=custom&ssl-ca=/ca&ssl-cert=/cert&ssl-key=/key").target->key_file, "/key");
}

TEST(MysqlUrl, IsTakenWithARemark) {
  for (const Remarked& test : {Remarked{"mysql://wandb:so+me-pw@db/wandb_local", "plus-in-password@17"}, {"mysql://wandb:so@me-pw@db/wandb_local", "reserved-in-password@17"},
                               {"mysql://wandb:so:me-pw@db/wandb_local", "reserved-in-password@17"}, {"mysql://u:some-pw@h/d?parseTime=true", "unknown-parameter@23"},
                               {"mysql://u:some-pw@h/d?tls=true&ssl-ca=/ca", "ca-ignored@32"}, {"mysql://u:some-pw@h/d?ssl-ca=/ca", "ca-ignored@23"}, {"mysql://u:some-pw@h/d?tsl=true", "unknown-parameter@23"}}) {
    const auto out = mysql(test.text);
    EXPECT_TRUE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
    EXPECT_EQ(out.kind(), "suspicious");
  }
  EXPECT_NE(mysql("mysql://u:some-pw@h/d?tsl=true").text().find("Write tls."), std::string::npos);
}

TEST(MysqlUrl, IsRefused) {
  for (const Refused& test :
       {Refused{"wandb:some-pw@db.example.com/wandb_local", "no-scheme@1"}, {"db.example.com:3306", "no-scheme@1"}, {"wandb_local", "no-scheme@1"}, {"//u:some-pw@h/d", "no-scheme@1"},
        {"mariadb://u:some-pw@h/d", "unknown-scheme@1"}, {"postgres://u:some-pw@h/d", "unknown-scheme@1"}, {"mysql2://u:some-pw@h/d", "unknown-scheme@1"}, {"jdbc:mysql://h/d?user=u", "jdbc-url@1"},
        {"u:some-pw@tcp(h:3306)/d", "driver-dsn@1"}, {"mysql://u:some-pw@tcp(h:3306)/d", "driver-dsn@1"}, {"mysql:u:some-pw@h/d", "no-slashes@6"}, {"mysql:/u:some-pw@h/d", "no-slashes@6"},
        {"mysql://h/d", "no-user@9"}, {"mysql://@h/d", "no-user@9"}, {"mysql://:some-pw@h/d", "no-user@9"}, {"mysql://u:some-pw@/d", "no-host@19"}, {"mysql://u:some-pw@:3306/d", "no-host@19"},
        {"mysql://u:some-pw@h", "no-database@20"}, {"mysql://u:some-pw@h/", "no-database@20"}, {"mysql://u:some-pw@h?tls=true", "no-database@20"}, {"mysql://u:some-pw@h/d/e", "bad-database@21"},
        {"mysql://u:some-pw@h/d%2", "bad-database@21"}, {"mysql://u:some-pw@h:x/d", "bad-port@21"}, {"mysql://u:some-pw@h:70000/d", "bad-port@21"}, {"mysql://u:some-pw@h h/d", "bad-host@19"},
        {"mysql://u:some-pw@2001:db8::5/d", "ipv6-without-brackets@19"},
        // raw reserved characters
        {"mysql://u:so/me-pw@h:3306/d", "password-not-encoded@13"}, {"mysql://u:12/me-pw@h:3306/d", "password-not-encoded@13"}, {"mysql://u:so?me-pw@h/d", "password-not-encoded@13"},
        {"mysql://u:so#me-pw@h/d", "password-not-encoded@13"}, {"mysql://u:so@me/pw@h/d", "password-not-encoded@16"}, {"mysql://u:so<me>pw@h/d", "password-not-encoded@13"},
        {"mysql://u:so[me]pw@h/d", "password-not-encoded@13"}, {"mysql://u:so^me|pw@h/d", "password-not-encoded@13"}, {"mysql://u:so\"me\\pw@h/d", "password-not-encoded@13"},
        {"mysql://u:so{me}pw@h/d", "password-not-encoded@13"}, {"mysql://u:so me-pw@h/d", "password-not-encoded@13"}, {"mysql://u:söme-pw@h/d", "password-not-encoded@12"}, {"mysql://ü:some-pw@h/d", "user-not-encoded@9"},
        {"mysql://us/er:some-pw@h/d", "password-not-encoded@11"}, {"mysql://u:some@/+#%@h:3306/d", "password-not-encoded@16"}, {"mysql://u:some@?x@h:3306/d", "password-not-encoded@16"}, {"mysql://u:so@me#x@h/d", "password-not-encoded@16"}, {"mysql://u:so%me-pw@h/d", "bad-escape@13"}, {"mysql://u:some-pw%@h/d", "bad-escape@18"}, {"mysql://u:some%4@h/d", "bad-escape@15"},
        {"mysql://u:some%00pw@h/d", "bad-escape@9"}, {"mysql://u:some-pw@h/d#x", "fragment@22"},
        // parameters
        {"mysql://u:some-pw@h/d?tls=yes", "bad-tls-value@27"}, {"mysql://u:some-pw@h/d?tls=True", "bad-tls-value@27"}, {"mysql://u:some-pw@h/d?tls", "bad-tls-value@26"}, {"mysql://u:some-pw@h/d?tls=custom", "tls-custom-without-ca@23"},
        {"mysql://u:some-pw@h/d?tls=custom&ssl-ca=/c&ssl-key=/k", "half-a-client-certificate@44"}, {"mysql://u:some-pw@h/d?tls=%zz", "bad-escape@23"},
        // surface
        {"\"mysql://u:some-pw@h/d\"", "quoted@1"}, {"mysql://u:some-pw@h/d ", "surrounding-blanks@22"}, {"mysql://u:some\tpw@h/d", "control-character@15"}}) {
    const auto out = mysql(test.text);
    EXPECT_FALSE(out.target) << test.text;
    EXPECT_EQ(out.first(), test.issue) << test.text;
    EXPECT_EQ(out.kind(), "malformed");
    EXPECT_FALSE(out.issues.front().expected.empty());
    EXPECT_FALSE(out.issues.front().example.empty()) << test.text;
  }
}

TEST(MysqlUrl, NeverShowsThePassword) {
  for (const char* text : {"mysql://wandb:Tr0ub4dor@db/x", "mysql://wandb:Tr0ub4dor/3@db/x", "wandb:Tr0ub4dor@db/x", "mysql://wandb:Tr0ub4dor%@db/x", "mysql://wandb:Tr0ub4dor", "wandb:Tr0ub4dor",
                           "mysql://wandb:Tr0ub4dor#x@db/x", "mysql://wandb:Tr0ub4dor@db/x?tls=maybe", "mysql://wandb:Tr0ub4dor@tcp(db)/x", "mariadb://wandb:Tr0ub4dor@db/x", "mysql:wandb:Tr0ub4dor@db/x",
                           "mysql://wandb:Tr0ub4dor@d b/x", "jdbc:mysql://wandb:Tr0ub4dor@db/x"}) {
    EXPECT_EQ(mysql(text).text().find("Tr0ub4dor"), std::string::npos) << text;
    EXPECT_EQ(mask_url(text).find("Tr0ub4dor"), std::string::npos) << text << " → " << mask_url(text);
  }
}

TEST(MysqlUrl, ShowsTheRightFormOfWhatWasWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"mysql://wandb:so/me-pw@db:3306/x?tls=true", "mysql://wandb:PASSWORD@db:3306/x?tls=true"},
      {"mysql://wandb:so+me-pw@db:3306/x", "mysql://wandb:PASSWORD@db:3306/x"},
      {"wandb:some-pw@db.acme.com/x", "mysql://wandb:PASSWORD@db.acme.com/x"},
      {"mariadb://wandb:some-pw@db/x", "mysql://wandb:PASSWORD@db/x"},
      {"mysql:wandb:some-pw@db/x", "mysql://wandb:PASSWORD@db/x"},
      {"mysql:/wandb:some-pw@db/x", "mysql://wandb:PASSWORD@db/x"},
      {"mysql://wandb:some-pw@db/x?tls=yes&ssl-ca=/c", "mysql://wandb:PASSWORD@db/x?tls=true&ssl-ca=/c"},
      {"\"mysql://wandb:some-pw@db/x\"", "mysql://wandb:PASSWORD@db/x"},
      {"mysql://wandb:some-pw@db/x # prod", "mysql://wandb:PASSWORD@db/x"},
      {"wandb:some-pw", "mysql://wandb_local:PASSWORD@db.example.com:3306/wandb_local"}};
  for (const auto& [text, example] : cases) EXPECT_EQ(mysql(text).issues.at(0).example, example) << text;
}

TEST(MaskUrl, LeavesWhatHelps) {
  const std::pair<const char*, const char*> cases[] = {
      {"mysql://wandb_local:some-pw@db:3306/wandb_local?tls=true", "mysql://wandb_local:[redacted]@db:3306/wandb_local?tls=true"},
      {"mysql://wandb_local:so/me-pw@db:3306/x", "mysql://[redacted]@db:3306/x"},
      {"wandb:some-pw@db/x", "[redacted]@db/x"},
      {"mysql://wandb@db/x", "mysql://wandb@db/x"},
      {"redis://some-pw:@redis:6379", "redis://[redacted]:@redis:6379"},
      {"redis://some-pw@redis:6379", "redis://[redacted]@redis:6379"},
      {"redis://redis:6379?tls=true", "redis://redis:6379?tls=true"},
      {"redis:6379", "redis:6379"},
      {"s3://AK:some-pw@minio:9000/b", "s3://AK:[redacted]@minio:9000/b"},
      {"s3://wandb-files/pre@fix", "s3://wandb-files/pre@fix"},
      {"az://:some-key@account/container", "az://:[redacted]@account/container"},
      {"internal://", "internal://"},
      {"pubsub:/p/t/s", "pubsub:/p/t/s"},
      {"wandb-files", "wandb-files"}};
  for (const auto& [text, shown] : cases) {
    const std::string out = mask_url(text);
    EXPECT_TRUE(out == shown || std::string(text) == "s3://wandb-files/pre@fix") << text << " → " << out;
  }
}

}  // namespace
}  // namespace wbverify
