#include "checks/host/plugin_stranger.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "checks/shared/answer_marks.hpp"
#include "checks/shared/answer_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

bool is_portal(const UrlParts& url) {
  return has_any(url.host + to_lower(url.path), {"captive", "hotspot", "wifi", "guestportal", "guest-portal", "wlan", "portal."});
}

/// The questions, those first that the server itself answers without its front end.
std::array<const HttpAnswer*, 4> answers(const HostHttpFacts& facts) { return {&facts.root, &facts.env, &facts.healthz, &facts.ready}; }

const HttpAnswer* with_mark(const HostHttpFacts& facts, PageKind kind, std::string& words) {
  for (const HttpAnswer* answer : answers(facts)) {
    if (const PageMark* mark = mark_of(answer->marks, kind)) {
      words = mark->words;
      return answer;
    }
  }
  return nullptr;
}

bool is_wandb(const HostHttpFacts& facts) {
  const auto shows = [](const HttpAnswer& answer) { return answer.answered() && answer.status < 400 && mark_of(answer.marks, PageKind::wandb) != nullptr; };
  // env.js is a script; a proxy's log-in page answers every path, with any title.
  if (shows(facts.env) && !facts.env.html) return true;
  // The log-in page of a proxy may well be titled with the name of what lies behind it.
  return shows(facts.root) && mark_of(facts.root.marks, PageKind::login) == nullptr && !facts.root.has_mark(std::string(password_field));
}

std::optional<Stranger> by_redirect(const HostHttpFacts& facts) {
  const HttpAnswer& root = facts.root;
  if (!root.redirects()) return {};
  const auto target = resolve_location(root.header("location"), root.url);
  if (!target) return {};
  Stranger stranger{"", hop_of(root), &root, target};
  const bool same_host = target->host == facts.host && target->port == facts.port && target->scheme == facts.scheme;
  if (same_host && target->path == "/") {
    stranger.cause = "redirect-loop";
  } else if (is_login_url(*target)) {
    stranger.cause = "login-page";
  } else if (facts.scheme == "http" && target->host != facts.host && is_portal(*target)) {
    stranger.cause = "captive-portal";
  } else if (!same_host) {
    stranger.cause = "redirects-elsewhere";
  } else {
    return {};
  }
  return stranger;
}

std::optional<Stranger> by_page(const HostHttpFacts& facts) {
  static constexpr std::pair<PageKind, std::string_view> kinds[] = {
      {PageKind::portal, "captive-portal"}, {PageKind::filter, "filter-page"}, {PageKind::cdn, "cdn-error-page"},
      {PageKind::default_page, "ingress-default-page"}, {PageKind::login, "login-page"}, {PageKind::product, "other-product"}};
  for (const auto& [kind, cause] : kinds) {
    std::string words;
    if (const HttpAnswer* const answer = with_mark(facts, kind, words)) return Stranger{std::string(cause), words, answer, {}};
  }
  return {};
}

/// Answers without a page that tells anything: who sends them is told by headers.
std::optional<Stranger> by_headers(const HostHttpFacts& facts) {
  const HttpAnswer& root = facts.root;
  const std::string hop = hop_of(root), lower = to_lower(hop);
  const bool bare = root.body_bytes == 0 || root.html;
  if (root.status == 511) return Stranger{"captive-portal", hop, &root, {}};
  if (root.status == 401) return Stranger{"login-page", hop, &root, {}};
  if (!root.header("x-squid-error").empty()) return Stranger{"filter-page", hop, &root, {}};
  const bool cdn = has_any(lower, {"cloudflare", "cloudfront", "akamai", "front door", "imperva"});
  if (cdn && root.status >= 400) return Stranger{"cdn-error-page", hop, &root, {}};
  if (lower == "jenkins" || lower == "kibana" || lower == "minio" || lower == "amazon s3" || lower == "python's web server") return Stranger{"other-product", hop, &root, {}};
  if (root.status == 403) return Stranger{"forbidden", hop, &root, {}};
  // Caddy answers an empty 200 for a name that it does not serve, Envoy an empty 404; the error pages of nginx and Apache say no more.
  const bool proxy = has_any(lower, {"caddy", "envoy", "istio", "nginx", "apache", "openresty", "haproxy", "awselb", "aws load", "google load", "application gateway", "kong", "traefik", "iis"});
  if (proxy && bare && (root.status == 404 || root.status == 421 || (root.status == 200 && root.body_bytes == 0))) return Stranger{"ingress-default-page", hop, &root, {}};
  return {};
}

}  // namespace

Stranger who_answers(const HostHttpFacts& facts) {
  if (is_wandb(facts)) return {};
  if (auto stranger = by_redirect(facts)) return *stranger;
  if (auto stranger = by_page(facts)) return *stranger;
  if (auto stranger = by_headers(facts)) return *stranger;
  const HttpAnswer& root = facts.root;
  if (root.has_mark(std::string(password_field))) return {"login-page", hop_of(root), &root, {}};
  if (root.status >= 500) return {"server-error", hop_of(root), &root, {}};
  if (root.status == 404) return {"not-found", hop_of(root), &root, {}};
  return {"not-recognised", hop_of(root), &root, {}};
}

}  // namespace wbverify
