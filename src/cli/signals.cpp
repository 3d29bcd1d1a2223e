#include "cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "util/limits.hpp"

namespace wbverify {

SignalWatch::SignalWatch() {
  sigemptyset(&handled_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    sigaddset(&handled_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &handled_, &before_);
  const int signals = signalfd(-1, &handled_, SFD_CLOEXEC);
  if (signals < 0) note_shortage(errno);
  leave_ = eventfd(0, EFD_CLOEXEC);
  if (leave_ < 0) note_shortage(errno);
  try {
    if (signals >= 0 && leave_ >= 0) thread_ = std::thread([this, signals] { watch(signals); });
  } catch (const std::system_error&) {
    note_shortage("thread");
  }
  if (thread_.joinable()) return;
  // Without a thread to watch them, signals end the process at once; the journal knows what was made.
  if (signals >= 0) ::close(signals);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

SignalWatch::~SignalWatch() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(leave_, &one, sizeof one);
    thread_.join();
  }
  if (leave_ >= 0) ::close(leave_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SignalWatch::watch(int signals) {
  for (;;) {
    std::array<pollfd, 2> wait{{{signals, POLLIN, 0}, {leave_, POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), -1) < 0) continue;
    if (wait[1].revents != 0) break;
    signalfd_siginfo info{};
    if (::read(signals, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) continue;
    const int signal = static_cast<int>(info.ssi_signo);
    if (caught_.load() != 0 || !deferred_.load()) die_by(signal);
    caught_.store(signal);
    stop_.request_stop();
  }
  ::close(signals);
}

void die_by(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(signal);
  _exit(128 + signal);
}

}  // namespace wbverify
