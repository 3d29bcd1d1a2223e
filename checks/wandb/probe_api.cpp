#include "checks/wandb/probe_api.hpp"

#include <algorithm>
#include <chrono>

#include "core/display.hpp"
#include "core/version.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

/// Oldest documents are three generations back; one more attempt is for a server that tells of one thing at a time.
constexpr int most_attempts = 5;

/// Blanks in front of the last bracket are legal JSON, cost no memory here, and nothing is stored of them there.
HttpBody padded(std::string body, std::size_t size) {
  const char last = body.back();
  body.pop_back();
  return {size, [body = std::move(body), last, size](std::uint64_t offset, std::span<char> into) {
            for (std::size_t i = 0; i < into.size(); ++i) {
              const std::uint64_t at = offset + i;
              into[i] = at < body.size() ? body[at] : at + 1 == size ? last : ' ';
            }
          }};
}

/// The origins that mean the store of BUCKET: the bucket's name in the path or in the host, and the hosts of Amazon's regions.
std::vector<std::string> store_origins(const BucketTarget& bucket) {
  if (bucket.host.empty()) return {};
  std::vector<std::string> hosts = {bucket.host};
  if (bucket.provider == BucketProvider::s3) hosts.insert(hosts.end(), {"s3." + bucket.region + ".amazonaws.com", "s3.amazonaws.com", "s3.dualstack." + bucket.region + ".amazonaws.com"});
  std::vector<std::string> out;
  for (const auto& host : hosts) {
    for (const auto& name : {host, bucket.bucket + "." + host}) out.push_back(UrlParts{bucket.tls ? "https" : "http", name, "/", bucket.port}.origin());
  }
  return out;
}

HttpOptions options_of(const Settings& settings) {
  HttpOptions options;
  options.ca_files = settings.ca_files;
  options.dns_server = settings.dns_server;
  if (settings.bucket) options.known = store_origins(*settings.bucket);
  return options;
}

std::string base_of(const Settings& settings) { return settings.host ? settings.host->origin : ""; }

Secret key_of(const WandbAccess& access) { return access.usable() && access.kind == WandbAccess::Kind::api_key ? access.api_key : Secret(); }

std::string origin_of(const BucketTarget& bucket) {
  if (bucket.host.empty()) return "";
  const std::string host = bucket.path_style ? bucket.host : bucket.bucket + "." + bucket.host;
  return UrlParts{bucket.tls ? "https" : "http", host, "/", bucket.port}.origin();
}

}  // namespace

std::int64_t wandb_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string wandb_tag(const std::string& run_id) { return "wbverify-" + run_id; }

WandbPlace wandb_place(const Settings& settings) {
  WandbPlace place;
  if (!settings.host) return place;
  place.base = settings.host->origin;
  place.scheme = settings.host->scheme;
  place.host = settings.host->host;
  place.port = settings.host->port;
  const WandbAccess& access = settings.wandb;
  if (access.usable()) place.access = access.kind == WandbAccess::Kind::api_key ? "api-key" : "identity-token";
  place.setting = access.origin_setting;
  place.shape = access.shape;
  place.same_key_for = access.same_key_for;
  place.netrc_machines = access.netrc_machines;
  place.entities = access.entities;
  place.deep = access.deep;
  if (!settings.ca_files.empty()) place.ca_file = for_display(settings.ca_files.front(), 300);
  if (settings.bucket) place.bucket_origin = origin_of(*settings.bucket);
  for (const char* name : {"BUCKET_PROXY", "GORILLA_FILE_STORE_IS_PROXIED"}) {
    const SettingView* const view = settings.scene.find(name);
    place.bucket_proxied |= view != nullptr && (iequals(view->value, "true") || view->value == "1");
  }
  return place;
}

std::string wandb_skip(const Settings& settings) { return settings.host ? "" : "HOST is not set or cannot be read."; }

std::string wandb_login_skip(const Settings& settings) {
  if (auto reason = wandb_skip(settings); !reason.empty()) return reason;
  if (settings.wandb.usable()) return "";
  return "There is no API key to log in with (wbverify explain wandb.login says how to make one).";
}

WandbApi::WandbApi(const ProbeContext& context, ApiAnswer* token)
    : context_(context),
      place_(wandb_place(context.settings)),
      deadline_(context.deadline),
      stop_(context.stop),
      client_(base_of(context.settings), key_of(context.settings.wandb), options_of(context.settings)) {
  const WandbAccess& access = context.settings.wandb;
  if (!access.usable() || access.kind != WandbAccess::Kind::identity_token) return;
  HttpRequest request;
  request.method = "POST";
  request.url = client_.base() + "/oidc/token";
  const auto result = client_.exchange(access.identity_token, context.deadline, context.stop);
  ApiAnswer answer;
  answer.operation = "token";
  GraphqlAnswer parsed;
  take(request, result, answer, parsed);
  answer.usable = client_.logged_in();
  if (token != nullptr) *token = std::move(answer);
}

