#pragma once
// The other ways from a leaf to a root: cross-signs, re-keyed and re-named issuers.
#include <functional>
#include <map>
#include <utility>

#include "clients/tls_verify.hpp"

namespace wbverify::tls {

/// One verification: the path as OpenSSL built it and all that it objected to.
struct Pass {
  std::vector<X509Ptr> path;
  std::vector<VerifyError> errors;
};

/// OpenSSL's verification with exactly these certificates at hand.
Pass verify_once(const ChainQuestion& question, const std::vector<X509*>& untrusted, const std::vector<X509*>& trusted, bool strict);

/// Walks every path whose names and signatures fit, roots first, and lets OpenSSL verify each one alone.
class PathSearch {
 public:
  PathSearch(const ChainQuestion& question, std::vector<X509*> roots) : question_(question), roots_(std::move(roots)) {}
  /// `take` returns true to end the search.
  void run(std::function<bool(Pass)> take);

 private:
  static constexpr std::size_t longest_path = 12;   ///< certificates, leaf and root included; real ones stay below 6
  static constexpr int most_paths = 300;            ///< a hostile server can make their number exponential
  static constexpr std::size_t most_signatures = 3000;
  static constexpr int most_steps = 3000;           ///< dead ends count too

  void extend();
  void verify(X509* root);
  bool in_path(const X509* certificate) const;
  bool signed_by(X509* child, X509* issuer);
  std::vector<X509*> issuers_of(X509* child, const std::vector<X509*>& among);

  const ChainQuestion& question_;
  std::vector<X509*> roots_;
  std::function<bool(Pass)> take_;
  std::vector<X509*> path_;
  std::map<std::pair<X509*, X509*>, bool> signatures_;
  int verified_ = 0, steps_ = 0;
  bool done_ = false;
};

}  // namespace wbverify::tls
