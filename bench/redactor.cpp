// Throughput of the redactor over text that a server might have written, beside memchr over the same bytes (what the memory
// gives) and beside looking for each secret one after another in plain form only (what a simple program would do).
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "core/redactor.hpp"

namespace {

/// Of this thread: other programs on the machine do not count.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <class F>
double best_mib_per_second(std::size_t bytes, F work) {
  double best = 0;
  for (int i = 0; i < 5; ++i) {
    const double started = cpu_seconds();
    work();
    const double seconds = std::max(cpu_seconds() - started, 1e-7);
    best = std::max(best, static_cast<double>(bytes) / 1048576.0 / seconds);
  }
  return best;
}

class Bench {
 public:
  Bench() {
    for (int i = 0; i < 12; ++i) {
      secrets_.push_back(word(8 + dice_() % 32));
      redactor_.add(secrets_.back());
    }
    std::printf("%-52s %8s %10s\n", "redactor, 256 KiB, 12 secrets", "MiB/s", "x memchr");
  }

  std::string word(std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += "abcdefghijklmnopqrstuvwxyz0123456789/+%@"[dice_() % 40];
    return out;
  }

  template <class Line>
  void measure(const char* name, Line line) {
    std::string text;
    while (text.size() < 256U << 10) {
      text += line();
      if (dice_() % 50 == 0) text += "Access denied for user wandb using password " + secrets_[dice_() % secrets_.size()] + "\n";
    }
    const double memory = best_mib_per_second(text.size(), [&] {
      sink_ += static_cast<std::size_t>(static_cast<const char*>(std::memchr(text.data(), '\0', text.size() + 1)) - text.data());
    });
    const double redacted = best_mib_per_second(text.size(), [&] { sink_ += redactor_.redact(text).size(); });
    const double simple = best_mib_per_second(text.size(), [&] {
      for (const auto& secret : secrets_) {
        for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 1)) ++sink_;
      }
    });
    std::printf("%-52s %8.1f %10.5f\n", name, redacted, redacted / memory);
    std::printf("%-52s %8.1f %10.5f\n", "  plain form only, one after another", simple, simple / memory);
    std::printf("%-52s %8.1f %10.5f\n", "  memchr", memory, 1.0);
  }
  bool ran() const { return sink_ != 0; }

 private:
  std::mt19937 dice_{20261125};
  wbverify::Redactor redactor_;
  std::vector<std::string> secrets_;
  std::size_t sink_ = 0;
};

}  // namespace

int main() {
  Bench bench;
  bench.measure("log lines", [&] { return "2026-11-25T03:00:00Z level=info msg=\"GET /files/" + bench.word(24) + " 200\" trace=" + bench.word(16) + "\n"; });
  bench.measure("a page with every kind of escape in each line", [&] { return "<p class=\"x\">" + bench.word(12) + " of a page &amp; more, 100 %25 of it, with a \\\" and a ://.</p>\n"; });
  bench.measure("JSON within JSON", [&] { return R"({"level":"error","msg":"{\"url\":\"https:\/\/h\/k?a=1\u0026b=%2F)" + bench.word(12) + R"(\",\"why\":\"it\\u0027s \\\"gone\\\"\"}"})" "\n"; });
  bench.measure("nothing but percent escapes", [&] { return std::string("%41%2F%62%25%33%3a%2e%41%42%20"); });
  return bench.ran() ? 0 : 1;
}
