#include "healthy.hpp"

#include <algorithm>

#include "util/text.hpp"
#include "util/utf8.hpp"

namespace wbverify::wandb_cases {

HttpAnswer http_answer(const std::string& path, int status, const std::string& body, const ReceivedHeaders& headers) {
  HttpResponse response;
  response.status = status;
  response.version = "HTTP/1.1";
  response.headers = headers;
  response.body = body;
  response.address = "192.0.2.5:443";
  response.duration_ms = 4;
  HttpAnswer answer = make_answer(base + path, response, noon * 1000);
  answer.method = "POST";
  return answer;
}

namespace {

const ReceivedHeaders json_headers = {{"Content-Type", "application/json"}};

SignedUrl signed_url(const std::string& path) {
  SignedUrl url;
  url.url = "https://s3.example.com/wandb-files/" + path;
  url.scheme = "https";
  url.host = "s3.example.com";
  url.port = 443;
  url.signature = true;
  url.dialect = "s3";
  url.expires = 86400;
  return url;
}

SignedUrl route_of(const std::string& path) {
  SignedUrl url;
  url.url = base + ("/files/" + path);
  url.scheme = "https";
  url.host = "wandb.example.com";
  url.port = 443;
  return url;
}

Transfer transfer(const std::string& method, const std::string& url, int status, std::int64_t bytes) {
  Transfer out;
  out.tried = true;
  out.answer = http_answer("", status, "", {{"Server", "AmazonS3"}});
  out.answer.method = method;
  out.answer.url = url;
  out.bytes = bytes;
  out.same = method == "GET";
  return out;
}

StorePreflight preflight(const std::string& method, const std::string& request_headers, const std::string& url) {
  StorePreflight out;
  out.tried = true;
  out.method = method;
  out.request_headers = request_headers;
  out.answer = http_answer("", 200, "", {});
  out.answer.method = "OPTIONS";
  out.answer.url = url;
  out.allow_origin = {base};
  out.allow_methods = {"GET", "PUT", "HEAD"};
  out.allow_headers = split(request_headers, ',');
  return out;
}

WandbRun run_in(const std::string& entity) {
  WandbRun run;
  run.entity = entity;
  run.project = "wbverify";
  run.name = "wbverify-0123456789abcdef";
  run.create = good("UpsertBucket");
  run.inserted = true;
  run.stream = good("file_stream");
  run.finish = good("file_stream");
  run.stream.http.url = run.finish.http.url = base + ("/files/" + entity + "/wbverify/" + run.name + "/file_stream");
  run.read = good("Run");
  run.found = true;
  run.polls = 2;
  run.config_ms = run.history_ms = run.summary_ms = run.console_ms = run.state_ms = 40;
  run.state = "finished";
  return run;
}

WandbFile file_in(const std::string& entity, const std::string& name, std::int64_t size) {
  const std::string path = entity + "/wbverify/wbverify-0123456789abcdef/" + name;
  WandbFile file;
  file.name = name;
  file.size = file.listed_size = size;
  file.upload = signed_url(path);
  file.put = transfer("PUT", file.upload.url, 200, size);
  file.put.with_origin = true;
  file.put.allow_origin = {base};
  file.put.expose_headers = {"ETag"};
  file.registered = true;
  file.registered_ms = 40;
  file.route = route_of(path);
  file.direct = signed_url(path);
  file.by_route = transfer("GET", file.route.url, 302, 0);
  file.by_route.same = false;
  file.redirect = "https://s3.example.com";
  file.redirect_url = signed_url(path);
  file.by_redirect = transfer("GET", file.redirect_url.url, 200, size);
  file.by_direct = transfer("GET", file.direct.url, 200, size);
  file.by_direct.with_origin = true;
  file.by_direct.allow_origin = {base};
  file.by_direct.expose_headers = {"ETag"};
  file.range = transfer("GET", file.direct.url, 206, 10);
  return file;
}

WandbFiles files_in(const std::string& entity) {
  WandbFiles files;
  files.entity = entity;
  files.create = good("CreateRunFiles");
  files.files = {file_in(entity, "wbverify.bin", 1048577), file_in(entity, "test with_special-characters é.txt", 197)};
  files.store.origin = "https://s3.example.com";
  files.store.same_as = "BUCKET";
  files.put_preflight = preflight("PUT", "content-md5,content-type", files.files[0].upload.url);
  files.get_preflight = preflight("GET", "range", files.files[0].direct.url);
  files.list = good("RunFiles");
  return files;
}

ArtifactEntry entry(const std::string& path, std::int64_t size) {
  ArtifactEntry out;
  out.path = path;
  out.size = size;
  out.in_manifest = out.listed = true;
  out.upload = signed_url("wandb_artifacts/" + path);
  out.put = transfer("PUT", out.upload.url, 200, size);
  out.get = transfer("GET", out.upload.url, 200, size);
  return out;
}

WandbArtifact artifact_in(const std::string& entity) {
  WandbArtifact artifact;
  artifact.tried = true;
  artifact.entity = entity;
  artifact.project = "wbverify";
  artifact.collection = "wbverify-0123456789abcdef";
  artifact.id = "QXJ0aWZhY3Q6MQ==";
  artifact.entries = {entry("a.bin", 1000), entry("b.bin", 2000), entry("dir/c.bin", 3000)};
  ArtifactEntry reference;
  reference.path = "elsewhere.bin";
  reference.reference = reference.in_manifest = reference.listed = true;
  artifact.entries.push_back(reference);
  artifact.create = good("CreateArtifact");
  artifact.manifest = good("CreateArtifactManifest");
  artifact.files = good("CreateArtifactFiles");
  artifact.manifest_again = good("CreateArtifactManifest");
  artifact.commit = good("CommitArtifact");
  artifact.use = good("UseArtifact");
  artifact.state_created = "PENDING";
  artifact.put_manifest = transfer("PUT", signed_url("wandb_manifest.json").url, 200, 700);
  artifact.get_manifest = transfer("GET", signed_url("wandb_manifest.json").url, 200, 700);
  artifact.digest = artifact.digest_read = "41f0fba5630c97da0688ed38232045e5";
  artifact.state = "COMMITTED";
  artifact.manifest_read = true;
  artifact.consumer = "wbverify-0123456789abcdef-use";
  artifact.found_by_alias = true;
  artifact.commit_ms = 60;
  return artifact;
}

WandbSweep sweep_in(const std::string& entity) {
  WandbSweep sweep;
  sweep.tried = true;
  sweep.entity = entity;
  sweep.project = "wbverify";
  sweep.name = "ab12cd34";
  sweep.create = good("UpsertSweep");
  sweep.agent = good("CreateAgent");
  sweep.heartbeat = good("AgentHeartbeat");
  sweep.heartbeats = 1;
  sweep.command = "run";
  sweep.run = "wbverify-sweep-run";
  sweep.right_parameter = true;
  sweep.command_ms = 80;
  sweep.run_create = good("UpsertBucket");
  sweep.run_finish = good("file_stream");
  sweep.stop = good("UpsertSweep");
  sweep.state = "FINISHED";
  return sweep;
}

WandbBody body(const std::string& path, std::uint64_t bytes) {
  WandbBody out;
  out.path = path;
  out.bytes = bytes;
  out.answer = good(path);
  out.duration_ms = 90;
  return out;
}

WandbRemoval removal(const std::string& kind, const std::string& name, const std::string& entity) {
  WandbRemoval out;
  out.kind = kind;
  out.name = name;
  out.entity = entity;
  out.project = "wbverify";
  out.gone = true;
  out.answer = good("delete-" + kind);
  return out;
}

}  // namespace

Scene scene() {
  Scene scene;
  scene.run_id = "0123456789abcdef";
  scene.started = noon * 1000;
  scene.home = "/etc/wandb.env";
  scene.settings["HOST"] = {"HOST", "", "env-file", "/etc/wandb.env", 1, base};
  scene.settings["WANDB_API_KEY"] = {"WANDB_API_KEY", "", "environment", "", 0, "[redacted]"};
  return scene;
}

WandbPlace place() {
  WandbPlace place;
  place.base = base;
  place.scheme = "https";
  place.host = "wandb.example.com";
  place.port = 443;
  place.access = "api-key";
  place.setting = "WANDB_API_KEY";
  place.shape = "local-40";
  place.ca_file = "/etc/wandb/ca.pem";
  place.bucket_origin = "https://s3.example.com";
  return place;
}

ApiAnswer good(const std::string& operation) {
  ApiAnswer answer;
  answer.asked = answer.json = answer.usable = true;
  answer.operation = operation;
  answer.http = http_answer("/graphql", 200, "{\"data\":{}}", json_headers);
  return answer;
}

ApiAnswer refused(int status, const std::string& message, const std::string& code, const std::string& operation) {
  ApiAnswer answer = good(operation);
  answer.usable = false;
  answer.http = http_answer("/graphql", status, "{\"errors\":[]}", json_headers);
  answer.message = message;
  answer.code = code;
  return answer;
}

ApiAnswer empty(const std::string& where, int status) {
  ApiAnswer answer = refused(status, "");
  answer.where = where;
  return answer;
}

ApiAnswer page_of(int status, const std::string& body, const ReceivedHeaders& headers) {
  ApiAnswer answer = good();
  answer.json = answer.usable = false;
  answer.http = http_answer("/graphql", status, body, headers);
  return answer;
}

ApiAnswer silence(const std::string& cause, Blame blame, const std::string& text) {
  ApiAnswer answer = good();
  answer.json = answer.usable = false;
  answer.http = make_answer(std::string(base) + "/graphql", fail({cause, text, blame, true}), noon * 1000);
  answer.http.method = "POST";
  return answer;
}

WandbFacts healthy() {
  WandbFacts facts;
  facts.place = place();
  facts.session = good("Session");
  facts.viewer_known = true;
  facts.user = facts.default_entity = "ada";
  facts.teams = {"team-a"};
  facts.server_version = facts.latest_version = "0.83.0";
  facts.oldest_client = "0.10.0";
  facts.newest_client = "0.99.0";
  facts.features_known = true;
  for (const char* name :
       {"LARGE_FILENAMES", "ARTIFACT_TAGS", "CLIENT_IDS", "STRUCTURED_CONSOLE_LOGS", "FILESTREAM_GZIP"}) {
    facts.features.push_back({name, true});
  }
  for (const char* path : {"/graphql2", "/graphql"}) {
    BrowserAnswer answer{path, good("Session"), {base}};
    answer.answer.http.url = std::string(base) + path;
    facts.browser.push_back(answer);
  }
  return facts;
}

WandbLeftoverFacts no_leftovers() {
  WandbLeftoverFacts facts;
  facts.answer = good("Leftovers");
  facts.entities = {"ada"};
  return facts;
}

WandbWriteFacts written(const std::vector<std::string>& entities) {
  WandbWriteFacts facts;
  facts.place = place();
  for (const auto& entity : entities) {
    facts.runs.push_back(run_in(entity));
    facts.files.push_back(files_in(entity));
    facts.removals.push_back(removal("run", facts.runs.back().name, entity));
  }
  facts.artifact = artifact_in(entities.front());
  facts.sweep = sweep_in(entities.front());
  facts.bodies = {body("graphql", 10000000), body("file-stream", 10485760)};
  facts.removals.push_back(removal("artifact", facts.artifact.collection, entities.front()));
  facts.removals.push_back(removal("sweep", facts.sweep.name, entities.front()));
  facts.last_look = good("LastLook");
  facts.looked = true;
  return facts;
}

Finding row(const Findings& findings, std::string_view name) {
  const auto at =
      std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.row == name; });
  if (at == findings.end()) {
    ADD_FAILURE() << "no row " << name;
    return {};
  }
  expect_complete(*at);
  return *at;
}

