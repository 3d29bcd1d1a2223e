#pragma once
// nlohmann/json for what is built or searched by hand. Included by .cpp files only: it is heavy. Plain structs go
// through json_members.hpp, and text is read and written by the functions below, so that parser and serializer are
// compiled once.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace wbverify {

/// Throws nlohmann::json::exception, whose text says where, when it is no JSON.
nlohmann::json parse_json(std::string_view text);
/// A discarded value when it is no JSON.
nlohmann::json try_parse_json(std::string_view text);

/// On one line without `indent`. Bytes that are no UTF-8 become U+FFFD.
std::string dump_json(const nlohmann::json& value, int indent = -1);
std::string dump_json(const nlohmann::ordered_json& value, int indent = -1);

}  // namespace wbverify
