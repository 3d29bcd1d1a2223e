#include <fmt/format.h>

#include <algorithm>

#include "checks/policy.hpp"
#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "The server lists what was uploaded";

/// `sqs`, `pubsub`, `az` …, or `internal`, which is also what a server does that is told nothing.
std::string queue_kind(const Scene& scene) {
  const SettingView* view = scene.find("BUCKET_QUEUE");
  if (view == nullptr) return "internal";
  const std::string kind = to_lower(view->value.substr(0, view->value.find(':')));
  return kind.empty() || kind == "noop" ? "internal" : kind;
}

std::string queue_steps(const std::string& kind, const std::string& bucket) {
  if (kind == "sqs") {
    return fmt::format(
        "The bucket must announce s3:ObjectCreated:* to the queue, without a filter, and W&B must be allowed to "
        "receive:\n"
        "aws s3api get-bucket-notification-configuration --bucket {}\naws sqs get-queue-attributes --queue-url "
        "\"$(aws sqs get-queue-url --queue-name QUEUE --query QueueUrl --output text)\" --attribute-names All\n"
        "ApproximateNumberOfMessages that grows: W&B does not fetch them (sqs:ReceiveMessage, sqs:DeleteMessage). 0 "
        "and "
        "nothing arrives: the bucket does not send, or the queue's policy lacks sqs:SendMessage for s3.amazonaws.com.",
        shell_quote(bucket));
  }
  if (kind == "pubsub") {
    return fmt::format(
        "The bucket must announce OBJECT_FINALIZE in the form JSON_API_V1 to the topic, and W&B must be allowed to "
        "pull:\n"
        "gcloud storage buckets notifications list gs://{}\ngcloud pubsub subscriptions describe SUBSCRIPTION\n"
        "Cloud Storage's own account needs roles/pubsub.publisher on the topic:\ngcloud storage service-agent",
        bucket);
  }
  if (kind == "az") {
    return "An Event Grid subscription must send Microsoft.Storage.BlobCreated of the container to the queue, and W&B "
           "must be allowed to read "
           "it:\naz eventgrid event-subscription list --source-resource-id ACCOUNT_RESOURCE_ID -o table\naz storage "
           "message peek "
           "--queue-name QUEUE --account-name ACCOUNT --num-messages 5";
  }
  return "What carries the bucket's announcements to the server, " + kind +
         ", has to run, and its consumers must not lag.";
}

std::string fix_for(const std::string& kind, const WandbFiles& files, const WandbPlace& place, const Scene& scene) {
  if (kind == "internal") {
    return "Clients tell the server of each upload (file_stream with `uploaded`), and a worker then looks for the "
           "object in the bucket. The "
           "worker is dead or behind, waits for Redis, or looks with keys that may not read. Its log says which.\n" +
           std::string(stream_workers()) +
           "\nThe keys' right to read: wbverify --only bucket.round-trip\nOld bundled installations announce by MinIO: "
           "their log has "
           "\"notify_redis … targets are offline\" when that is broken.";
  }
  const StoreView store = store_of(files.files.front().put.answer, place);
  return queue_steps(kind, store.bucket.empty() ? "BUCKET" : store.bucket) +
         "\nSince the server has a queue of its own, it does without the cloud's; a store that is not a cloud's needs "
         "it:\n" +
         scene.change("BUCKET_QUEUE", "internal://") + "\nThen restart the server.";
}

std::string names_of(const std::vector<const WandbFile*>& files) {
  std::vector<std::string> names;
  for (const auto* file : files) names.push_back("\"" + file->name + "\"");
  return for_display(join(names, ", "), 200);
}

Finding start(std::string cause, const WandbRun& run, const WandbPlace& place) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.setting = "HOST";
  finding.reproduce = ask_for_run(place, run, "files(first:20){edges{node{name sizeBytes updatedAt}}}");
  return finding;
}

