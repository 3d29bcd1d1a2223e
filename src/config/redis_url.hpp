#pragma once
#include <optional>

#include "config/issues.hpp"

namespace wbverify {

/// REDIS: `redis://[user][:password]@host[:6379][?tls=true&caCertPath=…&ttlInSeconds=…&master=…&cluster=…]`. A password that
/// stands alone in the place of the user (the operator writes it so) is one. Nothing when an issue makes it unusable.
std::optional<RedisTarget> parse_redis_url(IssueList& issues);

}  // namespace wbverify
