#include "checks/wandb/facts_transfer.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(SignedUrl, url, scheme, host, port, signature, dialect, expires, signed_at, relative)

WBVERIFY_JSON(StoreAddress, origin, same_as, reach, handshaken, tls)

WBVERIFY_JSON(Transfer, tried, answer, code, message, seen_host, bytes, same, allow_origin, expose_headers,
                     with_origin)

WBVERIFY_JSON(StorePreflight, tried, method, request_headers, answer, allow_origin, allow_methods, allow_headers)

WBVERIFY_JSON(WandbFile, name, size, upload, refused_headers, put, registered, registered_ms, listed_size, route, direct, by_route,
              redirect, redirect_url, by_redirect, by_direct, range)

WBVERIFY_JSON(WandbFiles, entity, create, files, store, put_preflight, get_preflight, list)

WBVERIFY_JSON(WandbMultipart, bytes, parts, create, complete, puts, etags)

}  // namespace wbverify
