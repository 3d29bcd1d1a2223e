#include "clients/mysql_budget.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <system_error>

namespace wbverify {
namespace {

/// A fast network brings some hundred KiB in that time, and the kernel holds back what nobody reads.
constexpr std::chrono::milliseconds between_looks{5};

std::uint64_t received(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
}

}  // namespace

ByteBudget::ByteBudget(int socket, std::uint64_t bytes) : socket_(socket), bytes_(bytes), before_(received(socket)) {
  try {
    thread_ = std::thread([this] { watch(); });
  } catch (const std::system_error&) {
    // watched() says so.
  }
}

ByteBudget::~ByteBudget() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ByteBudget::watch() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, between_looks, [this] { return over_; })) {
    if (received(socket_) - before_ <= bytes_) continue;
    exceeded_ = true;
    shutdown(socket_, SHUT_RDWR);
    return;
  }
}

Error ByteBudget::error() const {
  if (!watched()) return {"no-resources", "This machine has no thread left to watch the connection with.", Blame::machine, true};
  return {"too-large", "The answer was larger than " + std::to_string(bytes_ >> 20U) + " MiB and was broken off.", Blame::target, false};
}

}  // namespace wbverify
