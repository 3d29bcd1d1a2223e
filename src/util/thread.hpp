#pragma once
// The only way to start a thread (tests/unit/test_layers.py reads the sources).
#include <exception>
#include <functional>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "util/limits.hpp"

namespace wbverify {

/// Does the work in a thread of its own or, when the system has none to give, at once: then the thread that comes back is not joinable.
/// What the work throws ends there and is noted as a shortage, so that nothing is concluded from what it left undone.
inline std::jthread start_thread(std::function<void()> work) {
  const auto guarded = [work = std::move(work)] {
    try {
      work();
    } catch (const std::bad_alloc&) {
      note_shortage("memory");
    } catch (...) {
      note_shortage("way to finish a part of the work");
    }
  };
  try {
    return std::jthread(guarded);
  } catch (const std::system_error&) {
    note_shortage("thread");
  }
  guarded();
  return {};
}

}  // namespace wbverify
