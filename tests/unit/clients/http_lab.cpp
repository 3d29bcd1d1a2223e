#include "http_lab.hpp"

#include <openssl/ssl.h>
#include <poll.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "util/text.hpp"

namespace wbverify::test {
namespace {

/// Whole requests out of a stream of bytes.
std::string take_request(const std::function<std::string()>& more) {
  std::string text;
  std::size_t wanted = std::string::npos;
  while (text.size() < wanted) {
    const std::string part = more();
    if (part.empty()) return {};
    text += part;
    const auto end = text.find("\r\n\r\n");
    if (wanted == std::string::npos && end != std::string::npos) {
      const std::string lower = to_lower(text.substr(0, end));
      const auto length = lower.find("\r\ncontent-length: ");
      wanted = end + 4 + (length == std::string::npos ? 0 : std::stoul(lower.substr(length + 18)));
    }
  }
  return text;
}

std::string receive(int fd, const std::atomic<bool>& stop) {
  std::array<char, 65536> bytes{};
  while (!stop) {
    pollfd entry{fd, POLLIN, 0};
    if (poll(&entry, 1, 20) <= 0) continue;
    const ssize_t got = recv(fd, bytes.data(), bytes.size(), 0);
    return got <= 0 ? std::string() : std::string(bytes.data(), static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void hold(const std::atomic<bool>& stop) {
  while (!stop) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

std::string read_request(int fd, const std::atomic<bool>& stop) {
  return take_request([&] { return receive(fd, stop); });
}

std::string ok(const std::string& body, const std::string& headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

Web::Web(Answer answer)
    : listener_(std::make_unique<Listener>([answer = std::move(answer), log = log_](int fd, const std::atomic<bool>& stop) {
        for (;;) {
          const std::string request = read_request(fd, stop);
          if (request.empty()) return;
          {
            const std::lock_guard lock(log->mutex);
            log->requests.push_back(request);
          }
          write_all(fd, answer(request));
        }
      })) {}

Web::Web(Answer answer, const ServerWish& wish) : scheme_("https") {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), wish.lowest);
  SSL_CTX_set_max_proto_version(context.get(), wish.highest);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_cipher_list(context.get(), wish.ciphers.c_str());
  SSL_CTX_use_certificate(context.get(), wish.leaf.certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), wish.leaf.key.get());
  for (const auto& link : wish.chain) SSL_CTX_add1_chain_cert(context.get(), link.certificate.get());
  SSL_CTX_set_verify(context.get(), wish.client_certificates, nullptr);
  listener_ = std::make_unique<Listener>([answer = std::move(answer), log = log_, context](int fd, const std::atomic<bool>&) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), fd);
    if (SSL_accept(ssl.get()) != 1) {
      // A close with unread bytes would turn the alert into a reset.
      std::array<char, 1024> rest{};
      shutdown(fd, SHUT_WR);
      while (recv(fd, rest.data(), rest.size(), 0) > 0) {
      }
      return;
    }
    for (;;) {
      const std::string request = take_request([&] {
        std::array<char, 16384> bytes{};
        const int got = SSL_read(ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
        return got <= 0 ? std::string() : std::string(bytes.data(), static_cast<std::size_t>(got));
      });
      if (request.empty()) return;
      {
        const std::lock_guard lock(log->mutex);
        log->requests.push_back(request);
      }
      const std::string reply = answer(request);
      SSL_write(ssl.get(), reply.data(), static_cast<int>(reply.size()));
    }
  });
}

std::string Web::url(const std::string& path) const { return scheme_ + "://127.0.0.1:" + std::to_string(port()) + path; }

std::vector<std::string> Web::requests() const {
  const std::lock_guard lock(log_->mutex);
  return log_->requests;
}

std::uint16_t closed_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  bind(fd, generic, size);
  getsockname(fd, generic, &size);
  close(fd);
  return ntohs(address.sin_port);
}

Result<HttpResponse> get(const std::string& url, std::chrono::milliseconds limit, const HttpOptions& options) {
  HttpRequest request;
  request.url = url;
  return HttpClient(options).send(request, Deadline::after(limit));
}

std::string outcome(const Result<HttpResponse>& result) { return result ? std::to_string(result->status) : result.error().cause; }

}  // namespace wbverify::test
