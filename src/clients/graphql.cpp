#include "clients/graphql.hpp"

#include <algorithm>
#include <charconv>

#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using nlohmann::json;

constexpr std::size_t deepest = 64, most_errors = 20, message_limit = 400;

/// Depth of nesting, told without building anything: nlohmann's tree of a million brackets takes hundreds of megabytes.
bool is_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inside) {
      if (c == '\\') ++i;
      if (c == '"') inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (c == '{' || c == '[') {
      if (++depth > deepest) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

/// Python and Go write numbers that JSON does not have as bare words; they become texts.
std::string quote_bare_numbers(std::string_view text) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!inside) {
      for (const std::string_view word : {"NaN", "-Infinity", "Infinity"}) {
        if (!text.substr(i).starts_with(word)) continue;
        out += '"' + std::string(word) + '"';
        i += word.size();
        break;
      }
      if (i >= text.size()) break;
    }
    out += text[i];
    if (inside && text[i] == '\\' && i + 1 < text.size()) out += text[++i];
    else if (text[i] == '"') inside = !inside;
  }
  return out;
}

/// A discarded value when it is no JSON.
json parse(std::string_view text) {
  json out = try_parse_json(text);
  if (out.is_discarded() && (text.find("NaN") != std::string_view::npos || text.find("Infinity") != std::string_view::npos)) {
    out = try_parse_json(quote_bare_numbers(text));
  }
  return out;
}

std::string path_of(const json& path) {
  std::string out;
  if (!path.is_array()) return out;
  for (const auto& step : path) {
    const std::string word = step.is_string() ? step.get<std::string>() : step.is_number_integer() ? std::to_string(step.get<std::int64_t>()) : "";
    if (!word.empty()) out += (out.empty() ? "" : ".") + word;
    if (out.size() > message_limit) break;
  }
  return for_display(out, 120);
}

GraphqlError error_of(const json& error) {
  GraphqlError out;
  if (error.is_string()) {
    out.message = for_display(error.get_ref<const std::string&>(), message_limit);
  } else if (error.is_object()) {
    out.message = json_text(error, "message", message_limit);
    out.code = json_text(error, "extensions.code", 80);
    if (const json* path = json_at(error, "path")) out.path = path_of(*path);
  }
  if (out.message.empty()) out.message = "an error without a text";
  return out;
}

void read_errors(const json& body, std::vector<GraphqlError>& errors) {
  if (const json* list = json_at(body, "errors"); list != nullptr && list->is_array()) {
    for (const auto& error : *list) {
      if (errors.size() < most_errors) errors.push_back(error_of(error));
    }
  }
  // Errors in any other form are errors all the same: an answer that has some is not taken for a whole one.
  if (const json* list = json_at(body, "errors"); list != nullptr && !list->is_array() && !list->is_null()) errors.push_back(error_of(*list));
  const json* const one = json_at(body, "error");
  if (!errors.empty() || one == nullptr || one->is_null()) return;
  errors.push_back(error_of(*one));
  // RFC 6749 §5.2: the error of a token's exchange is one word of a few, and the reason stands beside it.
  const std::string reason = json_text(body, "error_description", message_limit);
  if (!reason.empty()) errors.back().message += ": " + reason;
}

/// The end of the part that begins behind a mark's bar.
std::size_t end_of_part(std::string_view text, std::size_t at) {
  for (int depth = 1; at < text.size(); ++at) {
    if (text[at] == '<') ++depth;
    if (text[at] == '>' && --depth == 0) return at;
  }
  return at;
}

void render_into(std::string& out, std::string_view text, const UnknownParts& without) {
  while (!text.empty()) {
    const std::size_t mark = text.find('<');
    out += text.substr(0, mark);
    if (mark == std::string_view::npos) return;
    const std::size_t bar = text.find('|', mark), end = end_of_part(text, bar + 1);
    if (!without.contains(text.substr(mark + 1, bar - mark - 1))) render_into(out, text.substr(bar + 1, end - bar - 1), without);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string_view> marks_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    out.push_back(text.substr(at + 1, text.find('|', at) - at - 1));
  }
  return out;
}

/// The texts between double quotes.
std::vector<std::string_view> quoted(std::string_view message) {
  std::vector<std::string_view> out;
  for (std::size_t begin = message.find('"'); begin != std::string_view::npos;) {
    const std::size_t end = message.find('"', begin + 1);
    if (end == std::string_view::npos) break;
    out.push_back(message.substr(begin + 1, end - begin - 1));
    begin = message.find('"', end + 1);
  }
  return out;
}

