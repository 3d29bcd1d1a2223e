#include "checks/wandb/plugin_by_hand.hpp"

#include <fmt/format.h>

#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// `entityName:"team-a",` of a GraphQL document, or nothing.
std::string entity_argument(const ByHand& where) {
  return where.entity.empty() ? "" : fmt::format("entityName:\"{}\",", where.entity);
}

/// Shell: the value of a member of the JSON that a command prints; `&` is written \u0026 in it by servers in Go.
std::string value_of(const std::string& command, std::string_view member) {
  return fmt::format("$({} | sed -n 's/.*\"{}\": *\"\\([^\"]*\\)\".*/\\1/p' | sed 's/\\\\u0026/\\&/g')", command,
                     member);
}

/// The run's own part of the path /files.
std::string path(const ByHand& where, std::string_view last) {
  const std::string entity = where.entity.empty() ? "ENTITY" : percent_encode(where.entity);
  return fmt::format("{}/files/{}/wbverify/by-hand/{}", where.place.base, entity, last);
}

std::string logged_in(const ByHand& where, std::string_view words) {
  return curl_command(where.place, std::string(trim(curl_login(where.place) + " " + std::string(words))));
}

/// Uploads and tells the server, which then looks for the file.
std::string store(const ByHand& where) {
  return fmt::format("{}\n{}\nsleep 2", upload_by_hand(where),
                     logged_in(where, fmt::format("-H 'Content-Type: application/json' -d {} {}",
                                                  shell_quote("{\"uploaded\":[\"" + where.file + "\"]}"),
                                                  shell_quote(path(where, "file_stream")))));
}

}  // namespace

std::string ask_for_upload(const ByHand& where) {
  const std::string entity = entity_argument(where);
  return curl_graphql(
      where.place,
      fmt::format("mutation{{upsertBucket(input:{{{0}modelName:\"wbverify\",name:\"by-hand\"}}){{inserted}}"
                  "createRunFiles(input:{{{0}projectName:\"wbverify\",runName:\"by-hand\",files:[\"{1}\"]}})"
                  "{{files{{uploadUrl}}}}}}",
                  entity, where.file));
}

std::string upload_by_hand(const ByHand& where) {
  return curl_command(where.place,
                      fmt::format("-T /etc/os-release \"{}\"", value_of(ask_for_upload(where), "uploadUrl")));
}

std::string download_by_hand(const ByHand& where, const std::string& options) {
  const std::string ask = curl_graphql(
      where.place,
      fmt::format("{{project({}name:\"wbverify\"){{run(name:\"by-hand\"){{files(names:[\"{}\"]){{edges{{node"
                  "{{directUrl}}}}}}}}}}}}",
                  entity_argument(where), where.file));
  const std::string last = options.empty() ? "" : options + " ";
  return store(where) + "\n" + curl_command(where.place, fmt::format("{}\"{}\"", last, value_of(ask, "directUrl")));
}

std::string route_by_hand(const ByHand& where) {
  return store(where) + "\n" + logged_in(where, "-L " + shell_quote(path(where, percent_encode(where.file))));
}

}  // namespace wbverify
