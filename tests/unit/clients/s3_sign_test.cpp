#include "clients/s3_sign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>
#include <sstream>

#include "core/digest.hpp"
#include "support/project_file.hpp"
#include "util/encoding.hpp"
#include "util/file.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

/// A file of vectors. Read once: gtest asks for every suite's before any test, whichever one is to run.
const json& vectors(const std::string& name) {
  static std::map<std::string, json> files;
  json& file = files[name];
  if (file.is_null()) file = parse_json(read_file(test::project_file("tests/data/" + name), 4 << 20).text);
  return file;
}

std::int64_t unix_time(const std::string& text) {
  using namespace std::chrono;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  EXPECT_EQ(std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%dZ", &year, &month, &day, &hour, &minute, &second), 6) << text;
  const sys_days date = std::chrono::year(year) / month / day;
  return duration_cast<seconds>(date.time_since_epoch()).count() + hour * 3600 + minute * 60 + second;
}

std::string after(const std::string& text, const std::string& mark) {
  const auto at = text.find(mark);
  return at == std::string::npos ? "" : text.substr(at + mark.size());
}

/// The parameters of a URL, as they mean.
std::set<std::pair<std::string, std::string>> parameters(const std::string& url) {
  std::set<std::pair<std::string, std::string>> out;
  for (const auto& part : split(after(url, "?"), '&')) {
    const auto equals = part.find('=');
    out.emplace(*percent_decode(part.substr(0, equals)), equals == std::string::npos ? "" : *percent_decode(part.substr(equals + 1)));
  }
  return out;
}

/// A request of Amazon's suite, in its own words.
S3Message read_message(const json& test) {
  S3Message message;
  const std::string text = test.at("request");
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const auto first = line.find(' '), last = line.rfind(' ');
  message.method = line.substr(0, first);
  std::string target = line.substr(first + 1, last - first - 1);
  const auto question = target.find('?');
  // The suite's other half is about normalising paths, which S3 does not do: the path is taken from the expected text.
  const std::string canonical = test.at("header_canonical_request");
  const auto line_end = canonical.find('\n');
  message.path = *percent_decode(canonical.substr(line_end + 1, canonical.find('\n', line_end + 1) - line_end - 1));
  if (question != std::string::npos) {
    for (const auto& part : split(target.substr(question + 1), '&')) {
      const auto equals = part.find('=');
      message.query.emplace_back(*percent_decode(part.substr(0, equals)), equals == std::string::npos ? "" : *percent_decode(part.substr(equals + 1)));
    }
  }
  while (std::getline(lines, line) && !line.empty() && line != "\r") {
    if (line.starts_with(' ') || line.starts_with('\t')) {
      message.headers.back().second += "\n" + line;
      continue;
    }
    const auto colon = line.find(':');
    if (iequals(line.substr(0, colon), "host")) {
      message.host = std::string(trim(line.substr(colon + 1)));
    } else {
      message.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  return message;
}

struct Suite : testing::TestWithParam<const json*> {
  S3Keys keys;
  S3Scope scope;
  bool token_signed = true;

  void SetUp() override {
    const json& context = GetParam()->at("context");
    const json& credentials = context.at("credentials");
    keys.id = credentials.at("access_key_id");
    keys.secret = Secret(credentials.at("secret_access_key").get<std::string>());
    keys.token = Secret(credentials.value("token", std::string()));
    scope = {context.at("region"), context.at("service"), unix_time(context.at("timestamp"))};
    token_signed = !context.value("omit_session_token", false);
  }
};

TEST_P(Suite, Header) {
  S3Message message = read_message(*GetParam());
  const std::string expected = GetParam()->at("header_canonical_request");
  const std::string payload_hash = expected.substr(expected.rfind('\n') + 1);
  message.headers.emplace_back("X-Amz-Date", s3_sign::timestamp(scope.when));
  if (expected.find("x-amz-content-sha256") != std::string::npos) message.headers.emplace_back("x-amz-content-sha256", payload_hash);
  if (!keys.token.empty() && token_signed) message.headers.emplace_back("X-Amz-Security-Token", std::string(keys.token.expose()));
  const std::string canonical = s3_sign::canonical_request(message, payload_hash);
  EXPECT_EQ(canonical, expected);
  EXPECT_EQ(s3_sign::string_to_sign(scope, canonical), GetParam()->at("header_string_to_sign"));
  EXPECT_EQ(s3_sign::signature(keys, scope, canonical), GetParam()->at("header_signature"));
}

TEST_P(Suite, Query) {
  S3Message message = read_message(*GetParam());
  const std::string expected = GetParam()->at("query_canonical_request");
  const std::string payload_hash = expected.substr(expected.rfind('\n') + 1);
  // Content-Length of the suite's POST cases is signed in the header form only.
  const std::string signed_url = GetParam()->at("query_signed_request");
  for (const auto& [name, value] : parameters(signed_url.substr(0, signed_url.find(" HTTP/1.1")))) {
    const bool late_token = name == "X-Amz-Security-Token" && !token_signed;
    if (name.starts_with("X-Amz-") && name != "X-Amz-Signature" && !late_token) message.query.emplace_back(name, value);
  }
  const std::string canonical = s3_sign::canonical_request(message, payload_hash);
  EXPECT_EQ(canonical, expected);
  EXPECT_EQ(s3_sign::string_to_sign(scope, canonical), GetParam()->at("query_string_to_sign"));
  EXPECT_EQ(s3_sign::signature(keys, scope, canonical), GetParam()->at("query_signature"));
}

std::vector<const json*> all(const std::string& file, const std::string& member) {
  std::vector<const json*> out;
  for (const auto& vector : vectors(file).at(member)) out.push_back(&vector);
  return out;
}

std::string test_name(const testing::TestParamInfo<const json*>& info) {
  std::string name = info.param->at("name");
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Amazon, Suite, testing::ValuesIn(all("aws_sigv4_suite_v4.json", "cases")), test_name);

struct Documented : testing::TestWithParam<const json*> {};

TEST_P(Documented, IsReproduced) {
  const json& file = vectors("s3_doc_examples.json");
  const json& example = *GetParam();
  S3Keys keys;
  keys.id = file.at("access_key");
  keys.secret = Secret(file.at("secret_key").get<std::string>());
  const S3Scope scope{file.at("region"), "s3", unix_time(file.at("timestamp"))};
  S3Message message;
  message.method = example.at("method");
  message.host = file.at("host");
  message.path = example.at("path");
  const json query = example.value("query", json::object()), headers_of = example.value("headers", json::object());
  for (const auto& [name, value] : query.items()) message.query.emplace_back(name, value);
  for (const auto& [name, value] : headers_of.items()) message.headers.emplace_back(name, value);
  const std::string signature = example.at("signature");
  if (example.at("kind") == "query") {
    EXPECT_THAT(s3_sign::presign(message, keys, scope, example.at("expires")), testing::EndsWith("&X-Amz-Signature=" + signature));
    return;
  }
  const Headers headers = s3_sign::sign_headers(message, keys, scope, hex_encode(sha256(example.value("body", std::string()))));
  ASSERT_EQ(headers.back().first, "Authorization");
  EXPECT_THAT(headers.back().second, testing::EndsWith("Signature=" + signature));
}

INSTANTIATE_TEST_SUITE_P(Amazon, Documented, testing::ValuesIn(all("s3_doc_examples.json", "examples")), test_name);

struct Presigned : testing::TestWithParam<const json*> {};

TEST_P(Presigned, IsWhatThreeOtherSignersSay) {
  const json& vector = *GetParam();
  S3Keys keys;
  keys.id = vector.at("access_key");
  keys.secret = Secret(vector.at("secret_key").get<std::string>());
  if (vector.at("session_token").is_string()) keys.token = Secret(vector.at("session_token").get<std::string>());
  S3Message message;
  message.method = vector.at("method");
  message.host = vector.at("host");
  message.path = vector.at("path");
  for (const auto& [name, value] : vector.at("query").items()) message.query.emplace_back(name, value);
  for (const auto& [name, value] : vector.at("headers").items()) message.headers.emplace_back(name, value);
  const S3Scope scope{vector.at("region"), vector.at("service"), unix_time(vector.at("timestamp"))};
  const std::string url = vector.at("scheme").get<std::string>() + "://" + message.host + s3_sign::presign(message, keys, scope, vector.at("expires"));
  EXPECT_THAT(url, testing::EndsWith(vector.at("signature").get<std::string>()));
  const std::string expected = vector.at("url");
  EXPECT_EQ(url.substr(0, url.find('?')), expected.substr(0, expected.find('?')));
  EXPECT_EQ(parameters(url), parameters(expected));
}

INSTANTIATE_TEST_SUITE_P(S3, Presigned, testing::ValuesIn(all("s3_presign_vectors.json", "vectors")), test_name);

TEST(S3Sign, WritesTheMomentInUtc) {
  EXPECT_EQ(s3_sign::timestamp(0), "19700101T000000Z");
  EXPECT_EQ(s3_sign::timestamp(1709164799), "20240228T235959Z");
  EXPECT_EQ(s3_sign::timestamp(1709164800), "20240229T000000Z");
}

TEST(S3Sign, AnotherMomentIsAnotherSignature) {
  S3Keys keys;
  keys.id = "AKIDEXAMPLE";
  keys.secret = Secret("a secret of this test");
  S3Message message;
  message.host = "s3.example.test";
  message.path = "/wandb/o";
  const std::string one = s3_sign::presign(message, keys, {"us-east-1", "s3", 1700000000}, 60);
  EXPECT_NE(one, s3_sign::presign(message, keys, {"us-east-1", "s3", 1700000001}, 60));
  EXPECT_NE(one, s3_sign::presign(message, keys, {"us-east-2", "s3", 1700000000}, 60));
  EXPECT_EQ(one, s3_sign::presign(message, keys, {"us-east-1", "s3", 1700000000}, 60));
}

TEST(S3Sign, TheSecretIsNotPartOfWhatGoesOnTheWire) {
  S3Keys keys;
  keys.id = "AKIDEXAMPLE";
  keys.secret = Secret("wbTestSecretKey/with+slash00000000000001");
  S3Message message;
  message.host = "s3.example.test";
  message.path = "/wandb/o";
  EXPECT_THAT(s3_sign::presign(message, keys, {"us-east-1", "s3", 1700000000}, 60), testing::Not(testing::HasSubstr("wbTestSecretKey")));
  for (const auto& [name, value] : s3_sign::sign_headers(message, keys, {"us-east-1", "s3", 1700000000}, s3_sign::unsigned_payload)) {
    EXPECT_THAT(value, testing::Not(testing::HasSubstr("wbTestSecretKey"))) << name;
  }
}

}  // namespace
}  // namespace wbverify
