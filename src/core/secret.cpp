#include "core/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "core/redactor.hpp"

namespace wbverify {
namespace {

std::unique_ptr<char[]> copy_of(std::string_view value) {
  if (value.empty()) return nullptr;
  auto bytes = std::make_unique<char[]>(value.size());
  std::copy(value.begin(), value.end(), bytes.get());
  return bytes;
}

}  // namespace

void wipe(void* bytes, std::size_t size) { OPENSSL_cleanse(bytes, size); }

void wipe(std::string& text) {
  wipe(text.data(), text.size());
  text.clear();
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
