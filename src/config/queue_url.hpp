#pragma once
#include <optional>
#include <string_view>

#include "config/issues.hpp"

namespace wbverify {

/// BUCKET_QUEUE and NOTIFICATIONS_QUEUE: `internal://`, `sqs://NAME`, `pubsub:/PROJECT/TOPIC/SUBSCRIPTION`, `az://ACCOUNT/QUEUE`.
/// `redis://`, `kafka://` and `noop://` are known to exist and are not looked into. Nothing when an issue makes it unusable.
std::optional<QueueTarget> parse_queue_url(IssueList& issues);
std::string_view name(QueueProvider provider);

}  // namespace wbverify
