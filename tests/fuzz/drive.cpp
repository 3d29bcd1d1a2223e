// fuzz_drive TARGET SECONDS [SEED]: feeds a target with mutations of what is well-formed until the time is over. Every input follows from
// its seed, which is told when something does not hold, and when it crashes; with that SEED and 0 seconds it is fed once more.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "answers.hpp"
#include "checks/catalog.hpp"
#include "checks/wandb/healthy.hpp"
#include "engine/record.hpp"
#include "mutation.hpp"
#include "target.hpp"
#include "util/json.hpp"

namespace wbverify::fuzz {
namespace {

using nlohmann::json;

/// Well-formed texts of every language that the program reads.
const std::vector<std::string>& texts() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out = {
        "https://wandb.example.com:8443/x?y#z", "mysql://wandb%40b:s3cr%2Fet@[2001:db8::5]:3306/wandb_local?tls=custom&ssl-ca=%2Fca.pem&ssl-cert=/c&ssl-key=/k",
        "s3://AKIA:s3cr%2Fet@minio.example.com:9000/wandb-files/prefix?tls=true&region=eu-west-1&forcePathStyle=true", "az://:a2V5@account/container/prefix",
        "redis://user:s3cret@redis:6379/1?tls=true&ttlInSeconds=604800&caCertPath=/ca", "pubsub:/project/topic/subscription", "sqs://wandb-files.fifo",
        "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE5MDAwMDAwMDB9.c2lnbmF0dXJl", "mysql://$(MYSQL_USER):$(MYSQL_PASSWORD)@$(MYSQL_HOST)/d",
        "# settings\nHOST=https://wandb.example.com\nMYSQL=mysql://u:p@h/d\nHOME\n\nBUCKET=s3://wandb-files\n",
        "env_file: [a.env, b.env]\nca_file: ca.pem\ndns_server: 10.0.0.2:53\nentities: [vision, nlp]\nsettings: {HOST: https://wandb.example.com}\n",
        "machine wandb.example.com\n  login user\n  password 0f1e2d3c4b5a69788796a5b4c3d2e1f00a1b2c3d\nmacdef x\ny\n\ndefault login a password b\n",
        "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>gone</Message><Region>eu-west-1</Region><RequestId>tx01</RequestId></Error>",
        "<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a</Key><LastModified>2026-11-25T03:43:03.000Z</LastModified>"
        "</Contents></ListBucketResult>",
        "<ListVersionsResult><Name>b</Name><Version><Key>a</Key><VersionId>1</VersionId><IsLatest>true</IsLatest></Version><DeleteMarker><Key>a</Key><VersionId>2</VersionId></DeleteMarker></ListVersionsResult>",
        "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>",
        "<LocationConstraint>EU</LocationConstraint>", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "<ListAllMyBucketsResult><Buckets><Bucket><Name>a</Name></Bucket></Buckets></ListAllMyBucketsResult>", "Wed, 25 Nov 2026 03:43:03 GMT", "//other.example/../a/./b?c#d",
        "https://s3.example.com/b/k?X-Amz-Signature=0&X-Amz-Date=20261128T100000Z&X-Amz-Expires=86400", "[\"Content-Type:text/plain\",\"Host:x\",\"A:b\"]",
        "127.0.0.1 localhost # us\n::1 wandb.example.com wandb\n", "<!doctype html><html><head><title>W&amp;B</title></head><script>window.CONFIG = {REACT_APP_HOST: 'https://h'}</script></html>",
        std::string("\x4a\0\0\0\x0a" "8.4.6\0\7\0\0\0abcdefgh\0\xff\xf7\xff\2\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0", 78),
        std::string("\1\2\x81\x80\0\1\0\2\0\0\0\0\5wandb\7example\3com\0\0\1\0\1\xc0\x0c\0\5\0\1\0\0\0\1\0\4\1a\xc0\x12\xc0\x2f\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1", 69)};
    for (const auto& answer : recorded_answers()) out.push_back(answer.body);
    return out;
  }();
  return all;
}

/// A whole run: the W&B part healthy, of every other probe facts that say nothing.
const json& record() {
  static const json healthy = [] {
    Record out;
    for (const auto& plugin : catalog()) {
      for (const auto& probe : plugin.probes) {
        out.probes[probe.id].info.id = probe.id;
        out.probes[probe.id].facts = probe.decode("{}").encode();
      }
      for (const auto& check : plugin.checks) out.checks.push_back(check.id);
    }
    out.probes["wandb"].facts = encode_facts(wandb_cases::healthy());
    out.probes["wandb.leftovers"].facts = encode_facts(wandb_cases::no_leftovers());
    out.probes["wandb.write"].facts = encode_facts(wandb_cases::written({"ada", "team-a"}));
    out.shown = out.checks;
    return parse_json(encode_record(out));
  }();
  return healthy;
}

std::string mutated(const json& document, Random& random) {
  switch (random.below(3)) {
    case 0: return spell(spoiled(document, random));
    case 1: return dump_json(other_facts(document, random));
    default: return broken(dump_json(document), random);
  }
}

using Target = std::function<std::string(Random&)>;

Target target(std::string_view name) {
  if (name == "answers") {
    return [](Random& random) {
      const auto& answer = recorded_answers()[random.below(recorded_answers().size())].body;
      return feed_answer(random.below(2) == 0 ? broken(answer, random) : spell(spoiled(parse_json(answer), random)));
    };
  }
  if (name == "facts") {
    return [](Random& random) {
      static const json facts = parse_json(encode_facts(wandb_cases::written({"ada", "team-a"})));
      return feed_facts("wandb.write", mutated(facts, random));
    };
  }
  if (name == "parsers") return [](Random& random) { return feed_parsers(broken(texts()[random.below(texts().size())], random)); };
  if (name == "records") return [](Random& random) { return feed_record(mutated(record(), random)); };
  return {};
}

std::atomic<unsigned long long> seed = 0;

extern "C" void tell_seed(int number) {
  char text[80];
  const int length = std::snprintf(text, sizeof text, "signal %d at seed %llu\n", number, seed.load());
  [[maybe_unused]] const auto written = ::write(2, text, static_cast<std::size_t>(length));
  std::_Exit(1);
}

int drive(const Target& feed, std::chrono::seconds time, unsigned long long first) {
  for (const int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM}) std::signal(number, tell_seed);
  const auto end = std::chrono::steady_clock::now() + time;
  constexpr unsigned longest = 20;   // seconds for one input, on a loaded machine
  for (seed = first;; ++seed) {
    ::alarm(longest);
    Random random(seed);
    if (const std::string wrong = feed(random); !wrong.empty()) {
      std::fprintf(stderr, "seed %llu: %s\n", seed.load(), wrong.c_str());
      return 1;
    }
    if (std::chrono::steady_clock::now() >= end) break;
  }
  std::printf("%llu inputs, nothing found\n", seed - first + 1);
  return 0;
}

}  // namespace
}  // namespace wbverify::fuzz

int main(int argc, char** argv) {
  const auto feed = argc > 2 ? wbverify::fuzz::target(argv[1]) : nullptr;
  if (!feed) {
    std::fprintf(stderr, "usage: fuzz_drive answers|facts|parsers|records SECONDS [SEED]\n");
    return 64;
  }
  return wbverify::fuzz::drive(feed, std::chrono::seconds(std::atoi(argv[2])), argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0);
}
