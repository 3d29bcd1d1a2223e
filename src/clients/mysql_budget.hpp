#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "core/error.hpp"

namespace wbverify {

/// Ends a connection once more than so many bytes came over it while this lives.
///
/// The client libraries collect all column definitions of an answer before they return, and neither bounds them. Their hooks for
/// waiting are no place to count: while a server sends faster than they read, they never wait. A relay between them and the socket would
/// let them take a network for a local connection, over which they send passwords more freely. So the kernel counts
/// (tcpi_bytes_received), and a thread looks at it: it works with both libraries, and whatever they do meanwhile.
class ByteBudget {
 public:
  ByteBudget(int socket, std::uint64_t bytes);
  ~ByteBudget();
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  /// False: no thread could be had, and nothing should be asked.
  bool watched() const { return thread_.joinable(); }
  bool exceeded() const { return exceeded_; }
  /// `too-large`, or `no-resources` when nobody watches.
  Error error() const;

 private:
  void watch();

  const int socket_;
  const std::uint64_t bytes_, before_;
  std::atomic<bool> exceeded_ = false;
  bool over_ = false;   ///< under the mutex
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace wbverify
