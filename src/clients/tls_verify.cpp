#include "clients/tls_verify.hpp"

#include <algorithm>
#include <new>

#include "clients/tls_paths.hpp"

namespace wbverify::tls {
namespace {

/// RFC 5280 §4.1.2.5: the last second is still valid. OpenSSL thinks otherwise.
bool ends_this_second(X509_STORE_CTX* context) {
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context);
  const X509* certificate = X509_STORE_CTX_get_current_cert(context);
  if (certificate == nullptr || (X509_VERIFY_PARAM_get_flags(rules) & X509_V_FLAG_USE_CHECK_TIME) == 0) return false;
  return ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate), X509_VERIFY_PARAM_get_time(rules)) == 0;
}

int collect(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  if (X509_STORE_CTX_get_error(context) == X509_V_ERR_CERT_HAS_EXPIRED && ends_this_second(context)) return 1;
  auto& errors = *static_cast<std::vector<VerifyError>*>(X509_STORE_CTX_get_app_data(context));
  VerifyError error;
  error.code = X509_STORE_CTX_get_error(context);
  error.depth = X509_STORE_CTX_get_error_depth(context);
  const auto same = [&](const VerifyError& e) { return e.code == error.code && e.depth == error.depth; };
  if (errors.size() < 50 && std::none_of(errors.begin(), errors.end(), same)) {
    error.text = X509_verify_cert_error_string(error.code);
    errors.push_back(std::move(error));
  }
  return 1;
}

/// Faults that every path has because they are the leaf's own.
bool inherent(const VerifyError& error) {
  switch (error.code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return true;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK: return error.depth == 0;
    default: return false;
  }
}

bool no_anchor(const VerifyError& error) {
  switch (error.code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return true;
    default: return false;
  }
}

/// How far a path is from a good one.
int badness(const Pass& pass) {
  int sum = 0;
  for (const auto& error : pass.errors) sum += no_anchor(error) ? 100 : inherent(error) ? 0 : 1;
  return sum;
}

/// Every trusted certificate that a search by issuer name, starting anywhere in the chain, could come upon.
std::vector<Root> reachable_roots(const ChainQuestion& question, const Trust& trust) {
  std::vector<Root> roots;
  std::vector<X509_NAME*> asked;
  const auto ask = [&](X509_NAME* name) {
    const auto same = [&](const X509_NAME* other) { return X509_NAME_cmp(name, other) == 0; };
    if (asked.size() >= 200 || std::any_of(asked.begin(), asked.end(), same)) return;
    asked.push_back(name);
    for (Root& root : trust.find(name)) roots.push_back(std::move(root));
  };
  for (X509* certificate : question.sent) ask(X509_get_issuer_name(certificate));
  for (X509* certificate : question.sent) ask(X509_get_subject_name(certificate));
  ask(X509_get_issuer_name(question.leaf));
  ask(X509_get_subject_name(question.leaf));
  for (std::size_t i = 0; i < roots.size() && i < 200; ++i) ask(X509_get_issuer_name(roots[i].certificate.get()));
  return roots;
}

std::vector<X509*> raw(const std::vector<Root>& roots) {
  std::vector<X509*> out;
  for (const auto& root : roots) out.push_back(root.certificate.get());
  return out;
}

}  // namespace

Pass verify_once(const ChainQuestion& question, const std::vector<X509*>& untrusted, const std::vector<X509*>& trusted, bool strict) {
  Pass pass;
  const StorePtr store(X509_STORE_new());
  for (X509* certificate : trusted) X509_STORE_add_cert(store.get(), certificate);
  const StackPtr stack = stack_of(untrusted);
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (!store || !stack || !context || X509_STORE_CTX_init(context.get(), store.get(), question.leaf, stack.get()) != 1) throw std::bad_alloc();
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_auth_level(rules, 2);
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN | (strict ? X509_V_FLAG_X509_STRICT : 0UL));
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set_time(rules, question.at.value_or(std::time(nullptr)));
  if (question.max_depth >= 0) X509_VERIFY_PARAM_set_depth(rules, question.max_depth);
  // A leading dot would ask X509_check_host for any subdomain.
  const bool named = is_ip(question.name)             ? X509_VERIFY_PARAM_set1_ip_asc(rules, question.name.c_str()) == 1
                     : question.name.starts_with('.') ? false
                                                      : X509_VERIFY_PARAM_set1_host(rules, question.name.data(), question.name.size()) == 1;
  if (!named || question.name.empty()) pass.errors.push_back({X509_V_ERR_HOSTNAME_MISMATCH, 0, X509_verify_cert_error_string(X509_V_ERR_HOSTNAME_MISMATCH)});
  X509_STORE_CTX_set_app_data(context.get(), &pass.errors);
  X509_STORE_CTX_set_verify_cb(context.get(), collect);
  const int verdict = X509_verify_cert(context.get());
  if (verdict <= 0 && pass.errors.empty()) {
    const int code = X509_STORE_CTX_get_error(context.get());
    pass.errors.push_back({code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code, 0, X509_verify_cert_error_string(code)});
  }
  if (const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get()); chain != nullptr) {
    for (int i = 0; i < sk_X509_num(chain); ++i) pass.path.push_back(share(sk_X509_value(chain, i)));
  }
  if (pass.path.empty()) pass.path.push_back(share(question.leaf));
  ERR_clear_error();
  return pass;
}

