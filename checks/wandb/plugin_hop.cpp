#include "checks/wandb/plugin_hop.hpp"

#include <fmt/format.h>

#include "checks/shared/answer_marks.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* everything_needs_it =
    "The SDK, the CLI and the pages of the app all speak JSON with this address: nobody logs in, starts a run or sees "
    "one.";
constexpr const char* paths = "/graphql, /graphql2, /files, /artifacts, /artifactsV2, /oidc, /healthz, /ready, /env.js";

std::string hop_or(const ApiAnswer& answer, std::string_view otherwise) {
  for (const auto kind : {PageKind::login, PageKind::portal, PageKind::filter, PageKind::cdn, PageKind::default_page,
                          PageKind::product}) {
    if (const PageMark* mark = mark_of(answer.http.marks, kind)) return std::string(mark->words);
  }
  const std::string hop = hop_of(answer.http);
  return hop.empty() ? std::string(otherwise) : hop;
}

bool has(const ApiAnswer& answer, PageKind kind) { return mark_of(answer.http.marks, kind) != nullptr; }

bool is_network(const std::string& hop) {
  for (const auto* name : {"cloudflare", "cloudfront", "akamai", "front door", "imperva", "fastly"}) {
    if (to_lower(hop).find(name) != std::string::npos) return true;
  }
  return false;
}

std::optional<UrlParts> target_of(const ApiAnswer& answer) {
  return answer.http.redirects() ? resolve_location(answer.http.header("location"), answer.http.url) : std::nullopt;
}

bool is_login(const ApiAnswer& answer) {
  const auto target = target_of(answer);
  return (target && is_login_url(*target)) || has(answer, PageKind::login) ||
         answer.http.has_mark(std::string(password_field));
}

std::string cause_of(const ApiAnswer& answer) {
  const HttpAnswer& http = answer.http;
  if (http.status == 413) return "body-too-large";
  if (http.status == 511 || has(answer, PageKind::portal)) return "captive-portal";
  if (has(answer, PageKind::filter) || !http.header("x-squid-error").empty()) return "filter-page";
  if (is_login(answer)) return "login-page";
  if (http.status >= 400 && (has(answer, PageKind::cdn) || (is_network(hop_of(http)) && http.html)))
    return "cdn-error-page";
  if (http.redirects()) return "redirected";
  switch (http.status) {
    case 401:
      return "login-required";
    case 403:
      return "forbidden";
    case 404:
    case 405:
      return "not-found";
    case 407:
      return "proxy-login-required";
    case 429:
      return "rate-limited";
    case 502:
      return "bad-gateway";
    case 503:
      return "unavailable";
    case 504:
      return "gateway-timeout";
    default:
      break;
  }
  if (http.status >= 500) return "server-error";
  if (http.html) return "html-page";
  return answer.http.cause.empty() ? answer.code.empty() ? "not-json" : answer.code : answer.http.cause;
}

/// The path of what was asked: `/graphql`, `/files/…/file_stream`.
std::string path_of(const ApiAnswer& answer) {
  const auto asked = resolve_location(answer.http.url, answer.http.url);
  return asked ? asked->path : answer.http.url;
}

std::string route(const ApiAnswer& answer) {
  return fmt::format(
      "The path {} has to reach the server like every other. With nginx one location for all paths is right:\n"
      "location / {{ proxy_pass http://127.0.0.1:8080; }}\n"
      "With Kubernetes, look at the paths of the ingress; the API has {}:\n"
      "kubectl describe ingress -n NAMESPACE",
      path_of(answer), paths);
}

std::string login_fix(const ApiAnswer& answer) {
  const auto target = target_of(answer);
  return (target && is_login_url(*target) ? "It sends people to " + target->origin() + ". " : std::string()) +
         "W&B checks API keys itself. Let the paths of the API pass without the log-in of " +
         hop_or(answer, "the proxy") + ": " + paths +
         ". With "
         "oauth2-proxy:\n--skip-auth-route=^/"
         "(graphql|graphql2|files|artifacts|artifactsV2|oidc|healthz|ready|env\\.js)\n"
         "With ingress-nginx, take these annotations away:\nkubectl annotate ingress -n NAMESPACE wandb "
         "nginx.ingress.kubernetes.io/auth-url- nginx.ingress.kubernetes.io/auth-signin-";
}

void redirect_words(const WandbPlace& place, const ApiAnswer& answer, const Scene& scene, HopTrouble& trouble) {
  const auto target = target_of(answer);
  const std::string origin = target ? target->origin() : answer.http.header("location");
  trouble.why =
      "Clients send POST requests and do not follow redirects, or follow them with a GET and without the key.";
  trouble.fix =
      target && origin != place.base
          ? "If " + origin + " is the server's right address:\n" + scene.change("HOST", origin) +
                "\nOtherwise take the redirect out of the proxy."
          : "Take the redirect out of the proxy for POST: rules that add or strip a slash, or a language, are for "
            "pages only.";
}

}  // namespace

