#include <chrono>
#include <functional>
#include <thread>

#include "checks/policy.hpp"
#include "checks/wandb/probe_chains.hpp"
#include "checks/wandb/probe_documents.hpp"
#include "checks/wandb/probe_transfer.hpp"
#include "util/json.hpp"
#include "util/text.hpp"
#include "util/thread.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

/// A limit is found to this many bytes: proxies have theirs in whole mebibytes or in tens of millions.
constexpr std::uint64_t finest_step = 64 << 10, smallest_body = 4 << 10;

bool is_too_large(const ApiAnswer& answer) { return answer.http.status == 413; }
bool passed_through(const ApiAnswer& answer) { return answer.json && answer.http.status != 413; }

/// Bisects between what passes and what is refused.
void find_limit(const WandbApi& api, WandbBody& body, const std::function<ApiAnswer(std::uint64_t)>& send) {
  body.refused = body.bytes;
  body.passed = smallest_body;
  while (body.refused - body.passed > finest_step && !api.stopped()) {
    const std::uint64_t middle = body.passed + (body.refused - body.passed) / 2;
    const ApiAnswer answer = send(middle);
    if (!answer.http.answered()) return;
    (passed_through(answer) ? body.passed : body.refused) = middle;
  }
}

WandbBody send_one(WandbApi& api, std::string path, std::uint64_t bytes, const std::function<ApiAnswer(std::uint64_t)>& send) {
  WandbBody body;
  body.path = std::move(path);
  body.bytes = bytes;
  const auto started = Deadline::Clock::now();
  body.answer = send(bytes);
  body.duration_ms = elapsed_ms(started);
  if (api.place().deep && is_too_large(body.answer)) find_limit(api, body, send);
  return body;
}

/// Bytes that no proxy can compress away, made as they are sent.
HttpBody noise(std::uint64_t size) {
  return {size, [](std::uint64_t offset, std::span<char> into) {
            for (std::size_t i = 0; i < into.size(); ++i) {
              std::uint64_t x = offset + i + 0x9E3779B97F4A7C15;
              x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
              into[i] = static_cast<char>(x >> 56);
            }
          }};
}

/// Straight to the store, by a signed URL for a file of the run.
WandbBody send_to_store(WandbApi& api, const WandbRun& run) {
  const auto send = [&](std::uint64_t bytes) {
    ApiAnswer answer;
    WandbApi::Manner manner;
    manner.needs = "Mutation.createRunFiles";
    const json variables = {{"entity", run.entity}, {"project", run.project}, {"run", run.name}, {"files", {"large.bin"}}};
    json data = api.ask(wandb_documents::create_files, variables, {"createRunFiles.files.0"}, answer, manner);
    std::string url = json_raw(data, "createRunFiles.files.0.uploadUrl");
    const json* lines = json_at(data, "createRunFiles.uploadHeaders");
    if (api.lacks(manner.needs)) {
      data = api.ask(wandb_documents::create_files_old, variables, {"model.bucket.files.edges.0"}, answer);
      url = json_raw(data, "model.bucket.files.edges.0.node.url");
      lines = json_at(data, "model.bucket.files.uploadHeaders");
    }
    if (url.empty() || api.stopped() || !may_send_to(look_at_store(api, read_signed_url(url)))) return answer;
    HttpRequest request = put_request(url, upload_headers(lines, url).headers, "");
    request.streamed = noise(bytes);
    const auto result = upload_all(api, run, {&request, 1}, api.deadline()).front();
    const Transfer transfer = read_transfer(request, result);
    answer = {};
    answer.asked = true;
    answer.operation = "PUT";
    answer.http = transfer.answer;
    answer.code = transfer.code;
    answer.message = transfer.message;
    answer.usable = answer.json = transfer.answer.status >= 200 && transfer.answer.status < 300;
    return answer;
  };
  WandbBody body = send_one(api, "store", policy::wandb_store_body, send);
  ApiAnswer announced;
  api.stream(run, dump_json(json{{"uploaded", {"large.bin"}}}), announced);   // what is registered goes with its run
  return body;
}

}  // namespace

void send_large_bodies(WandbApi& api, const WandbRun& run, std::vector<WandbBody>& bodies) {
  WandbBody graphql;
  std::jthread first = start_thread([&] {
    graphql = send_one(api, "graphql", policy::wandb_graphql_body, [&](std::uint64_t bytes) {
      ApiAnswer answer;
      WandbApi::Manner manner;
      manner.padding = bytes;
      api.ask(wandb_documents::viewer, json::object(), {"viewer.id"}, answer, manner);
      return answer;
    });
  });
  WandbBody stream = send_one(api, "file-stream", policy::wandb_stream_body, [&](std::uint64_t bytes) {
    ApiAnswer answer;
    api.stream(run, "{}", answer, bytes);   // a heartbeat
    return answer;
  });
  if (first.joinable()) first.join();
  bodies = {std::move(graphql), std::move(stream)};
  if (api.place().deep && !api.stopped()) bodies.push_back(send_to_store(api, run));
}

}  // namespace wbverify