void WandbApi::work_until(Deadline deadline, std::stop_token stop) {
  deadline_ = deadline;
  stop_ = std::move(stop);
}

HttpRequest WandbApi::post(std::string path, std::string body, std::size_t padding) const {
  HttpRequest request;
  request.method = "POST";
  request.url = place_.base + path;
  request.headers = {{"Content-Type", "application/json"}};
  if (padding > body.size()) {
    request.streamed = padded(std::move(body), padding);
  } else {
    request.body = std::move(body);
  }
  return request;
}

void WandbApi::take(const HttpRequest& request, const Result<HttpResponse>& result, ApiAnswer& answer, GraphqlAnswer& parsed) const {
  answer.asked = true;
  answer.json = answer.usable = false;
  answer.message = answer.code = answer.where = "";
  const double took = result ? result->duration_ms : 0;
  answer.http = make_answer(request.url, result, wandb_now() - static_cast<std::int64_t>(took));
  answer.http.method = request.method;
  if (!result) return;
  parsed = read_graphql(*result);
  answer.json = parsed.json;
  if (!parsed.json) {
    answer.code = parsed.cause;
    return;
  }
  // What the API says to its clients is theirs: only its errors are for the report.
  answer.http.excerpt.clear();
  if (!parsed.errors.empty()) {
    answer.message = parsed.errors.front().message;
    answer.code = parsed.errors.front().code;
    answer.where = parsed.errors.front().path;
  }
}

bool WandbApi::lacks(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  return lacking_.contains(id);
}

json WandbApi::ask(const GraphqlDocument& document, const json& variables, std::initializer_list<std::string_view> required, ApiAnswer& answer) {
  return ask(document, variables, required, answer, {});
}

json WandbApi::ask(const GraphqlDocument& document, const json& variables, std::initializer_list<std::string_view> required, ApiAnswer& answer,
                   const Manner& manner) {
  answer.operation = document.operation;
  if (stop_.stop_requested()) return nullptr;
  for (int attempt = 1;; ++attempt) {
    UnknownParts without = manner.without;
    {
      const std::lock_guard lock(mutex_);
      without.insert(lacking_.begin(), lacking_.end());
    }
    if (!manner.needs.empty() && without.contains(manner.needs)) {
      answer.unknown = {std::string(manner.needs)};
      return nullptr;
    }
    const json body = {{"query", render(document, without)}, {"variables", variables}, {"operationName", document.operation}};
    HttpRequest request = post(std::string(manner.path), dump_json(body), manner.padding);
    request.max_body = manner.max_body;
    if (manner.with_origin) request.headers.emplace_back("Origin", place_.base);
    const auto result = client_.send(request, deadline_, stop_);
    ++*context_.round_trips;
    GraphqlAnswer parsed;
    take(request, result, answer, parsed);
    if (result && manner.headers != nullptr) *manner.headers = result->headers;
    if (parsed.json && !parsed.graphql) answer.http.excerpt = for_display(result->body, 300);   // of another service: it tells which
    if (!parsed.json || !parsed.graphql) return nullptr;
    const UnknownParts lacking = unknown_parts(document, parsed.errors);
    if (!lacking.empty() && attempt < most_attempts && !stopped()) {
      const std::lock_guard lock(mutex_);
      const std::size_t before = lacking_.size();
      lacking_.insert(lacking.begin(), lacking.end());
      if (lacking_.size() > before || !std::includes(without.begin(), without.end(), lacking.begin(), lacking.end())) continue;
    }
    for (const auto& id : without) {
      if (document.text.find("<" + id + "|") != std::string_view::npos && !manner.without.contains(id)) answer.unknown.push_back(id);
    }
    answer.usable = true;
    for (const auto path : required) {
      const json* const found = json_at(*parsed.data, path);
      if (found != nullptr && !found->is_null()) continue;
      answer.usable = false;
      if (answer.where.empty()) answer.where = path;
      break;
    }
    return std::move(*parsed.data);
  }
}

json WandbApi::stream(const WandbRun& run, const std::string& body, ApiAnswer& answer, std::size_t padding) {
  answer.operation = "file_stream";
  for (const std::string* name : {&run.entity, &run.project, &run.name}) {
    // Whatever normalises such an address makes another one of it.
    if (*name != "." && *name != "..") continue;
    answer.asked = true;
    answer.http.cause = "bad-url";
    answer.http.text = "the server gave the name " + *name + ", which cannot stand in an address";
    answer.http.blame = wbverify::name(Blame::target);
    return nullptr;
  }
  const std::string path = "/files/" + percent_encode(run.entity) + "/" + percent_encode(run.project) + "/" + percent_encode(run.name) + "/file_stream";
  const HttpRequest request = post(path, body, padding);
  const auto result = client_.send(request, deadline_, stop_);
  ++*context_.round_trips;
  GraphqlAnswer parsed;
  take(request, result, answer, parsed);
  answer.usable = parsed.json && result->status >= 200 && result->status < 300 && answer.message.empty();
  return std::move(*parsed.data);
}

}  // namespace wbverify
