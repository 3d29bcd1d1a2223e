#include "clients/tls_certificate.hpp"

#include <arpa/inet.h>

#include <array>
#include <ctime>
#include <new>

#include "core/display.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify::tls {
namespace {

constexpr std::size_t longest_name = 256;   ///< bytes of a distinguished name; real ones stay below 200
constexpr int most_names = 100;             ///< SAN entries kept

std::string_view view(const ASN1_STRING* text) {
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string print_name(const X509_NAME* name) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!out) throw std::bad_alloc();
  // Without ESC_MSB umlauts stay letters; what is not printable is escaped by for_display().
  constexpr unsigned long form = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB | ASN1_STRFLGS_ESC_CTRL);
  if (X509_NAME_print_ex(out.get(), name, 0, form) < 0) return "(unreadable name)";
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return for_display(std::string_view(data, static_cast<std::size_t>(size)), longest_name);
}

std::string common_name(const X509_NAME* name) {
  int at = -1;
  for (int next = -1; (next = X509_NAME_get_index_by_NID(name, NID_commonName, next)) >= 0;) at = next;
  if (at < 0) return {};
  unsigned char* utf8 = nullptr;
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  const int size = ASN1_STRING_to_UTF8(&utf8, value);
  if (size < 0) return for_display(view(value), longest_name);
  std::string out = for_display(std::string_view(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)), longest_name);
  OPENSSL_free(utf8);
  return out;
}

std::int64_t unix_time(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<std::int64_t>(timegm(&parts)) : 0;
}

void read_names(X509* certificate, Certificate& out) {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (names == nullptr) return;
  out.name_count = sk_GENERAL_NAME_num(names);
  for (int i = 0; i < out.name_count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS && out.dns_names.size() < most_names) {
      out.dns_names.push_back(for_display(view(name->d.dNSName), longest_name));
    } else if (name->type == GEN_IPADD && out.ip_addresses.size() < most_names) {
      const std::string_view raw = view(name->d.iPAddress);
      std::array<char, INET6_ADDRSTRLEN> text{};
      const int family = raw.size() == 4 ? AF_INET : AF_INET6;
      const bool readable = (raw.size() == 4 || raw.size() == 16) && inet_ntop(family, raw.data(), text.data(), text.size()) != nullptr;
      out.ip_addresses.push_back(readable ? text.data() : "(unreadable address)");
    }
  }
  GENERAL_NAMES_free(names);
}

void read_key(X509* certificate, Certificate& out) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) {
    out.key_type = "unreadable";
    return;
  }
  out.key_bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: out.key_type = "RSA"; break;
    case EVP_PKEY_RSA_PSS: out.key_type = "RSA-PSS"; break;
    case EVP_PKEY_EC: out.key_type = "EC"; break;
    case EVP_PKEY_ED25519: out.key_type = "Ed25519"; break;
    case EVP_PKEY_ED448: out.key_type = "Ed448"; break;
    case EVP_PKEY_DSA: out.key_type = "DSA"; break;
    default: out.key_type = "another kind";
  }
  if (out.key_type == "EC") {
    std::array<char, 80> curve{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &size) == 1) out.curve = for_display(curve.data(), 80);
  }
}

std::string oid(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return for_display(text.data(), text.size());
}

void read_extensions(X509* certificate, Certificate& out) {
  // X509_get_extension_flags also fills what the two usage functions read.
  const std::uint32_t flags = X509_get_extension_flags(certificate);
  out.is_ca = X509_check_ca(certificate) != 0;
  out.self_issued = X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
  out.server_auth = (flags & EXFLAG_XKUSAGE) == 0 || (X509_get_extended_key_usage(certificate) & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
  out.signing_key_usage = (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) != 0;
  out.server_key_usage = (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) != 0;
  out.subject_key_id = hex_encode(view(X509_get0_subject_key_id(certificate)).substr(0, 64));
  out.authority_key_id = hex_encode(view(X509_get0_authority_key_id(certificate)).substr(0, 64));
  for (int i = 0; i < X509_get_ext_count(certificate) && out.unknown_critical.size() < 10; ++i) {
    X509_EXTENSION* extension = X509_get_ext(certificate, i);
    if (X509_EXTENSION_get_critical(extension) != 0 && X509_supported_extension(extension) == 0) {
      out.unknown_critical.push_back(oid(X509_EXTENSION_get_object(extension)));
    }
  }
  if (auto* features = static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr)); features != nullptr) {
    constexpr long status_request = 5;   // RFC 7633 §3, RFC 6066 §1.1
    for (int i = 0; i < sk_ASN1_INTEGER_num(features); ++i) {
      out.must_staple = out.must_staple || ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == status_request;
    }
    TLS_FEATURE_free(features);
  }
  if (auto* access = static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)); access != nullptr) {
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access) && out.issuer_urls.size() < 5; ++i) {
      const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access, i);
      if (OBJ_obj2nid(entry->method) == NID_ad_ca_issuers && entry->location->type == GEN_URI) {
        out.issuer_urls.push_back(for_display(view(entry->location->d.uniformResourceIdentifier), longest_name));
      }
    }
    AUTHORITY_INFO_ACCESS_free(access);
  }
}

}  // namespace

std::string fingerprint(const X509* certificate, const EVP_MD* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  if (X509_digest(certificate, digest, bytes.data(), &size) != 1) return {};
  return hex_encode({reinterpret_cast<const char*>(bytes.data()), size});
}

Certificate describe(X509* certificate) {
  Certificate out;
  out.subject = print_name(X509_get_subject_name(certificate));
  out.issuer = print_name(X509_get_issuer_name(certificate));
  out.subject_cn = common_name(X509_get_subject_name(certificate));
  out.issuer_cn = common_name(X509_get_issuer_name(certificate));
  out.serial = hex_encode(view(X509_get0_serialNumber(certificate)).substr(0, 64));
  out.not_before = unix_time(X509_get0_notBefore(certificate));
  out.not_after = unix_time(X509_get0_notAfter(certificate));
  out.signature = for_display(OBJ_nid2ln(X509_get_signature_nid(certificate)), 80);
  int digest = NID_undef;
  if (X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr) == 1 && digest != NID_undef) {
    out.digest = OBJ_nid2sn(digest);
  }
  out.sha256 = fingerprint(certificate, EVP_sha256());
  out.sha1 = fingerprint(certificate, EVP_sha1());
  read_names(certificate, out);
  read_key(certificate, out);
  read_extensions(certificate, out);
  // X509_self_signed also compares the key identifiers; the error queue is not ours to fill.
  out.self_signed = out.self_issued && X509_self_signed(certificate, 1) == 1;
  ERR_clear_error();
  return out;
}

}  // namespace wbverify::tls
