// Throughput of the redactor over text that a server might have written, beside memchr over the same bytes (what the memory
// gives) and beside looking for each secret one after another in plain form only (what a simple program would do).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/redactor.hpp"

namespace {

template <class F>
double best_mib_per_second(std::size_t bytes, F work) {
  double best = 0;
  for (int i = 0; i < 5; ++i) {
    const auto started = std::chrono::steady_clock::now();
    work();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    best = std::max(best, static_cast<double>(bytes) / 1048576.0 / seconds);
  }
  return best;
}

}  // namespace

int main() {
  std::mt19937 dice(20261125);
  const auto word = [&](std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += "abcdefghijklmnopqrstuvwxyz0123456789/+%@"[dice() % 40];
    return out;
  };
  wbverify::Redactor redactor;
  std::vector<std::string> secrets;
  for (int i = 0; i < 12; ++i) {
    secrets.push_back(word(8 + dice() % 32));
    redactor.add(secrets.back());
  }
  std::string text;
  while (text.size() < 256U << 10) {
    text += "2026-11-25T03:00:00Z level=info msg=\"GET /files/" + word(24) + " 200\" trace=" + word(16) + "\n";
    if (dice() % 50 == 0) text += "Access denied for user wandb using password " + secrets[dice() % secrets.size()] + "\n";
  }
  std::size_t sink = 0;
  const double redacted = best_mib_per_second(text.size(), [&] { sink += redactor.redact(text).size(); });
  const double memory = best_mib_per_second(text.size(), [&] {
    sink += static_cast<std::size_t>(static_cast<const char*>(std::memchr(text.data(), '\0', text.size() + 1)) - text.data());
  });
  const double simple = best_mib_per_second(text.size(), [&] {
    for (const auto& secret : secrets) {
      for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 1)) ++sink;
    }
  });
  std::printf("%-52s %8s %10s\n", "redactor, 256 KiB, 12 secrets", "MiB/s", "x memchr");
  std::printf("%-52s %8.0f %10.4f\n", "every encoding of every secret, and the shapes", redacted, redacted / memory);
  std::printf("%-52s %8.0f %10.4f\n", "plain form only, one after another", simple, simple / memory);
  std::printf("%-52s %8.0f %10.4f\n", "memchr", memory, 1.0);
  return sink == 0 ? 1 : 0;
}
