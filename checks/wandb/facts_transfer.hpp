#pragma once
// Files on their way: signed URLs that the server gives, and what the store behind them answers.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "checks/shared/answer.hpp"
#include "checks/wandb/facts_answer.hpp"
#include "clients/reach.hpp"
#include "clients/tls.hpp"

namespace wbverify {

/// A URL that the server handed out. Never with its query: the signature stands there.
struct SignedUrl {
  std::string url;  ///< without query; empty: none was given
  std::string scheme, host;
  std::uint16_t port = 0;
  bool signature = false;      ///< its query carries one (S3, GCS or Azure)
  std::string dialect;         ///< `s3`, `gcs`, `azure`, or empty
  std::int64_t expires = 0;    ///< seconds that it is good for; 0: it does not say
  std::int64_t signed_at = 0;  ///< Unix seconds by the server's clock (X-Amz-Date, X-Goog-Date); 0: it does not say
  bool relative = false;       ///< a path without a host
};

/// The address that upload URLs point to.
struct StoreAddress {
  std::string origin;   ///< `https://s3.example.com`
  std::string same_as;  ///< `HOST`, `BUCKET`: then what is said of it there holds; empty: another
  Reach reach;          ///< empty when same_as is set
  bool handshaken = false;
  TlsObservation tls;
};

/// One transfer to or from the store. `answer.excerpt` holds its error document.
struct Transfer {
  bool tried = false;
  HttpAnswer answer;
  std::string code, message;  ///< of the store's error document: `SignatureDoesNotMatch`
  std::string seen_host;      ///< the Host that the store saw, where its error document tells what it verified
  std::int64_t bytes = 0;     ///< sent, or received
  bool same = false;          ///< downloads: byte for byte
  std::vector<std::string> allow_origin, expose_headers;  ///< Access-Control headers of the answer
  bool with_origin = false;                               ///< it was sent with the page's Origin

  /// It was done: 2xx, and no web page, with which something in front of a store answers everything.
  bool ok() const { return answer.status >= 200 && answer.status < 300 && !answer.html; }
};

/// A preflight as browsers send it.
struct StorePreflight {
  bool tried = false;
  std::string method, request_headers;
  HttpAnswer answer;
  std::vector<std::string> allow_origin, allow_methods, allow_headers;  ///< the lists' words
};

/// One file of the run.
struct WandbFile {
  std::string name;  ///< as it was saved
  std::int64_t size = 0;
  SignedUrl upload;
  std::vector<std::string> refused_headers;   ///< that the server names for the upload, and no client should send
  Transfer put;               ///< bare: never with our Authorization
  bool registered = false;    ///< the server lists it, with its size
  double registered_ms = -1;  ///< after it was announced as uploaded; -1: never
  std::int64_t listed_size = -1;
  SignedUrl route, direct;  ///< `url` and `directUrl` of its record
  Transfer by_route;        ///< the server's own route, with log-in: a redirect or the bytes
  std::string redirect;     ///< origin that it redirects to, or empty
  SignedUrl redirect_url;
  Transfer by_redirect;  ///< what the redirect led to, without log-in when it is another origin
  Transfer by_direct;    ///< directUrl, without log-in, with the page's Origin
  Transfer range;        ///< ten bytes out of the middle of it
};

/// The files of one run.
struct WandbFiles {
  std::string entity;
  ApiAnswer create;  ///< CreateRunFiles, or the older way
  std::vector<WandbFile> files;
  StoreAddress store;
  StorePreflight put_preflight, get_preflight;  ///< asked of the real upload and download URLs
  ApiAnswer list;                               ///< the last question for the files
};

/// One multipart upload.
struct WandbMultipart {
  std::int64_t bytes = 0;
  int parts = 0;
  ApiAnswer create, complete;
  std::vector<Transfer> puts;
  bool etags = true;  ///< each part's answer had an ETag
};

void to_json(nlohmann::json& json, const SignedUrl& url);
void from_json(const nlohmann::json& json, SignedUrl& url);
void to_json(nlohmann::json& json, const Transfer& transfer);
void from_json(const nlohmann::json& json, Transfer& transfer);
void to_json(nlohmann::json& json, const WandbFiles& files);
void from_json(const nlohmann::json& json, WandbFiles& files);
void to_json(nlohmann::json& json, const WandbMultipart& multipart);
void from_json(const nlohmann::json& json, WandbMultipart& multipart);

}  // namespace wbverify
