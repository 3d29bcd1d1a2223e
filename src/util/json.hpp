#pragma once
// Included by .cpp files only: nlohmann/json.hpp is heavy.
#include <nlohmann/json.hpp>
#include <optional>

namespace nlohmann {
template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& j, const std::optional<T>& value) {
    if (value) {
      j = *value;
    } else {
      j = nullptr;
    }
  }
  static void from_json(const json& j, std::optional<T>& value) {
    if (j.is_null()) {
      value.reset();
    } else {
      value = j.get<T>();
    }
  }
};
}  // namespace nlohmann

/// Gives a plain struct its two JSON conversions, member by member. Absent members keep their defaults, so that an older
/// record can still be judged. Use in namespace wbverify.
#define WBVERIFY_JSON(Type, ...) NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Type, __VA_ARGS__)

/// The same for a type whose to_json and from_json a header declares: defined once, found by other files. Use in a .cpp file.
#define WBVERIFY_DEFINE_JSON(Type, ...)                                                                  \
  void to_json(nlohmann::json& nlohmann_json_j, const Type& nlohmann_json_t) {                           \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_TO, __VA_ARGS__))                             \
  }                                                                                                      \
  void from_json(const nlohmann::json& nlohmann_json_j, Type& nlohmann_json_t) {                         \
    const Type nlohmann_json_default_obj{};                                                              \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_FROM_WITH_DEFAULT, __VA_ARGS__))              \
  }

/// Defines encode_facts and decode_facts, which a facts.hpp declares with WBVERIFY_FACTS. Use in facts.cpp.
#define WBVERIFY_DEFINE_FACTS(Type)                                                                      \
  std::string encode_facts(const Type& facts) { return nlohmann::json(facts).dump(); }                   \
  void decode_facts(std::string_view text, Type& facts) { facts = nlohmann::json::parse(text).get<Type>(); }
