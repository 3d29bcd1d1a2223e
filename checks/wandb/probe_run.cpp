#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "checks/wandb/probe_chains.hpp"
#include "checks/wandb/probe_documents.hpp"
#include "checks/wandb/probe_transfer.hpp"
#include "checks/wandb/probe_written.hpp"
#include "util/json.hpp"
#include "util/text.hpp"
#include "util/thread.hpp"

namespace wbverify {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// The second name has what object stores, proxies and servers stumble over.
constexpr const char* file_names[] = {"plain.bin", "odd name 100%+ü.bin"};
constexpr std::size_t plain = 0, odd = 1, file_size = 4096;
/// Browsers send these with an upload from a page.
constexpr const char* upload_page_headers = "content-type";
constexpr std::size_t range_first = 10, range_last = 19;
constexpr milliseconds first_pause{100}, longest_pause{1000};

class RunTrip {
 public:
  RunTrip(WandbApi& api, WandbRun& run, WandbFiles& files) : api_(api), run_(run), files_(files) {
    files_.entity = run.entity;
    for (const char* name : file_names) {
      WandbFile& file = files_.files.emplace_back();
      file.name = name;
      file.size = file_size;
      bodies_.push_back(wandb_written::random_bytes(file_size));
    }
  }

  void go() {
    std::jthread metrics = start_thread([this] { api_.stream(run_, wandb_written::stream(), run_.stream); });
    ask_for_urls();
    if (!urls_.empty() && !api_.stopped()) upload();
    if (metrics.joinable()) metrics.join();
    if (api_.stopped()) return;
    json finish = {{"complete", true}, {"exitcode", 0}, {"uploaded", json::array()}};
    for (const auto& file : files_.files) {
      if (file.put.ok()) finish["uploaded"].push_back(file.name);
    }
    api_.stream(run_, dump_json(finish), run_.finish);
    finished_ = Deadline::Clock::now();
    read_until_there();
    if (!api_.stopped()) download();
  }

 private:
  struct Url {
    std::string url;
    Headers headers;
  };

  void ask_for_urls() {
    WandbApi::Manner manner;
    manner.needs = "Mutation.createRunFiles";
    const json names = json(std::vector<std::string>(std::begin(file_names), std::end(file_names)));
    const json variables = {{"entity", run_.entity}, {"project", run_.project}, {"run", run_.name}, {"files", names}};
    json data = api_.ask(wandb_documents::create_files, variables, {"createRunFiles.files"}, files_.create, manner);
    if (api_.lacks(manner.needs)) {
      data = api_.ask(wandb_documents::create_files_old, variables, {"model.bucket.files.edges"}, files_.create);
      files_.create.unknown.emplace_back(manner.needs);
      take_urls(json_at(data, "model.bucket.files.edges"), "node.name", "node.url", json_at(data, "model.bucket.files.uploadHeaders"));
    } else {
      take_urls(json_at(data, "createRunFiles.files"), "name", "uploadUrl", json_at(data, "createRunFiles.uploadHeaders"));
    }
  }

  void take_urls(const json* list, std::string_view name, std::string_view url, const json* headers) {
    if (list == nullptr || !list->is_array()) return;
    for (std::size_t i = 0; i < files_.files.size(); ++i) {
      for (const auto& entry : *list) {
        if (json_raw(entry, name) != files_.files[i].name) continue;
        const std::string raw = json_raw(entry, url);
        files_.files[i].upload = read_signed_url(raw);
        if (raw.empty()) break;
        urls_.resize(files_.files.size());
        UploadHeaders read = upload_headers(headers, raw);
        files_.files[i].refused_headers = std::move(read.refused);
        urls_[i] = {raw, std::move(read.headers)};
        break;
      }
    }
  }

  /// Both uploads and the browser's question at once. The first upload comes from a page.
  void upload() {
    files_.store = look_at_store(api_, files_.files[plain].upload);
    if (!may_send_to(files_.store)) return;
    std::vector<HttpRequest> requests;
    for (std::size_t i = 0; i < urls_.size(); ++i) {
      requests.push_back(put_request(urls_[i].url, urls_[i].headers, bodies_[i]));
      if (i == plain) requests.back().headers.emplace_back("Origin", api_.place().base);
    }
    requests.push_back(preflight_request(urls_[plain].url, "PUT", upload_page_headers, api_.place().base));
    const auto results = upload_all(api_, run_, requests, transfer_deadline(api_));
    for (std::size_t i = 0; i < urls_.size(); ++i) files_.files[i].put = read_transfer(requests[i], results[i]);
    files_.put_preflight = read_preflight(requests.back(), results.back(), "PUT", upload_page_headers);
  }

  double since_finish() const { return elapsed_ms(finished_); }

  void note(double& visible, bool there) const {
    if (visible < 0 && there) visible = since_finish();
  }

  /// One question for everything; again, with growing pauses, until all is there or too much time is gone.
  void read_until_there() {
    milliseconds pause = first_pause;
    while (!api_.stopped()) {
      read_once();
      // What the server did not take will not come.
      const bool metrics = !run_.stream.ok() || (run_.history_ms >= 0 && run_.summary_ms >= 0 && (run_.console_ms >= 0 || !run_.console_known));
      const bool end = !run_.finish.ok() || (run_.state_ms >= 0 && all_registered());
      const bool whole = run_.found && run_.config_ms >= 0 && metrics && end;
      const bool hopeless = !run_.read.json || (!run_.read.ok() && !run_.read.http.is_gateway_error());
      if (whole || hopeless || since_finish() > static_cast<double>(wandb_visible_limit.count()) || !pause_for(api_, pause)) return;
      pause = std::min(pause * 2, longest_pause);
    }
  }