/// Whether a message of a schema's validation speaks of this ID. The words are those of graphql-js, whose texts every engine follows
/// in the main, and of graphql-go.
bool speaks_of(std::string_view message, std::string_view id) {
  const bool about = message.find("Cannot query field") != std::string_view::npos || message.find("nknown argument") != std::string_view::npos ||
                     message.find("nknown field") != std::string_view::npos || message.find("nknown type") != std::string_view::npos ||
                     message.find("is not defined by type") != std::string_view::npos;
  if (!about) return false;
  const auto words = quoted(message);
  const std::size_t dot = id.find('.');
  const std::string_view type = id.substr(0, dot), member = dot == std::string_view::npos ? std::string_view() : id.substr(dot + 1);
  const auto has = [&](std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (member.empty()) return has(type);
  // graphql-go names only the member of an input; its type stands nowhere.
  const bool type_told = message.find(" on type ") != std::string_view::npos || message.find("by type ") != std::string_view::npos;
  return has(member) && (has(type) || !type_told);
}

}  // namespace

GraphqlAnswer::GraphqlAnswer() : data(std::make_unique<nlohmann::json>()) {}
GraphqlAnswer::GraphqlAnswer(GraphqlAnswer&&) noexcept = default;
GraphqlAnswer& GraphqlAnswer::operator=(GraphqlAnswer&&) noexcept = default;
GraphqlAnswer::~GraphqlAnswer() = default;

std::string render(const GraphqlDocument& document, const UnknownParts& without) {
  std::string out;
  out.reserve(document.text.size());
  render_into(out, document.text, without);
  return out;
}

UnknownParts unknown_parts(const GraphqlDocument& document, const std::vector<GraphqlError>& errors) {
  UnknownParts out;
  for (const std::string_view id : marks_of(document.text)) {
    if (std::any_of(errors.begin(), errors.end(), [&](const auto& error) { return speaks_of(error.message, id); })) out.emplace(id);
  }
  return out;
}

GraphqlAnswer read_graphql(const HttpResponse& response) {
  GraphqlAnswer answer;
  if (response.truncated) {
    answer.cause = "answer-too-large";
    return answer;
  }
  if (is_too_deep(response.body.unread())) {
    answer.cause = "json-too-deep";
    return answer;
  }
  json body = parse(response.body.unread());
  if (!body.is_object()) {
    answer.cause = "not-json";
    return answer;
  }
  answer.json = true;
  read_errors(body, answer.errors);
  const auto data = body.find("data");
  answer.graphql = data != body.end() || !answer.errors.empty();
  *answer.data = data == body.end() ? std::move(body) : std::move(*data);
  return answer;
}

const json* json_at(const json& from, std::string_view path) {
  const json* at = &from;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view step = path.substr(0, dot);
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    if (at->is_object()) {
      const auto found = at->find(step);
      if (found == at->end()) return nullptr;
      at = &*found;
    } else if (at->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (error != std::errc() || end != step.data() + step.size() || index >= at->size()) return nullptr;
      at = &(*at)[index];
    } else {
      return nullptr;
    }
  }
  return at;
}

std::string json_raw(const json& from, std::string_view path) {
  const json* const at = json_at(from, path);
  return at != nullptr && at->is_string() ? at->get<std::string>() : std::string();
}

std::string json_text(const json& from, std::string_view path, std::size_t limit) { return for_display(json_raw(from, path), limit); }

std::int64_t json_number(const json& from, std::string_view path, std::int64_t otherwise) {
  const json* const at = json_at(from, path);
  if (at == nullptr) return otherwise;
  if (at->is_number_unsigned()) {
    const auto value = at->get<std::uint64_t>();
    return value <= static_cast<std::uint64_t>(INT64_MAX) ? static_cast<std::int64_t>(value) : otherwise;
  }
  if (at->is_number_integer()) return at->get<std::int64_t>();
  // GraphQL's Int has 32 bits: servers write larger numbers as texts.
  const std::string text = at->is_string() ? at->get<std::string>() : "";
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

json json_inside(std::string_view text) {
  if (is_too_deep(text)) return nullptr;
  json out = parse(text);
  if (out.is_discarded()) return nullptr;
  return out;
}

}  // namespace wbverify
