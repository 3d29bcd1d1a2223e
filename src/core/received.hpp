#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/secret.hpp"

namespace wbverify {

/// Bytes that a peer sent. They become text in one way, for_display(): there is no formatter, no stream operator, no JSON conversion
/// and no conversion to a string, so that showing or storing them as they came does not compile. Anything may become
/// one: to distrust is always right.
class Received {
 public:
  Received() = default;
  Received(std::string bytes) : bytes_(std::move(bytes)) {}                     // NOLINT(google-explicit-constructor)
  Received(std::string_view bytes) : bytes_(bytes) {}                           // NOLINT(google-explicit-constructor)
  Received(const char* bytes) : bytes_(bytes) {}                                // NOLINT(google-explicit-constructor)

  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  /// Byte for byte.
  bool is(std::string_view bytes) const { return bytes_ == bytes; }
  void append(std::string_view bytes) { bytes_.append(bytes); }
  void wipe() { wbverify::wipe(bytes_); }
  /// For what recognises something in them, and keeps no more than that. A test reads the sources for who calls it.
  std::string_view unread() const { return bytes_; }

  template <class T>
  friend T& operator<<(T&, const Received&) = delete;

 private:
  std::string bytes_;
};

}  // namespace wbverify
