#include "util/json.hpp"

#include "util/json_members.hpp"

namespace wbverify {

nlohmann::json parse_json(std::string_view text) { return nlohmann::json::parse(text); }
nlohmann::json try_parse_json(std::string_view text) { return nlohmann::json::parse(text, nullptr, false); }

std::string dump_json(const nlohmann::json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}
std::string dump_json(const nlohmann::ordered_json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

namespace json_members {

namespace {
[[noreturn]] void wrong_type(const json& value, const std::string& expected) {
  throw json::type_error::create(302, "type must be " + expected + ", but is " + value.type_name(), &value);
}
}  // namespace

json& member(json& object, const char* name) { return object[name]; }
json& append(json& array) { return array.emplace_back(); }
void make_array(json& value) { value = json::array(); }
void make_object(json& value) { value = json::object(); }
void make_null(json& value) { value = nullptr; }
void write_boolean(json& out, bool value) { out = value; }
void write_integer(json& out, std::int64_t value) { out = value; }
void write_unsigned(json& out, std::uint64_t value) { out = value; }
void write_real(json& out, double value) { out = value; }
void write_string(json& out, const std::string& value) { out = value; }

const json* find(const json& object, const char* name) {
  if (!object.is_object()) wrong_type(object, "object");
  const auto at = object.find(name);
  return at == object.end() ? nullptr : &*at;
}

std::vector<std::string> names(const json& object) {
  if (!object.is_object()) wrong_type(object, "object");
  std::vector<std::string> out;
  for (auto at = object.begin(); at != object.end(); ++at) out.push_back(at.key());
  return out;
}

std::size_t size(const json& array) {
  if (!array.is_array()) wrong_type(array, "array");
  return array.size();
}

const json& element(const json& array, std::size_t index) { return array[index]; }
bool is_null(const json& value) { return value.is_null(); }
bool read_boolean(const json& value) { return value.get<bool>(); }
std::int64_t read_integer(const json& value) { return value.get<std::int64_t>(); }
std::uint64_t read_unsigned(const json& value) { return value.get<std::uint64_t>(); }
double read_real(const json& value) { return value.get<double>(); }
std::string read_string(const json& value) { return value.get<std::string>(); }

std::string encode(const std::function<void(json&)>& fill) {
  json out;
  fill(out);
  return out.dump();
}

void decode(std::string_view text, const std::function<void(const json&)>& use) { use(parse_json(text)); }

}  // namespace json_members
}  // namespace wbverify