Finding missing(const std::vector<const WandbFile*>& absent, const WandbRun& run, const WandbFiles& files,
                const WandbWriteFacts& facts, const Scene& scene) {
  const std::string kind = queue_kind(scene);
  const bool all = absent.size() == files.files.size();
  Finding finding = start(!all                 ? "some-missing"
                          : kind == "internal" ? "not-registered"
                                               : "queue-silent",
                          run, facts.place);
  const auto from = run.finish.http.answered_at, until = files.list.http.answered_at;
  const double waited = from == 0 || until < from ? 0 : static_cast<double>(until - from);
  finding.observed =
      fmt::format("The store took {}, and {} later the server does not list {}: {}.",
                  files.files.size() == 1 ? "the file" : fmt::format("all {} files", files.files.size()),
                  spoken_ms(waited), all ? "any" : fmt::format("{} of them", absent.size()), names_of(absent));
  finding.observed += kind == "internal"
                          ? " Uploads are announced by the clients (BUCKET_QUEUE is internal)."
                          : " Uploads are announced by the cloud's queue, " + scene.origin("BUCKET_QUEUE") + ".";
  finding.expected = "Every file that was uploaded, a moment later.";
  finding.why =
      "Uploads end with success, and the files are on no page and cannot be downloaded; the bytes lie in the bucket "
      "and nobody "
      "knows of them.";
  finding.fix = fix_for(kind, files, facts.place, scene);
  if (kind != "internal") finding.setting = "BUCKET_QUEUE";
  return finding;
}

Finding wrong_size(const WandbFile& file, const WandbRun& run, const WandbPlace& place) {
  Finding finding = start("wrong-size", run, place);
  finding.observed =
      fmt::format("The server lists \"{}\" with {} bytes, uploaded were {}.", file.name, file.listed_size, file.size);
  finding.expected = fmt::format("{} bytes.", file.size);
  finding.why = "What is stored is not what was sent, or the server looks at another bucket than clients write to.";
  finding.fix =
      "Server and clients may reach different stores under the same name, or something on the way changes bodies (a "
      "proxy that "
      "compresses, chunked framing that is stored with the bytes). wbverify --only bucket.round-trip compares them "
      "without the server.";
  finding.setting = "BUCKET";
  return finding;
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles& files) -> Findings {
    if (!files.list.ok()) return {trouble(facts.place, files.list, scene)};
    std::vector<const WandbFile*> absent;
    double slowest = -1;
    for (const auto& file : files.files) {
      if (!file.registered) absent.push_back(&file);
      slowest = std::max(slowest, file.registered_ms);
    }
    if (files.files.empty()) return {interrupted("The question for the files")};
    for (const auto& file : files.files) {
      if (file.listed_size >= 0 && file.listed_size != file.size) return {wrong_size(file, run, facts.place)};
    }
    // Files are announced by file_stream.
    if (!absent.empty() && as_metrics(run.finish, run, facts.place, scene))
      return {skipped("The server was not told of the uploads, for the same reason as wandb.history says.")};
    if (!absent.empty()) return {facts.cause.empty() ? missing(absent, run, files, facts, scene) : not_written(facts)};
    const std::string after = slowest < 0 ? "" : " after " + spoken_ms(slowest);
    if (slowest <= policy::wandb_late_ms) {
      return {passed(fmt::format("{} file{}{}", files.files.size(), files.files.size() == 1 ? "" : "s", after))};
    }
    Finding finding = start("late", run, facts.place);
    finding.status = Status::warn;
    finding.observed =
        fmt::format("The last of the files was listed {} after it had been announced.", spoken_ms(slowest));
    finding.expected = fmt::format("Within {}.", spoken_ms(policy::wandb_late_ms));
    finding.why =
        "Clients look for a file that they have just uploaded for ten seconds, and then say that it does not exist.";
    finding.fix = queue_kind(scene) == "internal"
                      ? "The workers that register files are behind their work.\n" + std::string(stream_workers())
                      : fix_for(queue_kind(scene), files, facts.place, scene);
    return {finding};
  });
}

}  // namespace

CheckSpec wandb_registered_check() {
  CheckSpec spec;
  spec.id = "wandb.registered";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.upload"};
  spec.by_part = true;
  spec.explained_by = bucket_checks();
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