ChainAnswer verify_chain(const ChainQuestion& question, const Trust& trust) {
  const std::vector<Root> roots = reachable_roots(question, trust);
  Pass best = verify_once(question, question.sent, raw(roots), false);
  ChainAnswer answer;
  if (!roots.empty() && !std::all_of(best.errors.begin(), best.errors.end(), inherent)) {
    const int first = badness(best);
    PathSearch search(question, raw(roots));
    search.run([&](Pass pass) {
      if (badness(pass) < badness(best)) best = std::move(pass);
      return badness(best) == 0;
    });
    answer.needs_search = first > 0 && badness(best) == 0;
  }
  const bool anchored = std::none_of(best.errors.begin(), best.errors.end(), no_anchor);
  if (anchored) {
    const X509* end = best.path.back().get();
    for (const auto& root : roots) {
      if (X509_cmp(root.certificate.get(), end) == 0) answer.anchor = root.source;
    }
    std::vector<X509*> between;
    for (const auto& certificate : best.path) between.push_back(certificate.get());
    for (auto& error : verify_once(question, between, {best.path.back().get()}, true).errors) {
      if (std::find(best.errors.begin(), best.errors.end(), error) == best.errors.end()) answer.strict.push_back(std::move(error));
    }
  }
  answer.path = std::move(best.path);
  answer.errors = std::move(best.errors);
  return answer;
}

std::string read_staple(std::string_view der, const std::vector<X509Ptr>& path, std::optional<std::time_t> at) {
  const unsigned char* bytes = bytes_of(der);
  const std::unique_ptr<OCSP_RESPONSE, Freer<OCSP_RESPONSE_free>> response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
  std::string word = "unusable";
  if (response && OCSP_response_status(response.get()) == OCSP_RESPONSE_STATUS_SUCCESSFUL && path.size() > 1) {
    const std::unique_ptr<OCSP_BASICRESP, Freer<OCSP_BASICRESP_free>> basic(OCSP_response_get1_basic(response.get()));
    const std::unique_ptr<OCSP_CERTID, Freer<OCSP_CERTID_free>> id(OCSP_cert_to_id(EVP_sha1(), path[0].get(), path[1].get()));
    const StorePtr store(X509_STORE_new());
    if (!store) throw std::bad_alloc();
    std::vector<X509*> issuers;
    for (std::size_t i = 1; i < path.size(); ++i) {
      issuers.push_back(path[i].get());
      X509_STORE_add_cert(store.get(), path[i].get());
    }
    X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(store.get()), X509_V_FLAG_PARTIAL_CHAIN);
    if (at) X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), *at);
    const StackPtr stack = stack_of(issuers);
    int status = V_OCSP_CERTSTATUS_UNKNOWN, reason = 0;
    ASN1_GENERALIZEDTIME *revoked = nullptr, *made = nullptr, *next = nullptr;
    constexpr long clock_slack = 300;   // seconds, as OpenSSL's own s_client allows
    if (basic && id && OCSP_basic_verify(basic.get(), stack.get(), store.get(), 0) == 1 &&
        OCSP_resp_find_status(basic.get(), id.get(), &status, &reason, &revoked, &made, &next) == 1 &&
        OCSP_check_validity(made, next, clock_slack, -1) == 1) {
      word = status == V_OCSP_CERTSTATUS_GOOD ? "good" : status == V_OCSP_CERTSTATUS_REVOKED ? "revoked" : "unknown";
    }
  }
  ERR_clear_error();
  return word;
}

}  // namespace wbverify::tls
