#include "core/redactor.hpp"

#include <gtest/gtest.h>

#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string redact(const std::vector<std::string>& secrets, std::string_view text) {
  Redactor redactor;
  for (const auto& secret : secrets) redactor.add(secret);
  return redactor.redact(text);
}

const std::string awkward = "p@ss/w+rd \"'\\<&é%";

TEST(Redactor, LeavesOtherTextAlone) {
  for (const char* text : {"", "Access denied for user 'wandb'@'10.0.0.5' (using password: YES)", "100 % of /var/lib & more", "…", "[redacted]",
                           "https://wandb.example.com:8443/graphql?x=1#y", "git@github.com:wandb/wandb", "http://proxy:3128/img@sha256", "user name: wandb"}) {
    EXPECT_EQ(redact({"a-secret-of-mine"}, text), text);
  }
}

TEST(Redactor, FindsItPlain) {
  EXPECT_EQ(redact({"s3cret-word"}, "x s3cret-word y"), "x [redacted] y");
  EXPECT_EQ(redact({"s3cret-word"}, "s3cret-words3cret-word"), "[redacted]");
  EXPECT_EQ(redact({"s3cret-word"}, "X S3CRET-Word Y"), "X [redacted] Y") << "logs fold case";
  EXPECT_EQ(redact({"pw12"}, "PW12 pw12"), "PW12 [redacted]") << "short ones are too likely a word";
}

TEST(Redactor, IgnoresWhatIsTooShortToBeLookedFor) {
  EXPECT_EQ(redact({"abc", "a", ""}, "an abc is a thing"), "an abc is a thing");
  EXPECT_EQ(redact({"abc"}, "mysql://user:abc@host/db"), "mysql://user:[redacted]@host/db") << "its place gives it away";
}

TEST(Redactor, FindsItInEveryEncoding) {
  const std::string html = "p@ss/w+rd &quot;&#39;\\&lt;&amp;&#233;%";
  const std::string json = R"(p@ss\/w+rd \"'\\<\u0026\u00e9%)";
  for (const std::string& shape :
       {awkward, percent_encode(awkward), to_lower(percent_encode(awkward)), percent_encode(awkward, "@/+"), percent_encode(percent_encode(awkward)), html,
        std::string("p@ss/w+rd &#x22;&apos;\\&#60;&#x26;&#xe9;%"), json, shell_quote(awkward), hex_encode(awkward), std::string("p@ss/w+rd \\\"\\'\\\\<&é%"),
        std::string("p@ss/w+rd \"''\\<&é%"), base64_encode(awkward), percent_encode(json), std::string("p@ss/w\n +rd \"'\\<&é%")}) {
    EXPECT_EQ(redact({awkward}, "before " + shape + " after").find("w+rd"), std::string::npos);
    const std::string out = redact({awkward}, "before|" + shape + "|after");
    EXPECT_TRUE(out == "before|[redacted]|after" || out == "before|'[redacted]'|after") << shape << "\n" << out;
  }
}

TEST(Redactor, FindsItAsAFormWritesIt) {
  EXPECT_EQ(redact({"pass word one"}, "q=pass+word+one"), "q=[redacted]");
  EXPECT_EQ(redact({"pass+word+one"}, "decoded: pass word one"), "decoded: [redacted]");
}

TEST(Redactor, FindsItInUtf16) {
  const std::string wide("s\0e\0c\0r\0e\0t\0-\0w\0o\0r\0d\0", 22);
  EXPECT_EQ(redact({"secret-word"}, wide).find('w'), std::string::npos);
}

TEST(Redactor, FindsItInBase64AtEveryAlignment) {
  for (std::size_t before = 0; before < 7; ++before) {
    for (std::size_t after = 0; after < 4; ++after) {
      const std::string whole = base64_encode(std::string(before, 'u') + "s3cret+word?" + std::string(after, 'v'));
      std::string url = whole;
      for (char& c : url) c = c == '+' ? '-' : c == '/' ? '_' : c;
      for (const std::string& shape : {whole, url}) {
        const std::string out = redact({"s3cret+word?"}, "Basic:" + shape);
        // What is left beside the mark encodes what stood beside the secret.
        EXPECT_NE(out.find("[redacted]"), std::string::npos) << shape;
        const std::size_t first = 8 * before / 6, last = (8 * (before + 12) + 5) / 6;
        EXPECT_EQ(out.substr(0, out.find('[')), "Basic:" + shape.substr(0, first));
        const std::string tail = out.substr(out.find(']') + 1);
        EXPECT_TRUE(tail.empty() || tail == shape.substr(last)) << out;
      }
    }
  }
}