  void read_once() {
    ++run_.polls;
    const json names = json(std::vector<std::string>(std::begin(file_names), std::end(file_names)));
    const json data = api_.ask(wandb_documents::read_run, {{"entity", run_.entity}, {"project", run_.project}, {"run", run_.name}, {"files", names}}, {"project.run"}, run_.read);
    files_.list = run_.read;
    const json* const run = json_at(data, "project.run");
    run_.found = run != nullptr && run->is_object();
    if (!run_.found) return;
    run_.console_known = !api_.lacks("Run.logLines");
    run_.config = wandb_written::config_differences(*run);
    run_.history = wandb_written::history_differences(*run);
    run_.summary = wandb_written::summary_differences(*run);
    run_.console = run_.console_known ? wandb_written::console_differences(*run) : std::vector<WandbDifference>();
    run_.state = json_text(*run, "state", 40);
    note(run_.config_ms, run_.config.empty());
    note(run_.history_ms, run_.history.empty());
    note(run_.summary_ms, run_.summary.empty());
    note(run_.console_ms, run_.console_known && run_.console.empty());
    note(run_.state_ms, run_.state == "finished");
    const json* const edges = json_at(*run, "files.edges");
    if (edges == nullptr || !edges->is_array()) return;
    for (const auto& edge : *edges) take_record(edge);
  }

  void take_record(const json& edge) {
    for (std::size_t i = 0; i < files_.files.size(); ++i) {
      WandbFile& file = files_.files[i];
      if (json_raw(edge, "node.name") != file.name) continue;
      file.listed_size = json_number(edge, "node.sizeBytes", -1);
      const json* const updated = json_at(edge, "node.updatedAt");
      const bool there = updated != nullptr && !updated->is_null() && file.listed_size == file.size;
      if (there && !file.registered) file.registered_ms = since_finish();
      file.registered |= there;
      records_.resize(files_.files.size());
      records_[i] = {json_raw(edge, "node.url"), json_raw(edge, "node.directUrl")};
      file.route = read_signed_url(records_[i].first);
      file.direct = read_signed_url(records_[i].second);
    }
  }

  bool all_registered() const {
    return std::all_of(files_.files.begin(), files_.files.end(), [](const auto& file) { return file.registered || !file.put.ok(); });
  }

  /// The plain file by the server's own route, and straight from the store as a page does it; the odd one straight too.
  void download() {
    const auto fetchable = [this](std::size_t i) { return i < records_.size() && files_.files[i].registered; };
    std::jthread route;
    if (fetchable(plain) && !records_[plain].first.empty()) route = start_thread([this] { download_by_route(files_.files[plain], records_[plain].first, bodies_[plain]); });
    std::vector<HttpRequest> requests;
    const auto direct = [&](std::size_t i) {
      if (fetchable(i) && !records_[i].second.empty()) requests.push_back(get_request(records_[i].second, 2 * file_size));
      return fetchable(i) && !records_[i].second.empty();
    };
    const bool has_plain = direct(plain);
    if (has_plain) {
      requests.back().headers.emplace_back("Origin", api_.place().base);
      direct(plain);
      requests.back().headers.emplace_back("Range", "bytes=" + std::to_string(range_first) + "-" + std::to_string(range_last));
      requests.push_back(preflight_request(records_[plain].second, "GET", "range", api_.place().base));
    }
    const bool has_odd = direct(odd);
    const auto results = api_.client().send_bare_all(requests, transfer_deadline(api_), api_.stop());
    *api_.context().round_trips += static_cast<int>(requests.size());
    if (has_plain) {
      const std::string ten = bodies_[plain].substr(range_first, range_last - range_first + 1);
      files_.files[plain].by_direct = read_transfer(requests[0], results[0], &bodies_[plain]);
      files_.files[plain].range = read_transfer(requests[1], results[1], &ten);
      files_.get_preflight = read_preflight(requests[2], results[2], "GET", "range");
    }
    if (has_odd) files_.files[odd].by_direct = read_transfer(requests.back(), results.back(), &bodies_[odd]);
  }

  void download_by_route(WandbFile& file, const std::string& url, const std::string& body) {
    HttpRequest request = get_request(url, 2 * file_size);
    const auto result = api_.client().send(request, transfer_deadline(api_), api_.stop());
    ++*api_.context().round_trips;
    file.by_route = read_transfer(request, result, &body);
    const std::string_view location = result ? result->header("location") : "";
    if (location.empty() || result->status < 300 || result->status >= 400) return;
    const std::string target = (location.starts_with('/') ? api_.place().base : "") + std::string(location);
    file.redirect_url = read_signed_url(target);
    if (const auto parts = resolve_location(location, url)) file.redirect = parts->origin();
    if (file.redirect.empty() || api_.stopped()) return;
    // With a log-in only where the server itself is asked again: send() sees to that.
    request = get_request(target, 2 * file_size);
    const auto followed = api_.client().send(request, transfer_deadline(api_), api_.stop());
    ++*api_.context().round_trips;
    file.by_redirect = read_transfer(request, followed, &body);
  }

  WandbApi& api_;
  WandbRun& run_;
  WandbFiles& files_;
  std::vector<std::string> bodies_;
  std::vector<Url> urls_;
  std::vector<std::pair<std::string, std::string>> records_;   ///< url and directUrl
  Deadline::Clock::time_point finished_;
};

}  // namespace

bool pause_for(const WandbApi& api, milliseconds time) {
  const auto end = std::min(Deadline::Clock::now() + time, api.deadline().at());
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_until(lock, api.stop(), end, [] { return false; });
  return !api.stopped();
}

void run_and_files(WandbApi& api, WandbRun& run, WandbFiles& files) { RunTrip(api, run, files).go(); }

}  // namespace wbverify
