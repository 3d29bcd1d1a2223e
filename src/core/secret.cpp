#include "core/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <new>
#include <utility>

#include "core/redactor.hpp"

namespace wbverify {
void wipe(void* bytes, std::size_t size) { OPENSSL_cleanse(bytes, size); }

void wipe(std::string& text) {
  wipe(text.data(), text.size());
  text.clear();
}

void keep_secrets_in_memory() {
  constexpr std::size_t all = std::size_t{64} << 10U;   // the least that a user may lock on older systems
  constexpr std::size_t least = 32;
  [[maybe_unused]] const int done = CRYPTO_secure_malloc_init(all, least);
}

void Secret::Free::operator()(char* bytes) const { OPENSSL_secure_free(bytes); }

std::unique_ptr<char[], Secret::Free> Secret::copy_of(std::string_view value) {
  if (value.empty()) return nullptr;
  void* at = OPENSSL_secure_malloc(value.size());
  if (at == nullptr) at = OPENSSL_malloc(value.size());
  if (at == nullptr) throw std::bad_alloc();
  std::unique_ptr<char[], Free> bytes(static_cast<char*>(at));
  std::copy(value.begin(), value.end(), bytes.get());
  return bytes;
}

Secret::Secret(std::string value) : bytes_(copy_of(value)), size_(value.size()) {
  wipe(value);
  if (size_ > 0) Redactor::process().add(expose());
}

Secret::Secret(const Secret& other) : bytes_(copy_of(other.expose())), size_(other.size_) {}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(size_, other.size_);
  return *this;
}

Secret::~Secret() {
  if (bytes_) wipe(bytes_.get(), size_);
}

}  // namespace wbverify
