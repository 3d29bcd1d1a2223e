#pragma once
// GraphQL over HTTP: documents that older servers understand too, and answers of which nothing is believed.
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clients/http.hpp"

namespace wbverify {

/// A document whose parts that older servers lack are marked `<ID|part>`, where ID names what is newer: `ServerInfo.features` (a
/// member), `CreateArtifactInput.tags` (a member of an input), `Mutation.createRunFiles`. Parts may stand in parts; one ID may mark
/// several. The mark's characters have no meaning in GraphQL.
struct GraphqlDocument {
  std::string_view operation;   ///< `UpsertBucket`: the operation's name
  std::string_view text;
};

/// Members, arguments and types that a server turned out not to have.
using UnknownParts = std::set<std::string, std::less<>>;

/// The document without the parts marked with an ID in `without`, and without their marks.
std::string render(const GraphqlDocument& document, const UnknownParts& without);

struct GraphqlError {
  std::string message, code, path;   ///< bounded and clean; path as `upsertBucket.bucket`
};

/// An answer taken apart.
struct GraphqlAnswer {
  GraphqlAnswer();
  GraphqlAnswer(GraphqlAnswer&&) noexcept;
  GraphqlAnswer& operator=(GraphqlAnswer&&) noexcept;
  ~GraphqlAnswer();

  bool json = false;                   ///< the body is a JSON object
  bool graphql = false;                ///< it has `data`, or errors: not the JSON of some other service
  std::string cause;                   ///< why not: `not-json`, `json-too-deep`, `answer-too-large`
  std::unique_ptr<nlohmann::json> data;   ///< the member `data`, or the whole of a REST answer; never null, maybe a JSON null
  std::vector<GraphqlError> errors;    ///< of GraphQL, or of the REST forms {"error": "text"} and {"error": {"message": …}}
};

/// Reads a body, at any HTTP status. Never throws; nesting deeper than 64 is refused unread.
GraphqlAnswer read_graphql(const HttpResponse& response);

/// The IDs among those that the document marks which these errors say the server does not have.
UnknownParts unknown_parts(const GraphqlDocument& document, const std::vector<GraphqlError>& errors);

/// The value at a path of members and indices (`project.run.files.edges.0.node`), or nullptr.
const nlohmann::json* json_at(const nlohmann::json& json, std::string_view path);
/// The text there, bounded and clean; empty when there is none or it is no text.
std::string json_text(const nlohmann::json& json, std::string_view path, std::size_t limit = 300);
/// The text there as it is, for use in further requests: untrusted. Empty when there is none.
std::string json_raw(const nlohmann::json& json, std::string_view path);
/// The whole number there, also when it is written as a text; `otherwise` when there is none.
std::int64_t json_number(const nlohmann::json& json, std::string_view path, std::int64_t otherwise);
/// JSON in a text (config, summary, commands), read with the same care; a null when it is none.
nlohmann::json json_inside(std::string_view text);

}  // namespace wbverify
