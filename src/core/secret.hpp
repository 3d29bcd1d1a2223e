#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace wbverify {

/// Overwrites memory in a way that the compiler does not leave out.
void wipe(void* bytes, std::size_t size);
/// Overwrites the characters and leaves the string empty.
void wipe(std::string& text);

/// Sets memory aside for secrets that is neither swapped nor dumped. To be called once, before the first of them; without it, or when
/// this machine has no such memory, they stand in ordinary memory.
void keep_secrets_in_memory();

/// A value that must never be shown. It has no formatter, no stream operator, no JSON conversion, no comparison and no
/// implicit conversion: printing it does not compile. Its memory is wiped when it goes. Making one registers it with the
/// process's redactor, which from then on removes it, in every encoding, from text that leaves.
/// The bytes stay out of swap and of core dumps as far as this machine allows (keep_secrets_in_memory()).
class Secret {
 public:
  Secret() = default;
  /// Takes a copy and wipes the string that was given.
  explicit Secret(std::string value);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// The value itself. Called in src/clients only (a test reads the sources), where it goes on the wire.
  std::string_view expose() const { return {bytes_.get(), size_}; }

  template <class T>
  friend T& operator<<(T&, const Secret&) = delete;

 private:
  struct Free {
    void operator()(char* bytes) const;
  };
  static std::unique_ptr<char[], Free> copy_of(std::string_view value);
  // Not a std::string: its small buffer would stay behind in a moved-from object.
  std::unique_ptr<char[], Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace wbverify