HopTrouble body_limit(const ApiAnswer& answer) {
  HopTrouble out;
  const std::string hop = answer.json ? "" : hop_or(answer, "something in front of the server");
  const std::string lower = to_lower(hop);
  out.cause = "body-too-large";
  out.expected = "Bodies of some 15 MB pass; files of any size where they go through HOST.";
  out.why =
      "History, configurations, tables and files of real runs are large: small runs work, and in large ones data is "
      "missing.";
  if (answer.json) {
    out.fix = "The server itself has this limit: log less at a time, or fewer and smaller values in one step.";
  } else if (lower.find("cloudflare") != std::string::npos) {
    out.fix =
        "Cloudflare takes 100 MB (Free, Pro), 200 MB (Business) or 500 MB (Enterprise) in a request. Take the record "
        "of "
        "this host out of its proxy (the grey cloud), or raise the limit of an Enterprise zone.";
  } else if (lower.find("apache") != std::string::npos) {
    out.fix = "In Apache's virtual host, then apachectl graceful:\n  LimitRequestBody 0";
  } else if (lower.find("istio") != std::string::npos || lower.find("envoy") != std::string::npos) {
    out.fix =
        "Envoy refuses what it has to buffer: raise max_request_bytes of its buffer filter, or "
        "per_connection_buffer_limit_bytes of the listener.";
  } else {
    out.fix = nginx_lines("client_max_body_size");
  }
  if (!hop.empty()) out.fix = "The limit is that of " + hop + ". " + out.fix;
  return out;
}

HopTrouble hop_trouble(const WandbPlace& place, const ApiAnswer& answer, const Scene& scene) {
  HopTrouble out{cause_of(answer), "An answer of the W&B server, in JSON.", everything_needs_it, ""};
  const std::string& cause = out.cause;
  if (cause == "body-too-large") return body_limit(answer);
  if (cause == "login-page" || cause == "login-required") {
    out.why =
        "The SDK and the CLI send an API key and cannot fill in a page: every run fails with an error about invalid "
        "JSON. Browsers alone would work.";
    out.fix = login_fix(answer);
  } else if (cause == "proxy-login-required") {
    out.fix = fmt::format(
        "A forward proxy answers at {} in place of the server, and wants a user of its own. HOST is the server's own "
        "address:\n{}\nMachines that reach it by a proxy alone tell their clients so:\nexport "
        "HTTPS_PROXY=http://USER:PASSWORD@PROXY:3128\nThose that need none:\nexport NO_PROXY={}",
        place.base, scene.change("HOST", "https://ADDRESS_OF_W&B"), place.host);
  } else if (cause == "captive-portal") {
    out.fix =
        "The network of this machine wants a log-in first. Log it in, or run wbverify where the server can be reached "
        "freely.";
  } else if (cause == "filter-page") {
    out.fix = fmt::format(
        "Have whoever runs {} allow {} for this machine and for every machine that trains: all methods, JSON "
        "bodies of any size.",
        hop_or(answer, "the filter"), place.base);
  } else if (cause == "cdn-error-page") {
    out.fix = fmt::format(
        "What answers is {}. Switch bot protection, browser checks and caching off for {} there: SDK and CLI cannot "
        "solve "
        "challenges. An error 52x means that it does not reach the server: correct address, port and TLS mode of the "
        "origin.",
        hop_or(answer, "a CDN"), place.host);
  } else if (cause == "redirected") {
    redirect_words(place, answer, scene, out);
  } else if (cause == "forbidden") {
    out.fix = fmt::format(
        "{} refuses it, not W&B: an allow-list, a firewall for web applications that takes GraphQL for an attack, or "
        "a rule on methods. Let POST with JSON bodies of any size pass on {}.",
        hop_or(answer, "Something in front"), paths);
  } else if (cause == "not-found" || cause == "html-page") {
    if (mark_of(answer.http.marks, PageKind::wandb) != nullptr) {
      out.fix = "The page is W&B's own: the front end answers here, and the API does not get this path. ";
    }
    out.fix += route(answer);
  } else if (cause == "rate-limited") {
    out.fix = fmt::format(
        "{} limits the number of requests. Raise its limit for this host; a few machines that train make hundreds of "
        "requests a second. ingress-nginx: the annotations nginx.ingress.kubernetes.io/limit-rps and limit-rpm.",
        hop_or(answer, "Something in front"));
  } else if (cause == "bad-gateway" || cause == "unavailable" || cause == "gateway-timeout") {
    out.fix = (cause == "gateway-timeout" ? "The proxy waits for the API and gives up. "
                                          : "The proxy has no API server behind this path that answers. ") +
              reach_the_server(hop_of(answer.http));
  } else if (cause == "server-error") {
    out.fix = "The log of whatever answers says why. " + server_log();
  } else if (cause == "answer-too-large" || cause == "json-too-deep") {
    out.fix = "The W&B server sends no such answer. See what it is with the command below, and who answers there.\n" +
              route(answer);
  } else {
    out.fix = "Something else than the API answers. See what it is with the command below.\n" + route(answer);
  }
  return out;
}

}  // namespace wbverify
