#include <fmt/format.h>

#include <algorithm>

#include "checks/wandb/checks.hpp"
#include "checks/wandb/plugin_address.hpp"
#include "checks/wandb/plugin_by_hand.hpp"
#include "checks/wandb/plugin_readback.hpp"
#include "checks/wandb/plugin_store.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* title = "Files download as they were uploaded";

/// The server's own route sends on to the store.
bool is_sent_on(const WandbFile& file) {
  const int status = file.by_route.answer.status;
  return status >= 300 && status < 400 && !file.redirect.empty();
}

struct Case {
  const WandbRun& run;
  const WandbFiles& files;
  const WandbPlace& place;
  const Scene& scene;

  const WandbFile& first() const { return files.files.front(); }
  ByHand by_hand() const { return {place, files.entity}; }
};

Finding wrong(std::string cause, std::string setting, std::string reproduce) {
  Finding finding;
  finding.status = Status::fail;
  finding.cause = std::move(cause);
  finding.setting = std::move(setting);
  finding.reproduce = std::move(reproduce);
  return finding;
}

Finding differs(const WandbFile& file, const Transfer& transfer, std::string reproduce) {
  Finding finding = wrong("bytes-differ", "BUCKET", std::move(reproduce));
  finding.observed =
      fmt::format("\"{}\" was uploaded with {} bytes, and {} came back{}: {}.", file.name, file.size, transfer.bytes,
                  file.size == transfer.bytes ? ", not the same" : "", describe(transfer));
  finding.expected = "Every byte as it was sent.";
  finding.why =
      "Files are corrupted without any error: models do not load, images are broken, and nobody knows since when.";
  finding.fix =
      "Look for what changes bodies between here and the store: a cache that does not tell files apart, a proxy that "
      "compresses, a "
      "virus scanner. wbverify --only bucket.round-trip does the same without the server; if it fails too, look at the "
      "store's disks "
      "and log.";
  return finding;
}

/// The server's own route answers neither with bytes nor with a redirect.
Finding route_refused(const Case& at) {
  const HttpAnswer& answer = at.first().by_route.answer;
  const auto target = resolve_location(at.first().redirect_url.url, "");
  Finding finding = wrong("refused", "HOST", route_by_hand(at.by_hand()));
  finding.observed = "The server's own address of a file does not give it. " + describe(answer) + ".";
  if (const auto said = says(answer); !said.empty()) finding.observed += " " + said;
  finding.expected = "The file, or a redirect to where it is.";
  finding.why = "Pages and scripts that open files of a run by their address get an error in place of the file.";
  finding.fix = "The server's log has the reason. " + server_log();
  const std::string route =
      "The path /files must reach the server like every other, without a log-in of the proxy's own. With nginx one "
      "location for all paths is right:\nlocation / { proxy_pass http://127.0.0.1:8080; }\nWith Kubernetes, look at "
      "the "
      "paths of the ingress:\nkubectl describe ingress -n NAMESPACE";
  if (target && is_login_url(*target)) {
    finding.cause = "login-page";
    finding.fix = "A log-in proxy stands in front of this path. " + route;
  } else if (answer.status < 300) {
    finding.cause = "html-page";
    finding.fix = "The path is answered by the front end or by something else. " + route;
  } else if (answer.is_gateway_error()) {
    finding.cause = answer.status == 502 ? "bad-gateway" : answer.status == 503 ? "unavailable" : "gateway-timeout";
    finding.fix = "Other paths are answered, so the part that serves /files is missing behind the proxy. " +
                  reach_the_server(hop_of(answer));
  } else if (answer.status >= 500) {
    finding.cause = "server-error";
  } else if (answer.status == 404 || answer.status == 405) {
    finding.cause = "not-found";
    if (answer.html) finding.fix = "Something in front of the server has no such path. " + route;
  } else if (answer.status == 401 || answer.status == 403) {
    finding.cause = "forbidden";
    finding.fix =
        "The same key has uploaded the file a moment ago, so something on the way drops or replaces the Authorization "
        "header on this "
        "path, or refuses it. " +
        route;
  }
  return finding;
}

