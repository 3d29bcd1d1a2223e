#include "checks/wandb/plugin_remedy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_one_of(const std::string& cause, std::initializer_list<std::string_view> causes) {
  return std::find(causes.begin(), causes.end(), cause) != causes.end();
}

StoreAdvice advise_on_clock(const std::string& cause, const StoreView& store) {
  return {
      cause == "clock-skew" ? "Clocks of the W&B server and of the store within 15 minutes of each other."
                            : "A URL that was made a moment ago is good for as long as it says.",
      "The server signs URLs by its own clock, and the store compares them with its own. Every upload and download of "
      "every "
      "user is refused, while all of W&B's pages work.",
      "Set the clock that is wrong; on that machine:\ntimedatectl set-ntp true\nchronyc makestep\nWhich one it is:\n"
      "curl -sI " +
          shell_operand(store.origin + "/") + " | grep -i ^date; date -u\nwbverify --only host.time,bucket.clock"};
}

StoreAdvice advise_on_signature(const std::string& cause, const Transfer& transfer, const StoreView& store,
                                const Scene& scene) {
  const std::string where = scene.origin("BUCKET");
  if (cause == "host-rewritten" || cause == "port-lost") {
    return {"The Host header that clients send arrives at the store unchanged.",
            fmt::format(
                "The Host header is part of the signature, and the store sees {} in it. A proxy, a tunnel or a port "
                "forward in between has put it there; every upload and download fails with 403.",
                transfer.seen_host),
            lines_for_proxy(store, "proxy_set_header Host") +
                "\nThrough an SSH tunnel or kubectl port-forward it cannot work: open the server at its own address."};
  }
  if (cause == "unknown-access-key") {
    return {"A key that the store knows.",
            "The key that the server signs with was deleted, is switched off or belongs to another store. Every upload "
            "fails.",
            "Write a key that exists, with its secret, into " + where +
                ", and restart the server. With a team's own bucket it is that bucket's keys. wbverify --only "
                "bucket.credentials tries those of BUCKET."};
  }
  if (cause == "expired-token") {
    return {
        "Keys that last, or a role that the server renews by itself.",
        "The server signs with temporary credentials that have ended. Uploads worked for some hours and fail since.",
        "Remove AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN and give the server a role, or give it "
        "the keys "
        "of a user that last. Then restart it. The token stands in " +
            scene.origin("AWS_SESSION_TOKEN") + "."};
  }
  if (cause == "two-credentials") {
    return {"The signature in the URL alone.",
            "Stores refuse a request with two credentials. Clients send none besides the URL's, so something on the "
            "way adds an "
            "Authorization header.",
            "In the proxy in front of the store take out what adds it (auth_basic with a fixed user, a service mesh, a "
            "log-in "
            "gateway). nginx:\n  proxy_set_header Authorization \"\";"};
  }
  if (cause == "wrong-region") {
    return {"URLs that are signed for the bucket's region.",
            "The server signs for another region than the bucket's, and the store refuses such URLs.",
            "See the bucket's region, and write it:\ncurl -sSI " + shell_operand(store.origin + "/") +
                " | grep -i x-amz-bucket-region\n" + scene.change("AWS_REGION", "REGION") +
                "\nThen restart the server."};
  }
  return {"A signature that the store computes too.",
          "The store knows the key and computes another signature: the server has another secret than the store, or "
          "path or "
          "query of the URL were changed on the way.",
          "wbverify --only bucket.credentials,bucket.round-trip signs with the keys of BUCKET, without the server. If "
          "it fails, the "
          "secret in " +
              where +
              " is wrong. If it passes, the server has other keys: restart it, or look at the team's own bucket, or "
              "for a proxy "
              "that rewrites paths.\n" +
              lines_for_proxy(store, "proxy_set_header Host")};
}