TEST(Redactor, TakesTheWholeOfOverlappingSecrets) {
  EXPECT_EQ(redact({"alpha-beta", "beta-gamma"}, "x alpha-beta-gamma y"), "x [redacted] y");
  EXPECT_EQ(redact({"password", "password-longer"}, "x password-longer y"), "x [redacted] y");
  EXPECT_EQ(redact({"longer-password", "password"}, "x longer-password y password"), "x [redacted] y [redacted]");
  EXPECT_EQ(redact({"abcdefgh", "cdef"}, "abcdefgX cdef"), "abcdefgX [redacted]") << "a short one counts as a word of its own only";
  EXPECT_EQ(redact({"aaaaaaaa"}, std::string(20, 'a')), "[redacted]");
}

TEST(Redactor, LeavesOwnTextAlone) {
  Redactor redactor;
  for (const char* secret : {"wandb", "wandb_local", "mysql", "native_password", "3306", "a-strong-secret"}) redactor.add(secret);
  redactor.know_own("https://wandb_local.example.com\nmysql_NATIVE_PASSWORD is not supported");
  // As words of their own in what others wrote, and there only.
  EXPECT_EQ(redactor.redact("denied for wandb_local (wandb) at 3306"), "denied for [redacted] ([redacted]) at [redacted]");
  EXPECT_EQ(redactor.redact("mysql_native_password of wandb_local2, wandb-primary, mysql.example.com:33060"), "mysql_native_password of wandb_local2, wandb-primary, mysql.example.com:33060");
  EXPECT_EQ(redactor.redact("--user=wandb_local mysql.reachable 3306 a-strong-secret", Wrote::us), "--user=wandb_local mysql.reachable 3306 [redacted]");
  // A secret that comes later is measured by the same text.
  redactor.add("EXAMPLE.com");
  EXPECT_EQ(redactor.redact("at example.com", Wrote::us), "at example.com");
}

TEST(Redactor, FindsTheBeginningOfOneThatWasCutOff) {
  EXPECT_EQ(redact({"a-very-long-secret"}, "cut: a-very-lo…"), "cut: [redacted]…");
  EXPECT_EQ(redact({"a-very-long-secret"}, "cut: a-very-lo..."), "cut: [redacted]...");
  EXPECT_EQ(redact({"a-very-long-secret"}, "cut: a-very-long-se"), "cut: [redacted]");
  EXPECT_EQ(redact({"a-very-long-secret"}, "a-very-lo is no end"), "a-very-lo is no end");
}

TEST(Redactor, FindsTheLinesOfAKeyAndThePartsOfAToken) {
  const std::string pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----\n";
  EXPECT_EQ(redact({pem}, "log: EFAASCBKcwggSjAgEAAoIBAQ"), "log: [redacted]");
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJhY2Nlc3NLZXkiOiJ4In0abc.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
  EXPECT_EQ(redact({token}, "part c2lnbmF0dXJlLXNpZ25hdHVyZQ"), "part [redacted]");
  EXPECT_EQ(redact({token}, "the header eyJhbGciOiJSUzI1NiJ9 is everybody's"), "the header eyJhbGciOiJSUzI1NiJ9 is everybody's");
}