Finding followed(const Case& at) {
  const WandbFile& file = at.first();
  if (const auto fault = address_fault(file.redirect_url, at.place, at.run.create.http.address)) {
    Finding finding = wrong_address(*fault, file.redirect_url, "Downloads are redirected to", at.place, at.scene);
    finding.reproduce = route_by_hand(at.by_hand());
    return finding;
  }
  if (!file.by_redirect.ok()) {
    Finding finding = store_refused(StoreVerb::get, file.by_redirect, "The download that HOST redirects to", at.place,
                                    at.scene, &file.redirect_url);
    if (finding.cause != "interrupted") finding.reproduce = route_by_hand(at.by_hand());
    return finding;
  }
  if (!file.by_redirect.same) return differs(file, file.by_redirect, route_by_hand(at.by_hand()));
  return passed(fmt::format("by a redirect to {}, {:.0f} ms", file.redirect, file.by_redirect.answer.duration_ms));
}

Finding route_row(const Case& at) {
  const WandbFile& file = at.first();
  if (const auto fault = address_fault(file.route, at.place, at.run.create.http.address)) {
    Finding finding =
        wrong_address(*fault, file.route, "The server says that a file of a run is at", at.place, at.scene);
    finding.reproduce = route_by_hand(at.by_hand());
    return finding;
  }
  const Transfer& transfer = file.by_route;
  if (!transfer.tried || !transfer.answer.answered()) {
    return store_refused(StoreVerb::get, transfer, "The download of " + file.name + " by HOST", at.place, at.scene);
  }
  if (is_sent_on(file)) {
    const auto target = resolve_location(file.redirect_url.url, "");
    return target && is_login_url(*target) ? route_refused(at) : followed(at);
  }
  if (!transfer.ok()) return route_refused(at);
  if (!transfer.same) return differs(file, transfer, route_by_hand(at.by_hand()));
  return passed(fmt::format("by HOST itself, {:.0f} ms", transfer.answer.duration_ms));
}

Finding direct_row(const Case& at) {
  const WandbFile& file = at.first();
  if (file.direct.url.empty() && !file.by_direct.tried) {
    Finding finding =
        skipped("The server gives no URL straight to the store (directUrl): it is too old, or its store has none.");
    finding.cause = "old-server";
    return finding;
  }
  const std::string reproduce = download_by_hand(at.by_hand());
  if (const auto fault = address_fault(file.direct, at.place, at.run.create.http.address)) {
    Finding finding = wrong_address(*fault, file.direct, "URLs for downloads lead to", at.place, at.scene);
    finding.reproduce = reproduce;
    return finding;
  }
  if (!file.by_direct.ok()) {
    Finding finding =
        store_refused(StoreVerb::get, file.by_direct, "The download of " + file.name + " straight from the store",
                      at.place, at.scene, &file.direct);
    if (finding.cause != "interrupted") finding.reproduce = reproduce;
    return finding;
  }
  if (!file.by_direct.same) return differs(file, file.by_direct, reproduce);
  return passed(
      fmt::format("{} bytes from {}, {:.0f} ms", file.size, origin_of(file.direct), file.by_direct.answer.duration_ms));
}

Finding range_row(const Case& at) {
  const WandbFile& file = at.first();
  const Transfer& range = file.range;
  if (!range.tried || (range.answer.status != 200 && range.answer.status != 206)) {
    return store_refused(StoreVerb::get, range, "The download of ten bytes out of the middle", at.place, at.scene);
  }
  if (range.answer.status == 206 && range.same)
    return passed(fmt::format("206, {} bytes of {}", range.bytes, file.size));
  const bool ignored = range.answer.status == 200;
  Finding finding =
      wrong(ignored ? "range-ignored" : "range-differs", "BUCKET", download_by_hand(at.by_hand(), "-r 10-19"));
  finding.status = ignored ? Status::warn : Status::fail;
  finding.observed = ignored ? "Asked for ten bytes out of the middle, the whole file comes with 200."
                             : "Asked for ten bytes out of the middle, other bytes come back.";
  finding.expected = "206 with those ten bytes.";
  finding.why =
      "Tables and histories are read in parts of large files; without ranges every look at a table loads the whole of "
      "it.";
  finding.fix =
      "Every store can do it: let Range and Content-Range through. nginx:\n  proxy_set_header Range $http_range;\nand "
      "no proxy_cache in front "
      "of files.";
  return finding;
}

