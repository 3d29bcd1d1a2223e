#pragma once
#include <span>
#include <string>
#include <vector>

#include "clients/tls_openssl.hpp"

namespace wbverify::tls {

/// A trusted certificate and where it comes from: `system` or a file.
struct Root {
  X509Ptr certificate;
  std::string source;
};

/// The certificates of PEM files, found by name. Decoding the 144 roots of Debian into X509 objects costs 20 ms with
/// OpenSSL 3.0, so only those that a chain asks for are decoded.
class RootFile {
 public:
  /// Nothing in it and a sentence in `problem` when the file cannot be read or holds no certificate.
  RootFile(const std::string& path, std::string source, std::string& problem);

  /// Adds the roots of that subject.
  void find(const X509_NAME* subject, std::vector<Root>& out) const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string der;
    NamePtr subject;
  };
  std::vector<Entry> entries_;
  std::string source_;
};

/// What a chain may end in: the system's roots (read once per process, when first needed) and files.
class Trust {
 public:
  Trust(bool system, std::span<const std::string> files);

  std::vector<Root> find(const X509_NAME* subject) const;
  std::string words() const;   ///< `system`, `system, /etc/ca.pem`; empty when there is no certificate in any of them
  /// Files that could not be read, and a system without roots, in words.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  bool system_;
  std::vector<std::string> names_;
  std::vector<RootFile> files_;
  std::vector<std::string> problems_;
};

}  // namespace wbverify::tls
