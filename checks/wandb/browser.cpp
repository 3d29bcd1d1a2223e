#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_trouble.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view paths[] = {"/graphql2", "/graphql"};

std::string ask(const WandbPlace& place, std::string_view path) {
  return curl_command(
      place, std::string(trim(curl_login(place) + " -H 'Content-Type: application/json' -H " +
                              shell_quote("Origin: " + place.base) + " -d '{\"query\":\"{ viewer { username } }\"}' " +
                              shell_operand(place.base + std::string(path)))));
}

bool speaks_of_origin(const ApiAnswer& answer) {
  return to_lower(answer.message + " " + answer.http.excerpt).find("origin not allowed") != std::string::npos;
}

/// Not the question is refused (wandb.login asked the same), but the page that it comes from.
Finding origin_refused(const WandbPlace& place, const BrowserAnswer& asked, const Scene& scene) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = "origin-refused";
  finding.observed = fmt::format("Without an Origin the server answers; with Origin: {} it refuses. {}", place.base,
                                 tell(asked.answer));
  finding.expected = "Requests of pages at " + place.base + " are accepted.";
  finding.why =
      "The server compares the address in the browser with its own HOST, to the letter, and refuses pages of any "
      "other: the app shows \"Unable to reach the "
      "backend api\" or empty tables, while the SDK logs without a fault.";
  finding.fix = "Give the server this address, without a slash at the end, and restart it:\n" +
                scene.change("HOST", place.base) + "\nA proxy in front has to pass on how the browser came. " +
                nginx_lines("proxy_set_header X-Forwarded-Proto") +
                "\nOpen the app at this address only: localhost, an IP address and another name are other origins.";
  return finding;
}

/// The header lets another page in than the one that asked. Within one origin browsers do not need it.
Finding other_origin(const WandbPlace& place, const BrowserAnswer& asked, const Scene& scene) {
  Finding finding;
  finding.status = Status::warn;
  finding.cause = "other-origin";
  finding.observed = fmt::format("The answer to a page of {} lets pages of {} in.", place.base,
                                 for_display(join(asked.allow_origin, ", "), 200));
  finding.expected = "Access-Control-Allow-Origin: " + place.base + ", *, or no such header.";
  finding.why =
      "The server, or a proxy in front, has another idea of the address that people open. Links, sign-on and signed "
      "addresses will lead there too.";
  finding.fix =
      scene.change("HOST", place.base) +
      "\nIf it is right there, the proxy adds the header: remove add_header Access-Control-Allow-Origin from it.";
  return finding;
}

Finding judge_path(const WandbFacts& facts, std::string_view path, const Scene& scene) {
  const auto at = std::find_if(facts.browser.begin(), facts.browser.end(),
                               [&](const auto& browser) { return browser.path == path; });
  if (at == facts.browser.end()) {
    return facts.place.access.empty() ? skipped("Without a log-in nothing is asked in a browser's name.")
                                      : interrupted("This");
  }
  const ApiAnswer& answer = at->answer;
  Finding finding;
  if (answer.http.answered() && (speaks_of_origin(answer) || (answer.json && answer.http.status == 403))) {
    finding = origin_refused(facts.place, *at, scene);
  } else if (path == "/graphql2" && answer.json && answer.http.status == 404) {
    finding = skipped("The server has no /graphql2; pages of servers that old use /graphql.");
    finding.cause = "old-server";
  } else if (!answer.ok() && !(answer.json && answer.http.status < 500)) {
    finding = trouble(facts.place, answer, scene);
    finding.why =
        "The pages of the app ask here: they stay empty or do not load, while the SDK, which asks elsewhere, works.";
  } else if (!at->allow_origin.empty() &&
             std::none_of(at->allow_origin.begin(), at->allow_origin.end(),
                          [&](const auto& origin) { return origin == "*" || origin == facts.place.base; })) {
    finding = other_origin(facts.place, *at, scene);
  } else {
    finding = passed(fmt::format("{} after {:.0f} ms", status_words(answer.http.status), answer.http.duration_ms));
  }
  finding.reproduce = finding.status == Status::pass ? "" : ask(facts.place, path);
  finding.setting = "HOST";
  return finding;
}

Findings judge(const WandbFacts& facts, const Scene& scene) {
  Findings out;
  for (const auto path : paths) {
    Finding finding = judge_path(facts, path, scene);
    finding.row = path.substr(1);
    finding.title = fmt::format("The server answers its own pages at {}", path);
    out.push_back(std::move(finding));
  }
  return out;
}

}  // namespace

CheckSpec wandb_browser_check() {
  CheckSpec spec;
  spec.id = "wandb.browser";
  spec.probe = "wandb";
  spec.title = "The server answers its own pages in a browser";
  spec.needs = {"wandb.login"};
  spec.explained_by = {"host.own-url"};
  spec.rows = {"graphql2", "graphql"};
  return make_check<WandbFacts>(std::move(spec), judge);
}

}  // namespace wbverify
