// HTTP/2, which needs a server that speaks it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "clients/reach.hpp"
#include "http_lab.hpp"

namespace wbverify {
namespace {

using namespace test;
using std::chrono::milliseconds;
using testing::HasSubstr;

std::string key_pem(const Issued& issued) {
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, issued.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string out(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}

/// nginx with HTTP/2 that answers 200 to everything and refuses uploads before it has read them.
class Nginx : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/wbverify-nginx-XXXXXX";
    folder_ = mkdtemp(name);
    port_ = closed_port();
    std::ofstream(folder_ + "/leaf.pem") << leaf_.pem();
    std::ofstream(folder_ + "/leaf.key") << key_pem(leaf_);
    std::ofstream(folder_ + "/nginx.conf") << "daemon off; pid " << folder_ << "/pid; events {} http { access_log off; server { listen 127.0.0.1:" << port_
                                           << " ssl http2; ssl_certificate leaf.pem; ssl_certificate_key leaf.key; client_max_body_size 1k;\n"
                                              "location / { return 200 \"fine\"; } } }\n";
    pid_ = fork();
    if (pid_ == 0) {
      const int null = open("/dev/null", O_RDWR);
      dup2(null, 2);
      execl("/usr/sbin/nginx", "nginx", "-p", folder_.c_str(), "-e", "stderr", "-c", (folder_ + "/nginx.conf").c_str(), static_cast<char*>(nullptr));
      _exit(127);
    }
    for (int i = 0; i < 200 && !connect_tcp("127.0.0.1", port_, Deadline::after(milliseconds(200))); ++i) std::this_thread::sleep_for(milliseconds(20));
    options_.ca_files = {root_file_.path()};
    options_.pins = {{"wandb.test", port_, {"127.0.0.1"}}};
  }
  void TearDown() override {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  std::string url() const { return "https://wandb.test:" + std::to_string(port_) + "/"; }

  Issued root_ = issue(authority("Test Root")), leaf_ = issue({}, &root_);
  PemFile root_file_{root_.pem()};
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
  HttpOptions options_;
};

TEST_F(Nginx, QuestionsShareOneHttp2Connection) {
  HttpRequest request;
  request.url = url();
  const std::vector<HttpRequest> requests(6, request);
  HttpClient client(options_);
  for (const auto& result : client.send_all(requests, Deadline::after(milliseconds(5000)))) {
    ASSERT_TRUE(result) << result.error().text;
    EXPECT_EQ(result->version, "HTTP/2");
    EXPECT_EQ(result->body, "fine");
    EXPECT_THAT(result->header("Server").value_or(""), HasSubstr("nginx"));
  }
  EXPECT_EQ(client.round_trips(), 6);
}

TEST_F(Nginx, TheAnswerToARefusedUploadIsNotLost) {
  HttpRequest request;
  request.url = url();
  request.method = "PUT";
  request.body.assign(300000, 'x');
  const std::vector<HttpRequest> requests(4, request);
  HttpClient client(options_);
  for (int round = 0; round < 10; ++round) {
    for (const auto& result : client.send_all(requests, Deadline::after(milliseconds(5000)))) EXPECT_EQ(outcome(result), "413") << (result ? "" : result.error().text);
  }
}

}  // namespace
}  // namespace wbverify
