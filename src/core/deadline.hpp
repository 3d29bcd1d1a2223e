#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

namespace wbverify {

/// A point in time after which nothing may still be waited for. Monotonic clock.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;
  /// Set when somebody came to the end of the run's own time: what was waited for then is no word about the other side.
  using Cut = std::shared_ptr<std::atomic<bool>>;

  explicit Deadline(Clock::time_point at, Cut cut = nullptr) : at_(at), cut_(std::move(cut)) {}
  static Deadline after(Clock::duration from_now) { return Deadline(Clock::now() + from_now); }

  Clock::time_point at() const { return at_; }
  bool expired() const { return note(Clock::now() >= at_); }
  /// Never negative; rounded up, so that a wait of this length does not wake before the deadline.
  Milliseconds remaining() const {
    const auto left = std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(at_ - Clock::now()));
    note(left.count() == 0);
    return left;
  }
  /// The earlier of this deadline and `limit` from now. When it is the limit that ends a wait, the run's time is not to blame.
  Deadline within(Clock::duration limit) const {
    const auto end = Clock::now() + limit;
    return end < at_ ? Deadline(end) : *this;
  }
  /// The same end with some time kept back.
  Deadline earlier(Clock::duration reserve) const { return Deadline(at_ - reserve, cut_); }

 private:
  bool note(bool over) const {
    if (over && cut_) cut_->store(true);
    return over;
  }

  Clock::time_point at_;
  Cut cut_;
};

/// Milliseconds with fraction since `start`, for facts.
inline double elapsed_ms(Deadline::Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Deadline::Clock::now() - start).count();
}

}  // namespace wbverify
