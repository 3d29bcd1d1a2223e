#include <algorithm>
#include <chrono>

#include "checks/wandb/probe_chains.hpp"
#include "checks/wandb/probe_documents.hpp"
#include "checks/wandb/probe_transfer.hpp"
#include "checks/wandb/probe_written.hpp"
#include "core/digest.hpp"
#include "util/encoding.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

constexpr std::size_t entry_size = 2048;
/// Clients name an artifact and its collection by 128 letters and digits of their own.
constexpr std::size_t client_id_length = 128;
/// Amazon's smallest part but the last.
constexpr std::size_t part_size = 5 << 20, last_part_size = 1000;
constexpr const char* artifact_type = "wbverify";
constexpr std::size_t largest_manifest = 1 << 20;

std::string client_id() {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string out = wandb_written::random_bytes(client_id_length);
  for (char& c : out) c = letters[static_cast<unsigned char>(c) % letters.size()];
  return out;
}

/// A file or reference of the artifact as it is known here.
struct Content {
  std::string path, bytes, reference;
  std::string digest;   ///< base64 MD5 of a file, the checksum of a reference
  std::string url;      ///< to upload to
  Headers headers;
  std::string direct;   ///< to download from
  std::string birth;    ///< id of the artifact that the bytes came with first
};

class ArtifactTrip {
 public:
  ArtifactTrip(WandbApi& api, const WandbRun& run, const std::string& consumer, WandbArtifact& artifact, std::vector<WandbMultipart>& multipart, Made& made)
      : api_(api), run_(run), artifact_(artifact), multipart_(multipart), made_(made) {
    artifact_.tried = true;
    artifact_.entity = run.entity;
    artifact_.project = run.project;
    artifact_.consumer = consumer;
    artifact_.collection = wandb_tag(api.context().run_id);
    for (const char* path : {"a.bin", "dir/b.bin"}) contents_.push_back({path, wandb_written::random_bytes(entry_size), "", "", "", {}, "", ""});
    contents_.push_back({"reference", "", "https://example.com/wbverify", "", "", {}, "", ""});
    if (api.place().deep) contents_.push_back({"parts.bin", wandb_written::random_bytes(part_size + last_part_size), "", "", "", {}, "", ""});
    std::sort(contents_.begin(), contents_.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    for (auto& content : contents_) {
      content.digest = content.reference.empty() ? base64_encode(md5(content.bytes)) : content.reference;
      artifact_.entries.push_back({content.path, !content.reference.empty(), static_cast<std::int64_t>(content.bytes.size()), {}, false, {}, false, false, {}});
    }
    artifact_.digest = digest();
  }

  void go() {
    // Each step wants what the one before it brought.
    if (create() && ask_for_manifest() && ask_for_urls() && upload() && put_manifest() && commit() && use()) fetch();
  }

 private:
  /// MD5 over a line for each path, in the order of their bytes: what the server computes from the manifest.
  std::string digest() const {
    std::string text = "wandb-artifact-manifest-v1\n";
    for (const auto& content : contents_) text += content.path + ":" + content.digest + "\n";
    return hex_encode(md5(text));
  }

  json place() const { return {{"entity", run_.entity}, {"project", run_.project}, {"run", run_.name}}; }
  bool goes_on(const ApiAnswer& answer) const { return answer.ok() && !api_.stopped(); }

  bool create() {
    json variables = place();
    variables.update({{"type", artifact_type}, {"collection", artifact_.collection}, {"digest", artifact_.digest}, {"client", client_id()}, {"sequence", client_id()}});
    const json data = api_.ask(wandb_documents::create_artifact, variables, {"createArtifact.artifact.id"}, artifact_.create);
    artifact_.id = json_raw(data, "createArtifact.artifact.id");
    artifact_.state_created = json_text(data, "createArtifact.artifact.state", 40);
    const std::string sequence = json_raw(data, "createArtifact.artifact.artifactSequence.id");
    if (artifact_.id.empty() || sequence.empty()) {
      made_.came_without(artifact_.create);
    } else {
      made_.add({"artifact", sequence, artifact_.collection, artifact_.project, "wbverify", artifact_.collection, "", {artifact_.id}, ""});
    }
    return goes_on(artifact_.create);
  }

  json manifest_question(const std::string& manifest_digest, ApiAnswer& answer) {
    json variables = place();
    variables.update({{"artifact", artifact_.id}, {"digest", manifest_digest}});
    return api_.ask(wandb_documents::create_manifest, variables, {"createArtifactManifest.artifactManifest.id"}, answer);
  }

  bool ask_for_manifest() {
    const json data = manifest_question("", artifact_.manifest);
    manifest_id_ = json_raw(data, "createArtifactManifest.artifactManifest.id");
    return goes_on(artifact_.manifest);
  }

  bool ask_for_urls() {
    json files = json::array();
    for (const auto& content : contents_) {
      if (!content.reference.empty()) continue;
      json file = {{"artifactID", artifact_.id}, {"artifactManifestID", manifest_id_}, {"name", content.path}, {"md5", content.digest}};
      if (is_in_parts(content) && !api_.lacks("Mutation.completeMultipartUploadArtifact")) {
        file["uploadPartsInput"] = json::array();
        for (std::size_t part = 0; part < 2; ++part) file["uploadPartsInput"].push_back({{"partNumber", part + 1}, {"hexMD5", hex_encode(md5(part_of(content, part)))}});
      }
      files.push_back(std::move(file));
    }
    WandbApi::Manner manner;
    if (!api_.place().deep) manner.without = {"File.uploadMultipartUrls"};
    const json data = api_.ask(wandb_documents::create_artifact_files, {{"files", files}}, {"createArtifactFiles.files.edges.0"}, artifact_.files, manner);
    // The answers stand in the order of the questions.
    std::size_t at = 0;
    for (std::size_t i = 0; i < contents_.size(); ++i) {
      if (!contents_[i].reference.empty()) continue;
      const json* const node = json_at(data, "createArtifactFiles.files.edges." + std::to_string(at++) + ".node");
      if (node == nullptr) continue;
      contents_[i].url = json_raw(*node, "uploadUrl");
      contents_[i].headers = upload_headers(json_at(*node, "uploadHeaders"), contents_[i].url).headers;
      contents_[i].birth = json_raw(*node, "artifact.id");
      artifact_.entries[i].upload = read_signed_url(contents_[i].url);
      const bool in_parts = is_in_parts(contents_[i]) && json_at(*node, "uploadMultipartUrls.uploadUrlParts.0") != nullptr;
      if (in_parts) upload_in_parts(contents_[i], *node);
      artifact_.entries[i].skipped = contents_[i].url.empty() && !in_parts;
    }
    return goes_on(artifact_.files);
  }

  static bool is_in_parts(const Content& content) { return content.bytes.size() > part_size; }
  static std::string part_of(const Content& content, std::size_t part) { return part == 0 ? content.bytes.substr(0, part_size) : content.bytes.substr(part_size); }

  void upload_in_parts(const Content& content, const json& node) {
    WandbMultipart& multipart = multipart_.emplace_back();
    multipart.bytes = static_cast<std::int64_t>(content.bytes.size());
    json parts = json::array();
    for (std::size_t part = 0; part < 2 && !api_.stopped(); ++part) {
      const std::string url = json_raw(node, "uploadMultipartUrls.uploadUrlParts." + std::to_string(part) + ".uploadUrl");
      const HttpRequest request = put_request(url, {}, part_of(content, part));
      const auto result = upload_all(api_, run_, {&request, 1}, api_.deadline()).front();
      multipart.puts.push_back(read_transfer(request, result));
      ++multipart.parts;
      const std::string etag(result ? result->header("etag") : "");
      multipart.etags &= !etag.empty();
      parts.push_back({{"partNumber", part + 1}, {"hexMD5", trim_quotes(etag)}});
    }
    WandbApi::Manner manner;
    manner.needs = "Mutation.completeMultipartUploadArtifact";
    api_.ask(wandb_documents::complete_multipart,
             {{"artifact", artifact_.id}, {"path", json_raw(node, "storagePath")}, {"upload", json_raw(node, "uploadMultipartUrls.uploadID")}, {"parts", parts}},
             {"completeMultipartUploadArtifact"}, multipart.complete, manner);
    multipart.create = artifact_.files;
  }

  static std::string trim_quotes(const std::string& etag) { return etag.size() > 1 && etag.front() == '"' ? etag.substr(1, etag.size() - 2) : etag; }

  bool upload() {
    std::vector<HttpRequest> requests;
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < contents_.size(); ++i) {
      if (contents_[i].url.empty()) continue;
      requests.push_back(put_request(contents_[i].url, contents_[i].headers, contents_[i].bytes));
      of.push_back(i);
    }
    if (!requests.empty() && !may_send_to(look_at_store(api_, artifact_.entries[of.front()].upload))) return false;
    const auto results = upload_all(api_, run_, requests, transfer_deadline(api_));
    bool stored = !requests.empty();
    for (std::size_t k = 0; k < requests.size(); ++k) {
      Transfer& put = artifact_.entries[of[k]].put;
      put = read_transfer(requests[k], results[k]);
      stored &= put.answer.status >= 200 && put.answer.status < 300;
    }
    return stored && !api_.stopped();
  }

