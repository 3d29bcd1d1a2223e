// Every reader of text in the program, fed with the same input.
#include <stdexcept>

#include "clients/dns_names.hpp"
#include "clients/graphql.hpp"
#include "clients/location.hpp"
#include "clients/mysql_wire.hpp"
#include "clients/s3.hpp"
#include "clients/s3_xml.hpp"
#include "checks/catalog.hpp"
#include "checks/shared/answer.hpp"
#include "checks/wandb/probe_transfer.hpp"
#include "config/api_key.hpp"
#include "config/bucket_url.hpp"
#include "config/config_file.hpp"
#include "config/env_file.hpp"
#include "config/expand.hpp"
#include "config/host_url.hpp"
#include "config/jwt.hpp"
#include "config/license.hpp"
#include "config/mysql_url.hpp"
#include "config/netrc.hpp"
#include "config/placeholders.hpp"
#include "config/queue_url.hpp"
#include "config/redis_url.hpp"
#include "config/url.hpp"
#include "core/display.hpp"
#include "engine/record.hpp"
#include "target.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify::fuzz {
namespace {

/// Texts that are shown are bounded and hold nothing that steers a terminal.
std::string complaint_of(std::string_view reader, std::string_view shown) {
  for (const char c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') return std::string(reader) + ": a control character";
  }
  return shown.size() > (64 << 10) ? std::string(reader) + ": endless" : std::string();
}

std::string feed_settings(std::string_view text) {
  const auto issues_of = [&](std::string_view name, auto grammar) {
    IssueList issues("X", text);
    grammar(issues);
    for (const auto& issue : issues.take()) {
      for (const auto* const part : {&issue.observed, &issue.expected, &issue.fix, &issue.example}) {
        if (auto wrong = complaint_of(name, *part); !wrong.empty()) return wrong;
      }
    }
    return std::string();
  };
  std::string wrong;
  const auto keep = [&](std::string said) { wrong = wrong.empty() ? std::move(said) : wrong; };
  keep(issues_of("HOST", [](IssueList& issues) { parse_host_url(issues); }));
  keep(issues_of("MYSQL", [](IssueList& issues) { parse_mysql_url(issues); }));
  keep(issues_of("BUCKET", [](IssueList& issues) { parse_bucket_url(issues, {}); }));
  keep(issues_of("REDIS", [](IssueList& issues) { parse_redis_url(issues); }));
  keep(issues_of("queue", [](IssueList& issues) { parse_queue_url(issues); }));
  keep(issues_of("LICENSE", [](IssueList& issues) { parse_license(issues); }));
  keep(issues_of("API key", [](IssueList& issues) { parse_api_key(issues); }));
  const std::string value(text);
  find_placeholder(value);
  possible_secrets(value);
  keep(complaint_of("mask", sanitize(mask_url(value), 4096)));
  expand_references(value, [](const std::string&) { return std::optional<std::string>("x"); });
  return wrong;
}

/// Readers of whole files, which refuse with an exception that names line and column.
std::string feed_files(std::string_view text) {
  parse_netrc(text);
  std::string wrong;
  const auto refusing = [&](std::string_view name, auto read) {
    try {
      read();
    } catch (const std::runtime_error& refusal) {
      if (wrong.empty()) wrong = complaint_of(name, refusal.what());
    }
  };
  refusing("environment file", [&] { parse_env_file(text, "x.env", {{"HOME", "/root"}}); });
  refusing("configuration file", [&] { parse_config_file(std::string(text), "x.yaml"); });
  return wrong;
}

std::string feed_answers(std::string_view text) {
  HttpResponse response;
  response.status = 403;
  response.body = text;
  response.headers = {{"Location", std::string(text.substr(0, 300))}, {"Date", std::string(text.substr(0, 29))}, {"x-amz-bucket-region", std::string(text.substr(0, 70))}};
  const S3Answer answer = read_answer(response);
  std::string wrong = complaint_of("S3", answer.code + answer.message + answer.region + answer.location + answer.begin + answer.request_id);
  if (!answer.region.empty() && !is_s3_region(answer.region)) wrong = "a region that is none";
  for (const auto& form : {s3_xml::read_location(text).value_or(""), s3_xml::read_versioning(text).value_or(""), s3_xml::root_of(text)}) sanitize(form);
  static_cast<void>(s3_xml::read_cors(text));
  static_cast<void>(s3_xml::read_listing(text));
  static_cast<void>(s3_xml::read_versions(text));
  static_cast<void>(s3_xml::read_buckets(text));
  s3_xml::read_time(text);
  read_http_date(text);
  parse_http_date(text);
  const HttpAnswer shown = make_answer("https://h/", response, 0);
  if (wrong.empty()) wrong = complaint_of("HTTP", shown.title + shown.excerpt + shown.own_url);
  if (const auto url = resolve_location(text, "https://wandb.example.com/a/b"); url && (url->host.empty() || url->port == 0)) wrong = "a location without a host";
  read_signed_url(text);
  const nlohmann::json lines = json_inside(text);
  for (const auto& [name, value] : upload_headers(&lines, "https://h/").headers) {
    if ((name + value).find_first_of("\r\n") != std::string::npos || (name + value).find('\0') != std::string::npos) wrong = "a header that is two";
  }
  return wrong;
}

std::string feed_bytes(std::string_view text) {
  bool complete = false;
  const MysqlGreeting greeting = parse_mysql_stream(text, complete);
  parse_mysql_greeting(text);
  dns::end_of_aliases(text, "wandb.example.com");
  dns::hosts_entries(text, "wandb.example.com");
  dns::name_fault(text.substr(0, 300));
  jwt_object(text);
  is_jwt_shape(text);
  base64_decode(text);
  percent_decode(text);
  if (auto wrong = complaint_of("display", for_display(text, 300)); !wrong.empty()) return wrong;
  return complaint_of("greeting", greeting.text + greeting.banner + greeting.version + greeting.auth_plugin);
}

}  // namespace

std::string feed_parsers(std::string_view text) {
  for (const auto feed : {feed_settings, feed_files, feed_answers, feed_bytes}) {
    if (auto wrong = feed(text); !wrong.empty()) return wrong;
  }
  return {};
}

std::string feed_record(std::string_view text) {
  const auto record = decode_record(text);
  if (!record) return complaint_of("record", record.error().text);
  const auto report = judge_record(*record, catalog());
  if (!report) return complaint_of("facts", report.error().text);
  for (const auto& result : report->results) {
    const Finding& finding = result.finding;
    for (const auto* const part : {&finding.title, &finding.observed, &finding.expected, &finding.why, &finding.fix, &finding.reproduce}) {
      if (auto wrong = complaint_of(result.check, *part); !wrong.empty()) return wrong;
    }
  }
  return {};
}

}  // namespace wbverify::fuzz
