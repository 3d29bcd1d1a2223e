#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace wbverify {

/// The one line on standard error that says what a run is waiting for. Drawn anew in place, erased before anything else
/// is printed.
class Progress {
 public:
  /// `enabled`: the stream is a terminal that can move its cursor. `fd` is where the line goes.
  Progress(bool enabled, int fd, int width, bool unicode)
      : enabled_(enabled), fd_(fd), width_(width), unicode_(unicode) {}
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(int settled, int total, const std::vector<std::string>& busy);
  void erase();

 private:
  bool enabled_;
  int fd_;
  int width_;
  bool unicode_;
  std::string shown_;
  std::map<std::string, std::chrono::steady_clock::time_point> since_;  ///< when each probe was first seen at work
};

/// The text of that line, for one moment: `12 of 61  waiting for mysql (3 s), bucket.read`.
std::string progress_text(int settled, int total, const std::vector<std::pair<std::string, std::chrono::seconds>>& busy,
                          int width, bool unicode);

}  // namespace wbverify