  std::string manifest() const {
    json entries = json::object();
    for (const auto& content : contents_) {
      if (!content.reference.empty()) {
        entries[content.path] = {{"digest", content.digest}, {"ref", content.reference}};
      } else {
        entries[content.path] = {{"digest", content.digest}, {"size", content.bytes.size()}, {"birthArtifactID", content.birth.empty() ? artifact_.id : content.birth}};
      }
    }
    const json out = {{"version", 1}, {"storagePolicy", "wandb-storage-policy-v1"}, {"storagePolicyConfig", {{"storageLayout", "V2"}}}, {"contents", entries}};
    return dump_json(out);
  }

  bool put_manifest() {
    const std::string text = manifest();
    const json data = manifest_question(base64_encode(md5(text)), artifact_.manifest_again);
    const std::string url = json_raw(data, "createArtifactManifest.artifactManifest.file.uploadUrl");
    if (!goes_on(artifact_.manifest_again) || url.empty()) return false;
    const json* const lines = json_at(data, "createArtifactManifest.artifactManifest.file.uploadHeaders");
    const HttpRequest request = put_request(url, upload_headers(lines, url).headers, text);
    const auto result = upload_all(api_, run_, {&request, 1}, transfer_deadline(api_)).front();
    artifact_.put_manifest = read_transfer(request, result);
    return artifact_.put_manifest.answer.status >= 200 && artifact_.put_manifest.answer.status < 300;
  }

