#include "nginx_lab.hpp"

#include <fcntl.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "clients/reach.hpp"
#include "util/file.hpp"

namespace wbverify::test {
namespace {

using std::chrono::milliseconds;

std::string key_pem(const Issued& issued) {
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, issued.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string out(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}

}  // namespace

Nginx::Nginx(const std::string& server) {
  signal(SIGPIPE, SIG_IGN);   // as the program does: OpenSSL writes to sockets with write()
  char name[] = "/tmp/wbverify-nginx-XXXXXX";
  folder_ = mkdtemp(name);
  port_ = closed_port();
  std::ofstream(folder_ + "/leaf.pem") << leaf_.pem();
  std::ofstream(folder_ + "/leaf.key") << key_pem(leaf_);
  std::ofstream conf(folder_ + "/nginx.conf");
  conf << "daemon off; master_process off; pid " << folder_ << "/pid; events {} http { access_log off;\n";
  // The folders that Debian's nginx makes by itself belong to root.
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) conf << kind << "_temp_path " << folder_ << "/" << kind << ";\n";
  conf << "server { listen 127.0.0.1:" << port_ << " ssl http2; ssl_certificate leaf.pem; ssl_certificate_key leaf.key;\n" << server << "\n} }\n";
  conf.close();
  const std::string log = folder_ + "/log";
  pid_ = fork();
  if (pid_ == 0) {
    dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 2);
    execl("/usr/sbin/nginx", "nginx", "-p", folder_.c_str(), "-e", "stderr", "-c", (folder_ + "/nginx.conf").c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  const Deadline deadline = Deadline::after(std::chrono::seconds(10));
  while (!connect_tcp("127.0.0.1", port_, Deadline::after(milliseconds(200)))) {
    if (deadline.expired() || waitpid(pid_, nullptr, WNOHANG) != 0) throw std::runtime_error("nginx does not start: " + read_file(log, 4096).text);
    std::this_thread::sleep_for(milliseconds(10));
  }
  options_.ca_files = {root_file_.path()};
  options_.pins = {{"wandb.test", port_, {"127.0.0.1"}}};
}

Nginx::~Nginx() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
  std::filesystem::remove_all(folder_);
}

}  // namespace wbverify::test
