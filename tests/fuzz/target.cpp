#include "target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "checks/catalog.hpp"
#include "clients/graphql.hpp"
#include "mutation.hpp"
#include "util/json.hpp"
#include "util/text.hpp"
#include "util/utf8.hpp"

namespace wbverify::fuzz {
namespace {

using nlohmann::json;

constexpr std::size_t longest_text = 32 << 10, most_findings = 2000;

Scene scene() {
  Scene out;
  out.run_id = "0123456789abcdef";
  out.started = 1795608000000;
  out.home = "/etc/wandb.env";
  out.settings["HOST"] = {"HOST", "", "env-file", "/etc/wandb.env", 1, "https://wandb.example.com"};
  return out;
}

bool is_control(std::uint32_t code, bool lines) {
  if (code == '\n') return !lines;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/// Empty when the text is fit to be shown.
std::string fault_of(std::string_view text, bool lines) {
  if (text.size() > longest_text) return fmt::format("{} bytes long", text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t code = 0;
    const std::size_t length = utf8_sequence(text.substr(at), code);
    if (length == 0) return fmt::format("not UTF-8 at {}: {}", at, sanitize(text, 2000));
    if (is_control(code, lines)) return fmt::format("U+{:04X} at {}: {}", code, at, sanitize(text, 2000));
    at += length;
  }
  return {};
}

bool is_kebab(std::string_view word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::string complaint(const Finding& finding, const CheckSpec& spec) {
  const struct {
    const char* name;
    const std::string& text;
    bool lines;
  } texts[] = {{"row", finding.row, false},
               {"cause", finding.cause, false},
               {"title", finding.title, false},
               {"observed", finding.observed, false},
               {"expected", finding.expected, false},
               {"why", finding.why, false},
               {"fix", finding.fix, true},
               {"reproduce", finding.reproduce, true},
               {"setting", finding.setting, false}};
  for (const auto& [name, text, lines] : texts) {
    if (const std::string fault = fault_of(text, lines); !fault.empty()) return fmt::format("{}: {}", name, fault);
  }
  if (finding.status == Status::blocked) return "a judge blocks";
  if ((finding.status == Status::pass) != finding.cause.empty())
    return fmt::format("status {} with cause \"{}\"", name(finding.status), finding.cause);
  if ((finding.status == Status::unknown) != (finding.blame != Blame::none))
    return fmt::format("status {} with blame {}", name(finding.status), name(finding.blame));
  if (!is_kebab(finding.cause)) return "a cause that is no id: " + finding.cause;
  if (finding.observed.empty()) return "nothing observed, cause " + finding.cause;
  // With several entities the entity is the first part, and all of it for a check without rows.
  const bool known =
      finding.row.empty() || spec.rows.empty() || std::any_of(spec.rows.begin(), spec.rows.end(), [&](const auto& row) {
        return finding.row == row || finding.row.ends_with("/" + row) || (spec.by_part && finding.row.find('/') == std::string::npos);
      });
  return known ? "" : "a row that is not announced: " + finding.row;
}

const char* const words[] = {
    // states, codes, kinds and hosts that judges look for
    "PENDING", "COMMITTED", "DELETED", "FINISHED", "RUNNING", "CANCELED", "finished", "running", "crashed", "run",
    "exit", "stop", "resume", "s3", "gcs", "azure", "HOST", "BUCKET", "http", "https", "localhost", "127.0.0.1", "::1",
    "minio", "minio.svc.cluster.local", "10.0.0.1", "api-key", "identity-token", "PERMISSION_ERROR", "UNAUTHENTICATED",
    "SignatureDoesNotMatch", "AccessDenied", "RequestTimeTooSkewed", "NoSuchBucket", "NoSuchKey", "EntityTooLarge",
    "BadDigest", "SlowDown", "KMS.DisabledException", "XMinioStorageFull", "ExpiredToken", "permission denied",
    "license expired", "not found", "Cannot query field \"features\" on type \"ServerInfo\".",
    "internal database error", "too large", "graphql", "file-stream", "store", "run", "artifact", "sweep", "project",
    "missing", "changed", "four-byte-characters", "non-ascii", "number", "key-changed", "*",
    "https://wandb.example.com", "null",
    // what sanitize() lets through of what strangers write
    "{}", "{0}", "%s%n", "'; rm -rf / #", "$(reboot)", "`id`", "\\x1b[31m", "\xf0\x9f\x98\x80", "\xe2\x80\xa6", "a..b",
    "https://user:x@[::1]:99999/", "0.70.0", "999999999999999999999.0.0", "v0.0.0-dirty", "..", "/", "a/b",
    "Mon, 32 Foo 20256 99:99:99 GMT"};
const char* const causes[] = {"",           "timed-out",   "refused",           "reset",    "closed",
                              "dns-failed", "unreachable", "tls-untrusted",     "tls-name", "tls-failed",
                              "not-http",   "stopped",     "headers-too-large", "bad-url",  "interrupted"};
const char* const blames[] = {"", "none", "target", "path", "machine", "tool", "nobody"};
constexpr std::int64_t numbers[] = {0,   1,   -1,  5,   10,  60,  80,  200,  204,   206,     301,     302,
                                    307, 400, 401, 403, 404, 405, 408, 409,  411,   413,     429,     443,
                                    500, 502, 503, 504, 507, 511, 599, 8080, 86400, 1048576, 1048577, 10000000};

json other_value(const std::string& key, const json& value, Random& random) {
  const auto one_of = [&](const auto& list) { return list[random.below(std::size(list))]; };
  if (value.is_boolean()) return !value.get<bool>();
  if (key == "cause") return one_of(causes);
  if (key == "blame") return one_of(blames);
  if (value.is_string()) {
    if (random.below(4) != 0) return one_of(words);
    const json& hostile = hostile_values()[random.below(hostile_values().size())];
    return sanitize(hostile.is_string() ? hostile.get<std::string>() : spell(hostile), 300);
  }
  if (value.is_number_integer()) {
    // Ports are 16 bits wide and decode modulo that; everything else may be as large as its type.
    if (random.below(6) != 0) return one_of(numbers);
    return random.below(2) == 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  }
  if (value.is_number_float()) {
    constexpr double doubles[] = {-1, 0, 0.4, 12, 9999, 10001, 61000, 1e7, 1e18, 1e300, -1e300};
    return one_of(doubles);
  }
  if (value.is_array()) {
    json out = value;
    if (out.empty() || random.below(2) == 0) return json::array();
    if (random.below(2) == 0) {
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(random.below(out.size())));
    } else {
      for (std::size_t more = 1 + random.below(60); more > 0; --more) out.push_back(out[random.below(out.size())]);
    }
    return out;
  }
  return value;
}

/// What the facts promise, whatever stranger their texts come from: sanitize() in bounds, and causes that are ids.
void keep_promises(const std::string& key, json& value) {
  if (value.is_string()) {
    std::string text = sanitize(value.get<std::string>(), 500);
    if (key == "cause" && !is_kebab(text)) text = "timed-out";
    value = std::move(text);
  } else if (value.is_object()) {
    for (auto& [name, member] : value.items()) keep_promises(name, member);
  } else if (value.is_array()) {
    for (auto& element : value) keep_promises(key, element);
  }
}

std::string read_everything(const json& data) {
  for (const auto& place : places(data)) {
    std::string path = place.empty() ? "" : place.substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    if (const std::string fault = fault_of(json_text(data, path), false); !fault.empty()) return "json_text " + fault;
    if (json_text(data, path, 40).size() > 40) return "json_text beyond its limit";
    json_number(data, path, -1);
    const json inside = json_inside(json_raw(data, path));
    if (places(inside).size() > 1) json_text(inside, "a.0.b");
  }
  return {};
}

}  // namespace

const Plugin& wandb() {
  static const std::vector<Plugin> plugins = catalog();
  return *std::find_if(plugins.begin(), plugins.end(), [](const auto& plugin) { return plugin.service == "wandb"; });
}

std::string complaint(const Findings& findings, const CheckSpec& spec) {
  if (findings.empty() || findings.size() > most_findings)
    return fmt::format("{}: {} findings", spec.id, findings.size());
  for (const auto& finding : findings) {
    if (const std::string text = complaint(finding, spec); !text.empty())
      return spec.id + "/" + finding.row + " " + text;
  }
  return {};
}

std::string feed_answer(std::string_view body) {
  HttpResponse response;
  response.status = 200;
  response.body = body;
  const GraphqlAnswer answer = read_graphql(response);
  if (answer.data == nullptr) return "no data, not even null";
  if (answer.json == !answer.cause.empty()) return "JSON with a cause, or none without: " + answer.cause;
  if (answer.errors.size() > 100) return fmt::format("{} errors kept", answer.errors.size());
  for (const auto& error : answer.errors) {
    for (const std::string* text : {&error.message, &error.code, &error.path}) {
      if (const std::string fault = fault_of(*text, false); !fault.empty()) return "error " + fault;
      if (text->size() > 1000) return "an error without bounds";
    }
  }
  constexpr GraphqlDocument document{
      "Session", "query Session { <User.username|username> <ServerInfo.features|features { name <A|b> }> }"};
  const UnknownParts unknown = unknown_parts(document, answer.errors);
  if (render(document, unknown).find('<') != std::string::npos) return "a mark stays in the document";
  return answer.json ? read_everything(*answer.data) : "";
}

const ProbeSpec& probe(std::string_view id) {
  const auto& probes = wandb().probes;
  return *std::find_if(probes.begin(), probes.end(), [&](const auto& each) { return each.id == id; });
}

std::string judge(const ProbeSpec& spec, const Facts& facts) {
  const std::string encoded = facts.encode();
  if (spec.decode(encoded).encode() != encoded) return "the facts change on their way to JSON and back";
  const Scene at = scene();
  for (const auto& check : wandb().checks) {
    if (check.probe != spec.id) continue;
    const Findings findings = check.judge(facts, at);
    if (const std::string wrong = complaint(findings, check); !wrong.empty()) return wrong;
    if (check.judge(facts, at) != findings) return check.id + " judges the same facts differently";
  }
  return {};
}

std::string feed_facts(std::string_view probe_id, std::string_view text) {
  json document = json_inside(text);
  keep_promises("", document);
  Facts facts;
  try {
    facts = probe(probe_id).decode(dump_json(document));
  } catch (const json::exception&) {
    return {};
  }
  return judge(probe(probe_id), facts);
}

json other_facts(json facts, Random& random) {
  for (std::size_t times = 1 + random.below(4); times > 0; --times) {
    const auto all = places(facts);
    const std::string& chosen = all[random.below(all.size())];
    const json::json_pointer place(chosen);
    facts[place] = other_value(chosen.substr(chosen.rfind('/') + 1), facts[place], random);
  }
  return facts;
}

}  // namespace wbverify::fuzz
