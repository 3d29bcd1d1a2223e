#include "config/queue_url.hpp"

#include <algorithm>

#include "config/bucket_parts.hpp"
#include "config/url.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using bucket_parts::consists_of;
using bucket_parts::without_slashes;

constexpr std::string_view words_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const std::string forms = "internal://, sqs://QUEUE, pubsub:/PROJECT/TOPIC/SUBSCRIPTION or az://ACCOUNT/QUEUE.";

std::optional<QueueTarget> read_sqs(IssueList& issues, std::string_view queue) {
  const std::size_t offset = issues.value().size() - queue.size();
  const std::string_view bare = queue.ends_with(".fifo") ? queue.substr(0, queue.size() - 5) : queue;
  // SQS: up to 80 letters, digits, hyphens and underscores.
  if (!consists_of(bare, words_and_digits, 1, 80)) {
    issues.malformed(offset, {"bad-queue-name", queue.empty() ? "No queue stands after sqs://." : "What stands after sqs:// is no name of a queue.", "1 to 80 letters, digits, hyphens and underscores: the name alone, without account and region.", "Write the name of the queue.", "sqs://wandb-files"});
    return std::nullopt;
  }
  if (queue.ends_with(".fifo")) {
    issues.malformed(offset + bare.size(), {"fifo-queue", "The queue is a FIFO queue.", "A standard queue: S3 does not notify FIFO queues.", "Make a standard queue.", "sqs://" + std::string(bare)});
    return std::nullopt;
  }
  return QueueTarget{QueueProvider::sqs, "sqs://" + std::string(queue)};
}

std::optional<QueueTarget> read_pubsub(IssueList& issues) {
  const std::string_view value = issues.value();
  const std::string_view rest = value.substr(std::string_view("pubsub:").size());
  const auto parts = split(without_slashes(rest), '/');
  const bool named = parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    return consists_of(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~+%:", 1, 255);
  });
  if (!named) {
    issues.malformed(7, {"bad-pubsub", "pubsub: is not followed by three names.", "pubsub:/PROJECT/TOPIC/SUBSCRIPTION.", "Write project, topic and subscription.", "pubsub:/my-project/wandb-topic/wandb-subscription"});
    return std::nullopt;
  }
  const std::string example = "pubsub:/" + join(parts, "/");
  if (!rest.starts_with('/') || rest.starts_with("//")) {
    issues.malformed(7, {"pubsub-slashes", rest.starts_with('/') ? "More than one slash follows pubsub:." : "No slash follows pubsub:.", "Exactly one slash: with two the project is taken for a host.", "Write one slash.", example});
    return std::nullopt;
  }
  return QueueTarget{QueueProvider::pubsub, example};
}

std::optional<QueueTarget> read_azure(IssueList& issues) {
  const auto url = split_url(issues.value());
  const std::string_view queue = url ? without_slashes(url->path) : std::string_view();
  // Azure: storage accounts 3 to 24 lower-case letters and digits, queues 3 to 63, hyphens too.
  const bool account = url && consists_of(url->host, "abcdefghijklmnopqrstuvwxyz0123456789", 3, 24) && !url->has_port && !url->has_userinfo;
  if (!account || !consists_of(queue, "abcdefghijklmnopqrstuvwxyz0123456789-", 3, 63)) {
    issues.malformed(account ? url->authority_end : 5, {"bad-azure-queue", account ? "What follows the storage account is no name of a queue." : "What stands after az:// is no name of a storage account.", "az://ACCOUNT/QUEUE in lower-case letters and digits.", "Write both names.", "az://account/queue"});
    return std::nullopt;
  }
  return QueueTarget{QueueProvider::azure, "az://" + std::string(url->host) + "/" + std::string(queue)};
}

}  // namespace

std::optional<QueueTarget> parse_queue_url(IssueList& issues) {
  if (!check_surface(issues, "internal://")) return std::nullopt;
  const std::string_view value = issues.value();
  const std::string scheme = scheme_of(value);
  if (value == "internal://") return QueueTarget{QueueProvider::internal, "internal://"};
  if (scheme == "internal" || iequals(value, "internal")) {
    issues.malformed(0, {"bad-internal", "The value is " + sanitize(value, 40) + ".", "internal:// and nothing behind it.", "Write internal://.", "internal://"});
    return std::nullopt;
  }
  if (value.starts_with("sqs://")) return read_sqs(issues, value.substr(6));
  if (scheme == "pubsub") return read_pubsub(issues);
  if (value.starts_with("az://")) return read_azure(issues);
  const std::string last(value.substr(value.find_last_of(":/") == std::string_view::npos ? 0 : value.find_last_of(":/") + 1));
  if (scheme == "arn" || scheme == "https" || scheme == "http") {
    const bool sqs = value.find("sqs") != std::string_view::npos && consists_of(last, words_and_digits, 1, 80);
    issues.malformed(0, {scheme == "arn" ? "queue-arn" : "queue-web-url", scheme == "arn" ? "The value is an ARN." : "The value is the queue's web address.", "sqs:// and the name of the queue; the server asks for the address itself, in AWS_REGION.", "Write sqs:// and the name.", sqs ? "sqs://" + last : "sqs://wandb-files"});
    return std::nullopt;
  }
  for (const std::string_view other : {"redis", "kafka", "noop"}) {
    if (scheme == other && value.substr(scheme.size(), 3) == "://") return QueueTarget{QueueProvider::unknown, mask_url(value)};
  }
  if (scheme.empty() || value.substr(scheme.size(), 3) != "://") {
    issues.malformed(0, {"no-scheme", "The value does not begin with a scheme.", forms, "Write the scheme in front.", consists_of(value, words_and_digits, 1, 80) ? "sqs://" + std::string(value) : "internal://"});
  } else {
    issues.malformed(0, {"unknown-scheme", "The scheme is " + sanitize(scheme, 24) + ".", forms, "Write internal://, with which the server does the work of a queue itself.", "internal://"});
  }
  return std::nullopt;
}

std::string_view name(QueueProvider provider) {
  switch (provider) {
    case QueueProvider::internal: return "internal";
    case QueueProvider::sqs: return "Amazon SQS";
    case QueueProvider::pubsub: return "Google Pub/Sub";
    case QueueProvider::azure: return "Azure Queue Storage";
    case QueueProvider::unknown: return "another queue";
  }
  return "";
}

}  // namespace wbverify