/// The first transfer of the file that went wrong, or nothing.
const Transfer* broken(const WandbFile& file) {
  for (const Transfer* transfer : {&file.by_route, &file.by_redirect, &file.by_direct}) {
    if (!transfer->tried || (transfer == &file.by_route && is_sent_on(file))) continue;
    if (!transfer->ok() || !transfer->same) return transfer;
  }
  return nullptr;
}

Finding names_row(const Case& at) {
  std::vector<std::string> bad;
  const Transfer* first = nullptr;
  int tried = 0;
  for (const auto& file : at.files.files) {
    if (is_plain_name(file.name) || (!file.by_route.tried && !file.by_direct.tried)) continue;
    ++tried;
    const Transfer* const transfer = broken(file);
    if (transfer == nullptr) continue;
    bad.push_back("\"" + file.name + "\"");
    if (first == nullptr) first = transfer;
  }
  if (tried == 0) return skipped("Not tried: no file with an unusual name was fetched.");
  if (first == nullptr)
    return passed(fmt::format("{} name{} with blanks and letters beyond ASCII", tried, tried == 1 ? "" : "s"));
  if (!first->answer.answered())
    return store_refused(StoreVerb::get, *first, "The download of " + bad.front(), at.place, at.scene);
  Finding finding = wrong("name-changed-on-the-way", "HOST", route_by_hand({at.place, at.files.entity, odd_file}));
  finding.observed = fmt::format("Files with plain names download, and not {}. {}{}.", join(bad, ", "),
                                 describe(*first), first->ok() ? ", and its bytes differ" : "");
  finding.expected = "Every name passes, as uploads of it do.";
  finding.why =
      "Names of files are the users' own. Those with blanks or letters beyond ASCII cannot be opened on any page.";
  finding.fix =
      "A proxy decodes or cleans the path. In nginx write proxy_pass without anything after the host, not even a "
      "slash:\nproxy_pass http://ADDRESS_OF_W&B:8080;\nmerge_slashes off;\nA web application firewall needs a rule "
      "that lets escapes such as "
      "%20 and %C3%A9 through.";
  return finding;
}

struct Row {
  const char* name;
  const char* title;
  Finding (*judge)(const Case&);
};

constexpr Row rows[] = {{"route", "A file downloads by its address on the server", route_row},
                        {"direct", "A file downloads straight from the store", direct_row},
                        {"range", "Parts of a file can be read", range_row},
                        {"names", "Files may have any name", names_row}};

Findings judge(const WandbWriteFacts& facts, const Scene& scene) {
  return each_entity(facts, title, [&](const WandbRun& run, const WandbFiles& files) -> Findings {
    if (files.files.empty()) return {interrupted("A download")};
    const bool listed =
        std::any_of(files.files.begin(), files.files.end(), [](const auto& file) { return file.registered; });
    if (!listed && as_metrics(run.finish, run, facts.place, scene))
      return {skipped("Not tried: no file is listed, see wandb.registered.")};
    const Case at{run, files, facts.place, scene};
    Findings findings;
    bool fetched = false;
    for (const auto& row : rows) {
      // What does not come whole comes neither in parts nor under odd names: one cause, one failure.
      const bool needs_whole = row.judge == range_row || row.judge == names_row;
      findings.push_back(needs_whole && !fetched ? skipped("Not judged: files do not download at all.")
                                                 : row.judge(at));
      findings.back().row = row.name;
      findings.back().title = row.title;
      fetched = fetched || findings.back().status == Status::pass;
    }
    return merge_alike(std::move(findings));
  });
}

}  // namespace

CheckSpec wandb_download_check() {
  CheckSpec spec;
  spec.id = "wandb.download";
  spec.probe = "wandb.write";
  spec.title = title;
  spec.needs = {"wandb.registered"};
  spec.by_part = true;
  spec.explained_by = bucket_checks();
  spec.explained_by.push_back("host.own-url");
  for (const auto& row : rows) spec.rows.emplace_back(row.name);
  return make_check<WandbWriteFacts>(std::move(spec), judge);
}

}  // namespace wbverify
