#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "checks/shared/cors.hpp"
#include "clients/reach.hpp"
#include "clients/s3.hpp"
#include "clients/tls.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// The bucket as it is configured, without a secret.
struct BucketPlace {
  std::string provider;        ///< `Amazon S3`, `S3-compatible store`; empty: BUCKET is not set or cannot be read
  bool amazon = false;
  S3Address address;
  std::string prefix;          ///< without slashes at its ends, or empty
  bool region_is_set = false;
  bool has_keys = false;
  bool has_token = false;      ///< temporary credentials
  bool keys_in_url = false;
  std::string access_key;
  std::vector<std::string> ca_files;
  std::string page_origin;     ///< what browsers send as Origin; empty: HOST is not set or cannot be read
  bool proxied = false;        ///< browsers get files through HOST and never speak to the bucket
};

/// The question that a browser asks before it sends a request from another origin.
struct Preflight {
  std::string method;            ///< asked for
  std::string request_headers;   ///< asked for, sorted, or empty
  S3Answer answer;
  CorsHeaders cors;
};

/// What was found out after a signature had been refused.
struct SignatureTrial {
  bool tried = false;
  S3Answer old_signature;      ///< signed by version 2, which leaves the Host header out
  S3Answer without_port;       ///< signed for the host without its port; status 0 when it has none
  S3Answer presigned;          ///< signed in the URL, after the Authorization header had been answered with AccessDenied
};

/// All that is read of the bucket.
struct BucketReadFacts {
  BucketPlace place;
  Reach reach;
  std::string address;         ///< the one connected to
  bool handshaken = false;
  TlsObservation tls;
  std::int64_t asked_at = 0;   ///< this machine's clock when the first question left, Unix milliseconds
  S3Answer anonymous;          ///< listing without a signature
  S3Answer list;               ///< listing, signed
  std::string listed_bucket;   ///< the name in it
  CorsHeaders list_cors;       ///< of its answer; it was asked with the page's Origin
  S3Answer head;
  S3Answer location;
  std::string location_value;
  S3Answer cors;
  std::vector<CorsRule> rules;
  std::string rules_cause;     ///< why `cors` could not be read as rules although it is 200
  S3Answer versioning;
  std::string versioning_value;
  S3Answer buckets;            ///< the account's buckets
  std::vector<std::string> bucket_names;
  std::vector<Preflight> preflights;
  SignatureTrial trial;
  S3Answer refused_region;     ///< what came back for the region as set, when the store demands another
  std::string right_region;    ///< the one it demands; everything above was asked with it
};

WBVERIFY_FACTS(BucketReadFacts);

/// Whether a listing that names this bucket is one of the bucket in BUCKET.
bool is_listing_of(std::string_view listed, const BucketPlace& place);

/// An object that was written and read back.
struct BucketObject {
  std::string name;       ///< without the folder
  std::int64_t size = 0;
  S3Answer put, get;
  std::int64_t got = 0;   ///< bytes that came back
  bool same = false;      ///< byte for byte
};

/// An attempt that the store must refuse.
struct BucketAttempt {
  std::string name;       ///< `tampered`, `expired`, `other-method`, `wrong-key`, `anonymous`
  std::string method;
  std::string what;       ///< in words
  S3Answer answer;
  S3Answer after;         ///< for attempts to write: what the object answers afterwards; status 0: not looked
};

/// Objects of our own, written, read, attacked and deleted.
struct BucketWriteFacts {
  BucketPlace place;
  std::string folder;              ///< `prefix/wbverify/<run>/`
  S3Answer gate;                   ///< the signed listing that came first: without it nothing is written
  std::string cause, text;         ///< why nothing was written, or why it ended early
  std::string blame = "target";    ///< name() of a Blame
  bool transient = false;
  std::vector<BucketObject> objects;
  S3Answer head;
  std::int64_t head_length = -1;   ///< Content-Length; -1: absent
  std::int64_t head_size = 0;      ///< what it should be
  S3Answer range;
  std::string range_header;        ///< Content-Range
  bool range_same = false;         ///< the ten bytes asked for and no other
  S3Answer deleted;                ///< by a signed URL
  S3Answer gone;                   ///< HEAD afterwards
  std::vector<BucketAttempt> attempts;
  int written = 0;                 ///< objects announced
  bool cleaned = false;            ///< the last listing came
  S3Answer last_list;
  std::vector<std::string> left;   ///< names still there; with `cleaned` false: that may be
  int versions_left = 0;           ///< versions and delete markers that stay in a versioned bucket
  S3Answer version_refusal;        ///< why they do
};

WBVERIFY_FACTS(BucketWriteFacts);

}  // namespace wbverify
