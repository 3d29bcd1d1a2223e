#pragma once
// For http.cpp and http_multi.cpp only.
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "clients/http_transfer.hpp"
#include "core/deadline.hpp"

namespace wbverify::http {

struct MultiCloser {
  void operator()(void* multi) const;
};

/// The transfers of all calls, from whichever thread, on one curl multi handle: one set of kept connections. There is no
/// thread of its own: of the threads that wait, one leads and moves the transfers of all.
class Multi {
 public:
  Multi();
  /// Returns when each transfer has ended: by its answer, its failure, the deadline or the stop, which gives what was sent and may
  /// change something `HttpClient::last_word` to be answered.
  void run(std::deque<Transfer>& transfers, Deadline deadline, const std::stop_token& stop);

 private:
  struct Call {
    Deadline deadline;
    const std::stop_token& stop;
    Deadline::Clock::time_point started = Deadline::Clock::now();
    bool begun = false;                     ///< its transfers are with curl
    std::optional<Deadline> last_word = {};   ///< since it was stopped
    std::vector<Transfer*> open = {};
  };

  void lead(const Call& own, std::unique_lock<std::mutex>& lock);
  void turn();
  void begin(Call& call);
  void stop(Call& call);
  template <class Which>
  void give_up(Call& call, Which which);
  void take_ended();
  int patience_ms() const;

  std::mutex mutex_;
  std::condition_variable changed_;   ///< a call has ended, or nobody leads any more
  std::vector<Call*> calls_;
  bool led_ = false;
  std::unique_ptr<void, MultiCloser> multi_;   ///< touched under the mutex, or by who leads
};

}  // namespace wbverify::http