  bool commit() {
    const json data = api_.ask(wandb_documents::commit_artifact, {{"artifact", artifact_.id}}, {"commitArtifact.artifact.id"}, artifact_.commit);
    committed_ = Deadline::Clock::now();
    artifact_.digest_read = json_text(data, "commitArtifact.artifact.digest", 80);
    artifact_.state = json_text(data, "commitArtifact.artifact.state", 40);
    return goes_on(artifact_.commit);
  }

  /// Servers commit in the background too: once more while the version is not ready.
  bool use() {
    json variables = place();
    variables.update({{"run", artifact_.consumer}, {"artifact", artifact_.id}});
    for (std::chrono::milliseconds pause{200};; pause *= 2) {
      const json data = api_.ask(wandb_documents::use_artifact, variables, {"useArtifact.artifact.id"}, artifact_.use);
      const json* const found = json_at(data, "useArtifact.artifact");
      if (found != nullptr && found->is_object()) take_artifact(*found);
      if (goes_on(artifact_.use) && artifact_.state == "COMMITTED") {
        artifact_.commit_ms = elapsed_ms(committed_);
        return true;
      }
      if (!artifact_.use.json || artifact_.use.http.status >= 400 || elapsed_ms(committed_) > static_cast<double>(wandb_visible_limit.count()) || !pause_for(api_, pause)) return false;
    }
  }

  void take_artifact(const json& found) {
    artifact_.digest_read = json_text(found, "digest", 80);
    artifact_.state = json_text(found, "state", 40);
    const json* const aliases = json_at(found, "aliases");
    artifact_.found_by_alias = aliases != nullptr && aliases->is_array() && std::any_of(aliases->begin(), aliases->end(), [](const json& alias) { return json_raw(alias, "alias") == "wbverify"; });
    manifest_url_ = json_raw(found, "currentManifest.file.directUrl");
    const json* const edges = json_at(found, "files.edges");
    if (edges == nullptr || !edges->is_array()) return;
    for (const auto& edge : *edges) {
      for (std::size_t i = 0; i < contents_.size(); ++i) {
        if (json_raw(edge, "node.name") != contents_[i].path) continue;
        artifact_.entries[i].listed = true;
        contents_[i].direct = json_raw(edge, "node.directUrl");
      }
    }
  }

  void fetch() {
    std::vector<HttpRequest> requests;
    std::vector<std::size_t> of;
    for (std::size_t i = 0; i < contents_.size(); ++i) {
      if (contents_[i].direct.empty() || !contents_[i].reference.empty()) continue;
      requests.push_back(get_request(contents_[i].direct, contents_[i].bytes.size() + entry_size));
      of.push_back(i);
    }
    if (!manifest_url_.empty()) requests.push_back(get_request(manifest_url_, largest_manifest));
    const auto results = api_.client().send_bare_all(requests, transfer_deadline(api_), api_.stop());
    *api_.context().round_trips += static_cast<int>(requests.size());
    for (std::size_t k = 0; k < of.size(); ++k) artifact_.entries[of[k]].get = read_transfer(requests[k], results[k], &contents_[of[k]].bytes);
    if (!manifest_url_.empty()) read_manifest(requests.back(), results.back());
  }

  void read_manifest(const HttpRequest& request, const Result<HttpResponse>& result) {
    const std::string written_text = manifest();
    artifact_.get_manifest = read_transfer(request, result, &written_text);
    if (!result) return;
    const json read = json_inside(result->body.unread()), written = json_inside(written_text);
    artifact_.manifest_read = read.is_object() && read.contains("contents") && read["contents"].is_object();
    if (!artifact_.manifest_read) return;
    artifact_.differences = wandb_written::differences(written, read);
    for (auto& entry : artifact_.entries) {
      const auto found = read["contents"].find(entry.path);
      entry.in_manifest = found != read["contents"].end() && wandb_written::differences(written["contents"][entry.path], *found).empty();
    }
  }

  WandbApi& api_;
  const WandbRun& run_;
  WandbArtifact& artifact_;
  std::vector<WandbMultipart>& multipart_;
  Made& made_;
  std::vector<Content> contents_;
  std::string manifest_id_, manifest_url_;
  Deadline::Clock::time_point committed_;
};

}  // namespace

void log_and_use_artifact(WandbApi& api, const WandbRun& run, const std::string& consumer, WandbArtifact& artifact, std::vector<WandbMultipart>& multipart, Made& made) {
  ArtifactTrip(api, run, consumer, artifact, multipart, made).go();
}

}  // namespace wbverify
