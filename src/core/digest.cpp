#include "core/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace wbverify {
namespace {

using Buffer = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string text(const Buffer& buffer, unsigned int size) { return {buffer.begin(), buffer.begin() + size}; }

std::string digest(std::string_view bytes, const EVP_MD* kind) {
  Buffer out{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind, nullptr) != 1) return {};
  return text(out, size);
}

std::string hmac(std::string_view key, std::string_view bytes, const EVP_MD* kind) {
  Buffer out{};
  unsigned int size = 0;
  const void* const data = bytes.data();
  // No key pointer at all would mean the key of the last call.
  if (HMAC(kind, key.empty() ? "" : key.data(), static_cast<int>(key.size()), static_cast<const unsigned char*>(data), bytes.size(), out.data(), &size) == nullptr) return {};
  return text(out, size);
}

}  // namespace

std::string sha256(std::string_view bytes) { return digest(bytes, EVP_sha256()); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) { return hmac(key, bytes, EVP_sha256()); }

std::string hmac_sha1(std::string_view key, std::string_view bytes) { return hmac(key, bytes, EVP_sha1()); }

std::string md5(std::string_view bytes) { return digest(bytes, EVP_md5()); }

}  // namespace wbverify
