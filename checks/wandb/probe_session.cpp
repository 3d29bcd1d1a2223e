#include <chrono>
#include <thread>

#include "checks/wandb/probe.hpp"
#include "checks/wandb/probe_api.hpp"
#include "checks/wandb/probe_documents.hpp"
#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"
#include "util/thread.hpp"

namespace wbverify {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds session_limit{10000};
constexpr std::size_t most_teams = 50, most_features = 200;

void read_viewer(const json& data, WandbFacts& facts) {
  const json* const viewer = json_at(data, "viewer");
  facts.viewer_known = viewer != nullptr && viewer->is_object();
  if (!facts.viewer_known) return;
  facts.user = json_text(*viewer, "username", 100);
  facts.default_entity = json_text(*viewer, "entity", 100);
  const json* const admin = json_at(*viewer, "admin");
  facts.admin = admin != nullptr && admin->is_boolean() && admin->get<bool>();
  const json* const edges = json_at(*viewer, "teams.edges");
  if (edges == nullptr || !edges->is_array()) return;
  for (const auto& edge : *edges) {
    const std::string name = json_text(edge, "node.name", 100);
    if (!name.empty() && facts.teams.size() < most_teams) facts.teams.push_back(name);
  }
}

void read_server(const json& data, WandbFacts& facts) {
  facts.server_version = json_text(data, "serverInfo.latestLocalVersionInfo.versionOnThisInstanceString", 60);
  facts.latest_version = json_text(data, "serverInfo.latestLocalVersionInfo.latestVersionString", 60);
  const json* const old = json_at(data, "serverInfo.latestLocalVersionInfo.outOfDate");
  facts.out_of_date = old != nullptr && old->is_boolean() && old->get<bool>();
  facts.oldest_client = json_text(data, "serverInfo.cliVersionInfo.min_cli_version", 60);
  facts.newest_client = json_text(data, "serverInfo.cliVersionInfo.max_cli_version", 60);
  const json* const features = json_at(data, "serverInfo.features");
  facts.features_known = features != nullptr && features->is_array();
  if (!facts.features_known) return;
  for (const auto& feature : *features) {
    const std::string name = json_text(feature, "name", 100);
    const json* const enabled = json_at(feature, "isEnabled");
    if (!name.empty() && facts.features.size() < most_features) facts.features.push_back({name, enabled != nullptr && enabled->is_boolean() && enabled->get<bool>()});
  }
}

std::vector<std::string> allowed_origins(const ReceivedHeaders& headers) {
  std::vector<std::string> out;
  for (const auto& [name, value] : headers) {
    if (iequals(name, "access-control-allow-origin")) out.push_back(for_display(value, 200));
  }
  return out;
}

/// The question of a page of HOST, as its browser sends it.
BrowserAnswer ask_as_browser(WandbApi& api) {
  BrowserAnswer out;
  out.path = "/graphql2";
  ReceivedHeaders headers;
  WandbApi::Manner manner;
  manner.path = out.path;
  manner.with_origin = true;
  manner.headers = &headers;
  api.ask(wandb_documents::viewer, json::object(), {"viewer.id"}, out.answer, manner);
  out.allow_origin = allowed_origins(headers);
  return out;
}

/// Asked as a browser asks: only when that is refused does it take a second question to know what the server says to a client.
json ask_session(WandbApi& api, WandbFacts& facts) {
  ReceivedHeaders headers;
  WandbApi::Manner manner;
  manner.with_origin = true;
  manner.headers = &headers;
  if (!api.client().logged_in()) manner.without = {std::string(wandb_documents::logged_in)};
  json data = api.ask(wandb_documents::session, json::object(), {"serverInfo"}, facts.session, manner);
  if (api.client().logged_in()) facts.browser.push_back({"/graphql", facts.session, allowed_origins(headers)});
  if (facts.session.ok() || !facts.session.http.answered() || api.stopped()) return data;
  manner.with_origin = false;
  manner.headers = nullptr;
  return api.ask(wandb_documents::session, json::object(), {"serverInfo"}, facts.session, manner);
}

WandbFacts read_session(const ProbeContext& context) {
  WandbFacts facts;
  WandbApi api(context, &facts.token);
  facts.place = api.place();
  const bool logged_in = api.client().logged_in();
  if (!logged_in) facts.place.access = facts.token.asked ? facts.place.access : "";
  BrowserAnswer page;
  std::jthread browser;
  if (logged_in) browser = start_thread([&] { page = ask_as_browser(api); });
  const json data = ask_session(api, facts);
  if (logged_in) read_viewer(data, facts);
  read_server(data, facts);
  if (browser.joinable()) browser.join();
  if (logged_in) {
    facts.browser.insert(facts.browser.begin(), std::move(page));
  }
  return facts;
}

bool transient(const WandbFacts& facts) { return facts.session.http.answered() ? facts.session.http.is_gateway_error() : facts.session.http.transient; }

std::vector<Touch> session_touches(const Settings& settings) {
  const WandbPlace place = wandb_place(settings);
  std::vector<Touch> out = {{place.base, "POST /graphql: viewer, versions and features of the server", false, "about 4 KiB"}};
  if (settings.wandb.usable()) out.push_back({place.base, "POST /graphql2 with the Origin of its own pages", false, "less than 1 KiB"});
  if (place.access == "identity-token") out.push_back({place.base, "POST /oidc/token: exchange the identity token", false, "about 2 KiB"});
  return out;
}

}  // namespace

ProbeSpec wandb_probe() {
  ProbeSpec spec;
  spec.id = "wandb";
  spec.needs = {"host.is-wandb"};
  spec.limit = session_limit;
  spec.skip = wandb_skip;
  spec.touches = session_touches;
  return make_probe<WandbFacts>(std::move(spec), read_session, transient);
}

}  // namespace wbverify
