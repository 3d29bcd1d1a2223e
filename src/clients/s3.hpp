#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "clients/http.hpp"
#include "clients/s3_sign.hpp"
#include "clients/s3_xml.hpp"

namespace wbverify {

/// Where a bucket is.
struct S3Address {
  bool tls = true;
  std::string host;         ///< the endpoint; IPv6 literals without brackets
  std::uint16_t port = 443;
  bool path_style = true;   ///< false: the bucket's name goes in front of the host
  std::string bucket;
  std::string region;

  /// The name to resolve, to connect to and to find in the certificate.
  std::string connect_host() const;
  /// As the Host header says it: with the port unless it is the scheme's own.
  std::string authority() const;
  /// `https://s3.example.com:9000`.
  std::string origin() const;
  /// Not encoded. An empty key means the bucket itself.
  std::string path(std::string_view key) const;
  /// Without a query, ready for a command line.
  std::string url(std::string_view key) const;
};

/// One request to make.
struct S3Call {
  enum class Signing {
    header,      ///< as the server itself speaks to the store
    presigned,   ///< as a browser does, with a URL that the server has signed
    none,
    version_2,   ///< the old signature, in which the Host header has no part: to find out who changes it
  };
  std::string method = "GET";
  std::string key;          ///< empty: the bucket itself
  bool service = false;     ///< neither bucket nor key: the list of buckets
  S3Query query;            ///< part of the signature
  Headers headers;          ///< signed too, unless named in `unsigned_headers`
  Headers unsigned_headers;
  std::string body;
  Signing signing = Signing::header;
  std::size_t max_body = 1 << 20;

  // How a presigned URL is made wrong on purpose.
  std::int64_t expires = 86400;   ///< seconds; W&B signs uploads for a day
  std::int64_t age = 0;           ///< signed that many seconds ago
  bool tampered = false;          ///< the signature's last digit is another
  std::string signed_method;      ///< signed for this one, sent with `method`
  std::string signed_key;         ///< signed for this one, sent for `key`
  std::string signed_host;        ///< signed for this Host header, sent with the real one
};

/// What came back, fit to be shown and recorded: bounded, clean.
struct S3Answer {
  std::string cause, text;    ///< why nothing came back; empty when an answer did. Causes of HttpClient
  bool transient = false;     ///< asking again soon may end otherwise
  int status = 0;             ///< 0: no answer
  std::string code, message;  ///< of the error document: `NoSuchBucket`
  std::string region;         ///< x-amz-bucket-region, else the error document's
  std::string request_id;
  std::string root;           ///< outermost element of an XML body
  std::string kind;           ///< of the body: `empty`, `xml`, `html`, `json`, `other`
  std::string begin;          ///< of a body that is no XML: its title or first words
  std::string server;         ///< Server header
  std::string product;        ///< `Amazon S3`, `MinIO`, `MinIO Console`, `Ceph RGW`, `OpenStack Swift`, `NetApp StorageGRID`, or empty
  std::string location;       ///< Location header, without query
  bool amazon_headers = false;   ///< x-amz-request-id or x-amz-id-2 is there
  bool azure_headers = false;    ///< x-ms-request-id is there
  std::int64_t date = 0;      ///< Date header, Unix seconds; 0: absent or unreadable
  double duration_ms = 0;
  bool operator==(const S3Answer&) const = default;

  bool ok() const { return status >= 200 && status < 300; }
  /// An answer as S3 gives it, also one that refuses.
  bool is_s3() const;
};

struct S3Reply {
  S3Answer answer;
  ReceivedHeaders headers;
  Received body;   ///< maybe binary
};

/// The call as it goes on the wire. Without keys nothing is signed.
HttpRequest s3_request(const S3Address& address, const S3Keys& keys, const S3Call& call, std::int64_t now);

/// Speaks S3 over kept connections, which several threads may share.
class S3Client {
 public:
  S3Client(S3Address address, S3Keys keys, HttpOptions options);

  /// Side by side; replies in the order of the calls. `now` is Unix seconds, for the signatures.
  std::vector<S3Reply> send_all(std::span<const S3Call> calls, std::int64_t now, Deadline deadline, const std::stop_token& stop = {});
  S3Reply send(const S3Call& call, std::int64_t now, Deadline deadline, const std::stop_token& stop = {});
  int round_trips() const { return http_.round_trips(); }
  const S3Address& address() const { return address_; }
  bool has_keys() const { return !keys_.secret.empty(); }

 private:
  S3Address address_;
  S3Keys keys_;
  HttpClient http_;
};

/// Whether the text can be the name of a region: letters, digits, hyphens and underscores, no hyphen in front, at most 64. Own stores invent theirs. What
/// an answer gives as a region and is none is dropped where the answer is read.
bool is_s3_region(std::string_view text);
/// Where the same store is asked for another region. Amazon has a host for each; what is no host of Amazon's stays as it is.
S3Address in_region(S3Address address, const std::string& region);

/// An answer made of a response, for tests and for the client itself.
S3Answer read_answer(const HttpResponse& response);
/// `Wed, 25 Nov 2026 03:43:03 GMT` as Unix seconds; nothing for other texts.
std::optional<std::int64_t> read_http_date(std::string_view text);

}  // namespace wbverify
