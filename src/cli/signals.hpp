#pragma once
#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace wbverify {

/// While it lives and there is something to undo (`defer`), SIGINT, SIGTERM and SIGHUP ask for a stop instead of ending the process; a second
/// one ends it at once, and so does the first at any other time. Signals that the parent chose to ignore stay ignored. To be made before other threads.
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// True before the first probe starts, false when only output is left to do.
  void defer(bool on) { deferred_.store(on); }
  std::stop_token token() const { return stop_.get_token(); }
  /// The signal that asked for the stop, 0 while there is none.
  int caught() const { return caught_.load(); }

 private:
  void watch(int signals);

  sigset_t handled_{}, before_{};
  int leave_ = -1;  ///< becomes readable when the watch ends
  std::atomic<int> caught_{0};
  std::atomic<bool> deferred_{false};
  std::stop_source stop_;
  std::thread thread_;
};

/// Ends the process by that signal, so that the parent sees why.
[[noreturn]] void die_by(int signal);

}  // namespace wbverify