void expect_complete(const Finding& finding) {
  EXPECT_EQ(finding.status == Status::pass, finding.cause.empty()) << finding.cause;
  EXPECT_EQ(finding.status == Status::unknown, finding.blame != Blame::none) << finding.cause;
  EXPECT_NE(finding.observed, "") << finding.cause;
  EXPECT_EQ((finding.expected + finding.why).find("{}"), std::string::npos) << "a place that was never filled";
  for (const std::string* text :
       {&finding.observed, &finding.expected, &finding.why, &finding.fix, &finding.reproduce}) {
    EXPECT_EQ(utf8_fault(*text), std::string::npos) << finding.cause;
    EXPECT_EQ(text->find("TODO"), std::string::npos) << *text;
  }
  if (finding.status != Status::warn && finding.status != Status::fail) return;
  for (const std::string* text :
       {&finding.expected, &finding.why, &finding.fix, &finding.reproduce, &finding.setting}) {
    EXPECT_NE(*text, "") << finding.cause << ": " << finding.observed;
  }
  // A sentence of ours ends with a full stop; a stranger's own words end as they do.
  const bool quotes = finding.observed.find("says: ") != std::string::npos;
  EXPECT_TRUE(quotes || finding.observed.ends_with('.')) << finding.observed;
  EXPECT_TRUE(quotes || finding.observed.find("..") == std::string::npos) << finding.observed;
  EXPECT_TRUE(finding.expected.ends_with('.')) << finding.expected;
  EXPECT_TRUE(finding.why.ends_with('.')) << finding.why;
  for (const std::string* text : {&finding.expected, &finding.why, &finding.fix})
    EXPECT_EQ(text->find('!'), std::string::npos) << *text;
}

}  // namespace wbverify::wandb_cases
