#include <fmt/format.h>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_words.hpp"
#include "core/display.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "Every address that the server gives out is https://";

struct Use {
  std::string what, url;
  bool https = false;
};

void add(std::vector<Use>& uses, std::string what, const SignedUrl& url) {
  if (!url.url.empty() && !url.relative) uses.push_back({std::move(what), url.url, url.scheme == "https"});
}

/// Each kind of address once, a plain one before an encrypted one.
std::vector<Use> uses_of(const WandbFiles& files) {
  std::vector<Use> all;
  for (const auto& file : files.files) {
    add(all, "upload", file.upload);
    add(all, "download", file.route);
    add(all, "redirect", file.redirect_url);
    add(all, "direct", file.direct);
  }
  std::vector<Use> out;
  for (auto& use : all) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Use& other) { return other.what == use.what; });
    if (same == out.end())
      out.push_back(use);
    else if (same->https && !use.https)
      *same = use;
  }
  return out;
}

std::string mend(const WandbWriteFacts& facts, const std::vector<Use>& plain, const Scene& scene) {
  const std::string own = "://" + facts.place.host;
  bool of_host = false, of_store = false;
  for (const auto& use : plain) (use.url.find(own) != std::string::npos ? of_host : of_store) = true;
  std::string fix;
  if (of_host) {
    fix = "The server makes addresses with its own name by what the proxy tells it. " +
          nginx_lines("proxy_set_header X-Forwarded-Proto") +
          "\nAnd in the server's settings: " + scene.change("HOST", facts.place.base);
  }
  if (of_store) {
    if (!fix.empty()) fix += "\n";
    fix +=
        "The store's address comes from BUCKET: give the store a certificate that browsers trust, then add tls=true to "
        "BUCKET";
    fix += scene.find("BUCKET") == nullptr ? ", and restart the server."
                                           : " (" + scene.origin("BUCKET") + "), and restart the server.";
  }
  return fix;
}

Findings judge_entity(const WandbWriteFacts& facts, const WandbFiles& files, const Scene& scene) {
  const std::vector<Use> uses = uses_of(files);
  const bool base = facts.place.scheme == "https";
  std::vector<Use> plain;
  std::vector<std::string> kinds = {"HOST"}, urls;
  for (const auto& use : uses) {
    kinds.push_back(use.what);
    // A HOST without TLS is told by host.https.
    if (use.https || (!base && use.url.starts_with(facts.place.base + "/"))) continue;
    plain.push_back(use);
    urls.push_back(use.what + " " + use.url);
  }
  Finding finding;
  finding.setting = "HOST";
  if (uses.empty()) {
    if (!files.create.asked) return {interrupted("An address for a file")};
    return {skipped("The server gave out no address of a file; HOST itself is judged by host.https.")};
  }
  if (!base && plain.empty()) return {skipped("HOST itself is plain http, which host.https tells; the addresses of other hosts are https.")};
  if (plain.empty()) {
    finding = passed(join(kinds, ", "));
    finding.setting = "HOST";
    return {finding};
  }
  finding.expected = "https:// in HOST and in every address of a file.";
  finding.reproduce = curl_command(facts.place, "-o /dev/null -I " + shell_operand(plain.front().url));
  if (base) {
    finding.status = Status::fail;
    finding.cause = "mixed-content";
    finding.observed =
        for_display("The app is served over https, and plain http is given out for: " + join(urls, ", "), 500) + ".";
    finding.why =
        "Browsers block plain requests of an encrypted page without asking: media, tables and files stay empty and "
        "uploads from pages fail, while the SDK works, with "
        "everything in clear.";
    finding.fix = mend(facts, plain, scene);
    return {finding};
  }
  finding.status = Status::warn;
  finding.cause = "plain-http";
  finding.observed = for_display("Plain http is given out for: " + join(urls, ", "), 500) + ".";
  finding.why = "Files and the signatures of their URLs cross the network in clear, also when HOST gets TLS.";
  finding.fix = mend(facts, plain, scene);
  return {finding};
}

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title,
                     [&](const WandbRun&, const WandbFiles& files) { return judge_entity(facts, files, scene); });
}

}  // namespace

CheckSpec wandb_https_check() {
  CheckSpec spec;
  spec.id = "wandb.https";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.run"};
  spec.explained_by = {"host.own-url"};
  spec.by_part = true;
  spec.tags = {"security"};
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
