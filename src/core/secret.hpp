#pragma once
#include <compare>
#include <string>
#include <string_view>

namespace wbverify {

/// A value that must never be shown. It has no formatter, no stream operator, no JSON conversion and no implicit
/// conversion: printing it does not compile. Its memory is wiped when it goes. Making one registers it with the
/// process's redactor, which from then on removes it, in every encoding, from text that leaves.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  bool empty() const { return value_.empty(); }
  std::size_t size() const { return value_.size(); }
  /// The value itself. Called in src/clients only (a test reads the sources), where it goes on the wire.
  std::string_view expose() const { return value_; }

  template <class T>
  friend T& operator<<(T&, const Secret&) = delete;

 private:
  std::string value_;
};

}  // namespace wbverify
