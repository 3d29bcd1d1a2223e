#pragma once
#include <algorithm>
#include <chrono>

namespace wbverify {

/// A point in time after which nothing may still be waited for. Monotonic clock.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;

  explicit Deadline(Clock::time_point at) : at_(at) {}
  static Deadline after(Clock::duration from_now) { return Deadline(Clock::now() + from_now); }

  Clock::time_point at() const { return at_; }
  bool expired() const { return Clock::now() >= at_; }
  /// Never negative; rounded up, so that a wait of this length does not wake before the deadline.
  Milliseconds remaining() const {
    return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(at_ - Clock::now()));
  }
  /// The earlier of this deadline and `limit` from now.
  Deadline within(Clock::duration limit) const { return Deadline(std::min(at_, Clock::now() + limit)); }

 private:
  Clock::time_point at_;
};

/// Milliseconds with fraction since `start`, for facts.
inline double elapsed_ms(Deadline::Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Deadline::Clock::now() - start).count();
}

}  // namespace wbverify
