#include "clients/tls_trust.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify::tls {
namespace {

constexpr std::size_t largest_file = 16U << 20;   ///< bytes; the largest bundles in use stay below 1 MiB

/// Where systems keep their roots: Debian, Red Hat, SUSE, Red Hat before 7, Alpine and BSD.
constexpr std::array<const char*, 6> system_bundles = {
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",             "/etc/pki/tls/cacert.pem",                           "/etc/ssl/cert.pem"};

std::optional<std::string> read_file(const std::string& path, std::string& problem) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    problem = path + " cannot be read: " + std::strerror(errno);
    return std::nullopt;
  }
  std::string text;
  std::array<char, 65536> part{};
  while (in.read(part.data(), part.size()) || in.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest_file) {
      problem = path + " is larger than any bundle of certificates";
      return std::nullopt;
    }
  }
  if (in.bad() || (text.empty() && !in.eof())) {
    problem = path + " cannot be read";
    return std::nullopt;
  }
  return text;
}

/// The bytes between two PEM lines; nothing when they are no base64.
std::string decode_body(std::string_view body) {
  std::string out(body.size(), '\0');
  const std::unique_ptr<EVP_ENCODE_CTX, Freer<EVP_ENCODE_CTX_free>> context(EVP_ENCODE_CTX_new());
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0, rest = 0;
  EVP_DecodeInit(context.get());
  if (EVP_DecodeUpdate(context.get(), to, &size, bytes_of(body), static_cast<int>(body.size())) < 0) return {};
  if (EVP_DecodeFinal(context.get(), to + size, &rest) != 1) return {};
  out.resize(static_cast<std::size_t>(size + rest));
  return out;
}

/// Calls `take` with the DER of every certificate. OpenSSL's own "TRUSTED CERTIFICATE" is left out: it may hold a refusal.
template <class Take>
void each_pem(std::string_view text, Take take) {
  constexpr std::array<std::string_view, 2> headers = {"-----BEGIN CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----"};
  for (std::size_t at = 0; (at = text.find("-----BEGIN ", at)) != std::string_view::npos;) {
    const std::string_view rest = text.substr(at);
    const auto header = std::find_if(headers.begin(), headers.end(), [&](std::string_view h) { return rest.starts_with(h); });
    at += 11;
    if (header == headers.end()) continue;
    const std::string_view body = rest.substr(header->size());
    const auto end = body.find("-----END ");
    if (end == std::string_view::npos) return;
    if (std::string der = decode_body(body.substr(0, end)); !der.empty()) take(std::move(der));
  }
}

/// Steps into the value at `at` (`inside`) or over it; false when there is none, or it is not of that tag.
bool step(const unsigned char*& at, const unsigned char* end, bool inside, int wanted_tag = -1) {
  const unsigned char* start = at;
  long length = 0;
  int tag = 0, kind = 0;
  if (at >= end || (ASN1_get_object(&at, &length, &tag, &kind, end - at) & 0x80) != 0) return false;
  if (wanted_tag >= 0 && tag != wanted_tag) {
    at = start;
    return false;
  }
  if (!inside) at += length;
  return true;
}

/// The subject of a certificate, without decoding its key.
NamePtr subject_of(const std::string& der) {
  const unsigned char* at = bytes_of(der);
  const unsigned char* end = at + der.size();
  if (!step(at, end, true, V_ASN1_SEQUENCE) || !step(at, end, true, V_ASN1_SEQUENCE)) return {};
  step(at, end, false, 0);   // version, which may be missing
  // Serial number, signature algorithm, issuer, validity.
  for (int i = 0; i < 4; ++i) {
    if (!step(at, end, false)) return {};
  }
  NamePtr name(d2i_X509_NAME(nullptr, &at, end - at));
  ERR_clear_error();
  return name;
}

X509Ptr decode(const std::string& der) {
  const unsigned char* at = bytes_of(der);
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

struct SystemRoots {
  std::optional<RootFile> bundle;
  std::string folder;    ///< with files named after the hash of the subject (c_rehash)
  bool folder_has_roots = false;
  std::string problem;
};

SystemRoots read_system_roots() {
  SystemRoots out;
  std::string ignored;
  const auto try_bundle = [&](const char* path) {
    RootFile file(path, "system", ignored);
    if (file.size() > 0 && !out.bundle) out.bundle = std::move(file);
  };
  for (const char* path : system_bundles) {
    if (!out.bundle) try_bundle(path);
  }
  if (!out.bundle) try_bundle(X509_get_default_cert_file());
  out.folder = X509_get_default_cert_dir();
  std::error_code error;
  out.folder_has_roots = std::filesystem::is_directory(out.folder, error) && !std::filesystem::is_empty(out.folder, error) && !error;
  if (!out.bundle && !out.folder_has_roots) {
    out.problem = std::string("this machine has no file of trusted root certificates (") + system_bundles.front() + " or its like)";
  }
  return out;
}

const SystemRoots& system_roots() {
  static const SystemRoots roots = read_system_roots();
  return roots;
}

void find_in_folder(const std::string& folder, const X509_NAME* subject, std::vector<Root>& out) {
  int known = 0;
  const unsigned long hash = X509_NAME_hash_ex(subject, nullptr, nullptr, &known);
  for (int i = 0; known == 1 && i < 10; ++i) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "%08lx.%d", hash, i);
    std::ifstream probe(folder + "/" + name.data());
    if (!probe) return;
    std::string ignored;
    RootFile(folder + "/" + name.data(), "system", ignored).find(subject, out);
  }
}

}  // namespace

RootFile::RootFile(const std::string& path, std::string source, std::string& problem) : source_(std::move(source)) {
  const auto text = read_file(path, problem);
  if (!text) return;
  each_pem(*text, [&](std::string der) {
    if (NamePtr subject = subject_of(der)) entries_.push_back({std::move(der), std::move(subject)});
  });
  if (entries_.empty()) problem = path + " holds no certificate in PEM form";
}

void RootFile::find(const X509_NAME* subject, std::vector<Root>& out) const {
  for (const Entry& entry : entries_) {
    if (X509_NAME_cmp(entry.subject.get(), subject) != 0) continue;
    X509Ptr certificate = decode(entry.der);
    if (!certificate) continue;
    const auto same = [&](const Root& root) { return X509_cmp(root.certificate.get(), certificate.get()) == 0; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back({std::move(certificate), source_});
  }
}

Trust::Trust(bool system, std::span<const std::string> files) : system_(system) {
  if (system) names_.emplace_back("system");
  for (const auto& path : files) {
    std::string problem;
    files_.emplace_back(path, for_display(path, 200), problem);
    names_.push_back(for_display(path, 200));
    if (!problem.empty()) problems_.push_back(for_display(problem));
  }
  if (system && !system_roots().problem.empty()) problems_.push_back(system_roots().problem);
}

std::vector<Root> Trust::find(const X509_NAME* subject) const {
  std::vector<Root> out;
  if (system_) {
    if (system_roots().bundle) system_roots().bundle->find(subject, out);
    find_in_folder(system_roots().folder, subject, out);
  }
  for (const auto& file : files_) file.find(subject, out);
  return out;
}

std::string Trust::words() const {
  const bool system = system_ && (system_roots().bundle || system_roots().folder_has_roots);
  const bool file = std::any_of(files_.begin(), files_.end(), [](const RootFile& f) { return f.size() > 0; });
  return system || file ? join(names_, ", ") : std::string();
}

}  // namespace wbverify::tls
