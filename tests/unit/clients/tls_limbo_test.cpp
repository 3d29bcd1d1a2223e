// Path validation against the cases of x509-limbo and BetterTLS.
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <ctime>
#include <fstream>

#include "clients/tls_verify.hpp"
#include "support/project_file.hpp"
#include "tls_lab.hpp"
#include "util/file.hpp"
#include "util/json.hpp"

namespace wbverify::tls {
namespace {

X509Ptr read_pem(const std::string& text) {
  const BioPtr in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  X509Ptr out(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return out;
}

std::time_t seconds(const std::string& text) {
  std::tm parts{};
  strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return timegm(&parts);
}

TEST(TlsLimbo, EveryVerdictIsRight) {
  const auto cases = parse_json(read_file(test::project_file("tests/data/x509-limbo/cases.json"), 32 << 20).text);
  ASSERT_GT(cases.size(), 100U);
  const auto started = Deadline::Clock::now();
  for (const auto& test : cases) {
    std::string roots;
    for (const auto& root : test.value("trusted_certs", nlohmann::json::array())) roots += root.get<std::string>() + "\n";
    const test::PemFile file(roots);
    const std::vector<std::string> files = {file.path()};
    const Trust trust(false, files);
    const X509Ptr leaf = read_pem(test.at("peer_certificate"));
    bool accepted = false;
    if (leaf) {
      std::vector<X509Ptr> sent;
      ChainQuestion question;
      question.leaf = leaf.get();
      for (const auto& other : test.value("untrusted_intermediates", nlohmann::json::array())) {
        if (X509Ptr certificate = read_pem(other)) {
          question.sent.push_back(certificate.get());
          sent.push_back(std::move(certificate));
        }
      }
      if (test.contains("expected_peer_name")) question.name = test["expected_peer_name"]["value"];
      if (test.contains("validation_time")) question.at = seconds(test["validation_time"]);
      question.max_depth = test.value("max_chain_depth", -1);
      accepted = verify_chain(question, trust).errors.empty();
    }
    EXPECT_EQ(accepted, test.at("expected_result") == "SUCCESS") << test.at("id");
  }
  EXPECT_LT(elapsed_ms(started), 30000);
}

}  // namespace
}  // namespace wbverify::tls