TEST(Redactor, KnowsTheShapesInWhichCredentialsStand) {
  const std::pair<const char*, const char*> cases[] = {
      {"mysql://wandb:pa@ss@db:3306/x", "mysql://wandb:[redacted]@db:3306/x"},
      {"mysql://wandb:pa/ss?w#@db/x", "mysql://wandb:[redacted]@db/x"},
      {"redis://p%40ss:@redis:6379", "redis://[redacted]:@redis:6379"},
      {"redis://:pw@redis", "redis://:[redacted]@redis"},
      {"https://0123456789abcdef0123456789@host/x", "https://[redacted]@host/x"},
      {"ssh://git@host/x", "ssh://git@host/x"},
      {"https://b.s3/k?X-Amz-Credential=AK%2F1&X-Amz-Signature=0f&X-Amz-Security-Token=T%2B&y=1",
       "https://b.s3/k?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&X-Amz-Security-Token=[redacted]&y=1"},
      {"https://a.blob/c?sv=2020&sig=a%2Fb&se=1", "https://a.blob/c?sv=2020&sig=[redacted]&se=1"},
      {"https://storage/x?Expires=1&Signature=abc&GoogleAccessId=me", "https://storage/x?Expires=1&Signature=[redacted]&GoogleAccessId=me"},
      {"Authorization: Basic dTpw", "Authorization: Basic [redacted]"},
      {"authorization: Bearer abc.def", "authorization: Bearer [redacted]"},
      {"Authorization: opaque", "Authorization: [redacted]"},
      {"{\"Authorization\": \"token abc\"}", "{\"Authorization\": \"token [redacted]\"}"},
      {"Authorization: AWS4-HMAC-SHA256 Credential=AK/2/us, SignedHeaders=host, Signature=0f", "Authorization: AWS4-HMAC-SHA256 [redacted]"},
      {"sent AWS4-HMAC-SHA256 Credential=AK/2/us, Signature=0f", "sent AWS4-HMAC-SHA256 Credential=[redacted]"},
      {"Set-Cookie: session=abc; Path=/", "Set-Cookie: [redacted]"},
      {"MYSQL_PASSWORD=x y", "MYSQL_PASSWORD=[redacted] y"},
      {"{\"client_secret\": \"a\\\"b\", \"c\": 1}", "{\"client_secret\": \"[redacted]\", \"c\": 1}"},
      {"\"{\\\"password\\\": \\\"x\\\"}\"", "\"{\\\"password\\\": \\\"[redacted]\\\"}\""},
      {"password: hunter2\nuser: x", "password: [redacted]\nuser: x"},
      {"Server=x;Pwd=abc", "Server=x;Pwd=[redacted]"},
      {"<SecretAccessKey>abc</SecretAccessKey>", "<SecretAccessKey>[redacted]</SecretAccessKey>"},
      {"Basic dXNlcjpwYXNzd29yZA==", "Basic [redacted]"},
      {"token eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln", "token [redacted]"},
      {"key local-0123456789abcdef0123456789abcdef01234567", "key local-[redacted]"},
      {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----"}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(redact({}, text), expected);
}

TEST(Redactor, SeesShapesThroughEscapes) {
  EXPECT_EQ(redact({}, "u=mysql%3A%2F%2Fwandb%3Apass%40db%2Fx"), "u=mysql%3A%2F%2Fwandb%3A[redacted]%40db%2Fx");
  EXPECT_EQ(redact({}, R"({"m":"https:\/\/h\/k?X-Amz-Signature=0f\u0026a=1"})"), R"({"m":"https:\/\/h\/k?X-Amz-Signature=[redacted]\u0026a=1"})");
}

TEST(Redactor, LeavesReferencesAndStandIns) {
  for (const char* text : {"mysql --host=db --user=wandb --password=\"$MYSQL_PASSWORD\"", "curl -H \"Authorization: Bearer $TOKEN\" https://x", "redis-cli -u redis://:$REDIS_PASSWORD@h:6379",
                           "mysql://USER:PASSWORD@HOST:3306/DATABASE", "s3://KEY:SECRET@minio:9000/b", "az://:KEY@account/container", "password=<password>", "sig=***",
                           "redis://:${REDIS_PASSWORD}@h", "MYSQL_PWD=$(cat /run/secrets/pw) mysql", "{\"has_secret\":true,\"max_token\":5,\"a\":\"b\"}", "WWW-Authenticate: Basic realm=\"wandb\"", "Basic authentication failed", "password=true"}) {
    EXPECT_EQ(redact({}, text), text);
  }
}

TEST(Redactor, TakesNoPlaceholderOfMysqlForAnElement) {
  const std::string account = "IDENTIFIED WITH 'caching_sha2_password' AS <secret> REQUIRE NONE PASSWORD EXPIRE INTERVAL 90 DAY";
  EXPECT_EQ(redact({}, account), account) << "SHOW CREATE USER";
  EXPECT_EQ(redact({}, "x AS <secret>hunter2 y"), "x AS <secret>[redacted]");
  EXPECT_EQ(redact({}, "<secret> hunter2 </secret>"), "<secret>[redacted]</secret>");
}

TEST(Redactor, IsNotFooledByItsOwnMark) {
  EXPECT_EQ(redact({"redacted"}, "x redacted y [redacted] z"), "x [redacted] y [redacted] z");
  EXPECT_EQ(redact({"[redacted]"}, "[redacted]"), "[redacted]");
  EXPECT_EQ(redact({"acted"}, "[redacted] acted"), "[redacted] [redacted]");
}

TEST(Redactor, AddsLater) {
  Redactor redactor;
  EXPECT_EQ(redactor.redact("late-comer"), "late-comer");
  redactor.add("late-comer");
  redactor.add("late-comer");
  EXPECT_EQ(redactor.redact("late-comer"), "[redacted]");
}

}  // namespace
}  // namespace wbverify