StoreAdvice advise_on_hop(const std::string& cause, const Transfer& transfer, const StoreView& store,
                          const Scene& scene) {
  const std::string hop = hop_of(transfer.answer);
  const std::string who = hop.empty() ? "The proxy in front of the store" : hop;
  const std::string_view target = store.on_host ? "the W&B server" : "the store";
  if (cause == "redirected") {
    return {
        "An answer, not a redirect.",
        "Clients send the bytes to the address that they were given. At a redirect many repeat the request without its "
        "body, "
        "or stop.",
        fmt::format(
            "{} redirects to {}. If only the scheme differs, the server believes that it is reached by http: pass on "
            "how clients come.\n{}",
            who, transfer.answer.header("location"), nginx_lines("proxy_set_header X-Forwarded-Proto"))};
  }
  if (cause == "html-page") {
    return {"An answer of the store.",
            "A web page answers with success, so clients believe that it is done: what they upload is lost, and what "
            "they download "
            "is a page.",
            fmt::format(
                "The address is routed to a front end or a log-in instead of {}. {}", target,
                store.on_host
                    ? "With BUCKET_PROXY or the bundled store all paths of HOST belong to the server: one location "
                      "/ with proxy_pass in nginx, every path in the ingress.\nkubectl describe ingress -n NAMESPACE"
                    : "Look at the route of the store's name in the proxy.")};
  }
  if (cause == "not-found") {
    if (store.on_host) {
      return {"The path takes files.",
              "The server hands out URLs at its own address, and nothing behind that address takes them. Every upload "
              "fails with "
              "this status.",
              "Route all paths of HOST to the server, those of files too:\nkubectl describe ingress -n NAMESPACE\nIf "
              "the bucket "
              "can be reached by browsers and clients themselves, do without the detour:\n" +
                  scene.change("BUCKET_PROXY", "false")};
    }
    return {"An answer of the store itself.",
            "Something in front of the store has no route for this name or path, or does not let the method through.",
            "Route the store's name to it, with all of GET, HEAD, PUT, POST, DELETE and OPTIONS.\n" +
                proxy_lines("proxy_set_header Host")};
  }
  return {"An answer of the store.", "Clients try again for minutes, and runs hang at their end.",
          fmt::format("{} does not reach {} behind it. See whether that runs, and whether address and port in the "
                      "proxy are right.\n{}",
                      who, target, store.on_host ? server_log() : "nginx: tail -n 50 /var/log/nginx/error.log")};
}

bool is_of_signature(const std::string& cause) {
  return is_one_of(cause, {"host-rewritten", "port-lost", "signature-mismatch", "unknown-access-key", "expired-token",
                           "two-credentials", "wrong-region"});
}

bool is_of_hop(const std::string& cause) {
  return is_one_of(cause, {"html-page", "redirected", "bad-gateway", "unavailable", "gateway-timeout", "not-found"});
}

}  // namespace

std::string lines_for_proxy(const StoreView& store, std::string_view first) {
  return store.on_host ? nginx_lines(first) : proxy_lines(first);
}

StoreAdvice advise_on_transfer(const std::string& cause, const StoreRefusal& refusal, const Transfer& transfer,
                               const StoreView& store, const Scene& scene) {
  if (cause == "clock-skew" || cause == "url-expired") return advise_on_clock(cause, store);
  if (is_of_signature(cause)) return advise_on_signature(cause, transfer, store, scene);
  if (is_of_hop(cause)) return advise_on_hop(cause, transfer, store, scene);
  if (cause == "no-such-bucket") {
    return {"A bucket that exists.",
            "The server hands out URLs of a bucket that is not there: every upload fails with 404.",
            fmt::format(
                "Make the bucket{}, or correct its name in {}. A team's own bucket is named in the team's settings.",
                store.bucket.empty() ? "" : " " + store.bucket, scene.origin("BUCKET"))};
  }
  StoreAdvice advice = advise_on_store(cause, refusal);
  if (cause.ends_with("-denied")) {
    advice.fix = give_rights(store, refusal.verb);
  } else if (cause == "body-too-large" && store.on_host) {
    advice.fix = nginx_lines("client_max_body_size");
  }
  return advice;
}

}  // namespace wbverify
