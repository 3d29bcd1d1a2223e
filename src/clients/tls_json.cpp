#include "clients/tls.hpp"
#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(Certificate, subject, issuer, subject_cn, issuer_cn, dns_names, ip_addresses, name_count, serial, not_before, not_after,
              key_type, key_bits, curve, signature, digest, sha256, sha1, subject_key_id, authority_key_id, is_ca, self_issued, self_signed,
              server_auth, server_key_usage, signing_key_usage, must_staple, unknown_critical, issuer_urls)
WBVERIFY_JSON(VerifyError, code, depth, text)

WBVERIFY_JSON(TlsObservation, server_name, address, port, completed, cause, text, protocol, cipher, forward_secrecy, alpn, refused_by,
              refused_by_python, client_certificate_asked, presented_count, presented, built, errors, strict_errors, path_needs_search,
              staple, old_protocol, old_protocols_unanswered, without_name, anchor, trust, trust_problems, duration_ms, round_trips)

}  // namespace wbverify
