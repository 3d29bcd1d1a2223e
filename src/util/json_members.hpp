#pragma once
// Plain structs to JSON and back, member by member. nlohmann/json.hpp is read by json.cpp alone: it is heavy, and every
// plugin's facts pass through here.
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace wbverify::json_members {

using nlohmann::json;

json& member(json& object, const char* name);  ///< made when it is absent
json& append(json& array);                     ///< a new last element
void make_array(json& value);
void make_object(json& value);
void make_null(json& value);
void write_boolean(json& out, bool value);
void write_integer(json& out, std::int64_t value);
void write_unsigned(json& out, std::uint64_t value);
void write_real(json& out, double value);
void write_string(json& out, const std::string& value);

// What reads throws nlohmann::json::exception when the value has another type.
const json* find(const json& object, const char* name);  ///< null when the object has no such member
std::vector<std::string> names(const json& object);
std::size_t size(const json& array);
const json& element(const json& array, std::size_t index);
bool is_null(const json& value);
bool read_boolean(const json& value);
std::int64_t read_integer(const json& value);
std::uint64_t read_unsigned(const json& value);
double read_real(const json& value);
std::string read_string(const json& value);

/// JSON text of what `fill` writes.
std::string encode(const std::function<void(json&)>& fill);
/// Hands the parsed text to `use`.
void decode(std::string_view text, const std::function<void(const json&)>& use);

template <class T>
struct Kind {
  static constexpr bool vector = false, map = false, optional = false;
};
template <class T>
struct Kind<std::vector<T>> : Kind<void> {
  static constexpr bool vector = true;
};
template <class T>
struct Kind<std::map<std::string, T>> : Kind<void> {
  static constexpr bool map = true;
};
template <class T>
struct Kind<std::optional<T>> : Kind<void> {
  static constexpr bool optional = true;
};

/// Texts, numbers, enumerations (as numbers), vectors, maps from texts, optionals (null when empty), and every struct
/// that WBVERIFY_JSON was said of.
template <class T>
void write(json& out, const T& value) {
  if constexpr (std::same_as<T, std::string>) {
    write_string(out, value);
  } else if constexpr (std::same_as<T, bool>) {
    write_boolean(out, value);
  } else if constexpr (std::floating_point<T>) {
    write_real(out, value);
  } else if constexpr (std::unsigned_integral<T>) {
    write_unsigned(out, value);
  } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
    write_integer(out, static_cast<std::int64_t>(value));
  } else if constexpr (Kind<T>::vector) {
    make_array(out);
    for (const auto& element : value) write(append(out), element);
  } else if constexpr (Kind<T>::map) {
    make_object(out);
    for (const auto& [name, element] : value) write(member(out, name.c_str()), element);
  } else if constexpr (Kind<T>::optional) {
    if (value) {
      write(out, *value);
    } else {
      make_null(out);
    }
  } else {
    to_json(out, value);
  }
}

template <class T>
void read(const json& in, T& value) {
  if constexpr (std::same_as<T, std::string>) {
    value = read_string(in);
  } else if constexpr (std::same_as<T, bool>) {
    value = read_boolean(in);
  } else if constexpr (std::floating_point<T>) {
    value = static_cast<T>(read_real(in));
  } else if constexpr (std::unsigned_integral<T>) {
    value = static_cast<T>(read_unsigned(in));
  } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
    value = static_cast<T>(read_integer(in));
  } else if constexpr (Kind<T>::vector) {
    value.clear();
    for (std::size_t i = 0; i < size(in); ++i) {
      typename T::value_type one{};
      read(element(in, i), one);
      value.push_back(std::move(one));
    }
  } else if constexpr (Kind<T>::map) {
    value.clear();
    for (const auto& name : names(in)) read(*find(in, name.c_str()), value[name]);
  } else if constexpr (Kind<T>::optional) {
    value.reset();
    if (!is_null(in)) read(in, value.emplace());
  } else {
    from_json(in, value);
  }
}

template <class T>
void read_member(const json& object, const char* name, T& value) {
  if (const json* found = find(object, name)) read(*found, value);
}

}  // namespace wbverify::json_members

// The preprocessor's way to do the same with each of up to 80: every level scans four times what the one below it left.
#define WBVERIFY_SCAN_1(...) WBVERIFY_SCAN_2(WBVERIFY_SCAN_2(WBVERIFY_SCAN_2(WBVERIFY_SCAN_2(__VA_ARGS__))))
#define WBVERIFY_SCAN_2(...) WBVERIFY_SCAN_3(WBVERIFY_SCAN_3(WBVERIFY_SCAN_3(WBVERIFY_SCAN_3(__VA_ARGS__))))
#define WBVERIFY_SCAN_3(...) WBVERIFY_SCAN_4(WBVERIFY_SCAN_4(WBVERIFY_SCAN_4(WBVERIFY_SCAN_4(__VA_ARGS__))))
#define WBVERIFY_SCAN_4(...) __VA_ARGS__
#define WBVERIFY_PARENTHESES ()
#define WBVERIFY_EACH(macro, first, ...) \
  macro(first) __VA_OPT__(WBVERIFY_EACH_AGAIN WBVERIFY_PARENTHESES(macro, __VA_ARGS__))
#define WBVERIFY_EACH_AGAIN() WBVERIFY_EACH
#define WBVERIFY_WRITE_MEMBER(name) \
  wbverify::json_members::write(wbverify::json_members::member(json_, #name), value_.name);
#define WBVERIFY_READ_MEMBER(name) wbverify::json_members::read_member(json_, #name, value_.name);

/// Gives a plain struct its two JSON conversions. Absent members keep their defaults, so that an older record can still
/// be judged. Use in a .cpp file, in the namespace of the struct; a header may declare the two functions for other
/// files.
#define WBVERIFY_JSON(Type, ...)                                       \
  void to_json(nlohmann::json& json_, const Type& value_) {            \
    wbverify::json_members::make_object(json_);                        \
    WBVERIFY_SCAN_1(WBVERIFY_EACH(WBVERIFY_WRITE_MEMBER, __VA_ARGS__)) \
  }                                                                    \
  void from_json(const nlohmann::json& json_, Type& value_) {          \
    value_ = Type{};                                                   \
    WBVERIFY_SCAN_1(WBVERIFY_EACH(WBVERIFY_READ_MEMBER, __VA_ARGS__))  \
  }

/// Defines encode_facts and decode_facts, which a facts.hpp declares with WBVERIFY_FACTS. Use in facts.cpp.
#define WBVERIFY_DEFINE_FACTS(Type)                                                                         \
  std::string encode_facts(const Type& facts) {                                                             \
    return wbverify::json_members::encode([&facts](nlohmann::json& json) { to_json(json, facts); });        \
  }                                                                                                         \
  void decode_facts(std::string_view text, Type& facts) {                                                   \
    wbverify::json_members::decode(text, [&facts](const nlohmann::json& json) { from_json(json, facts); }); \
  }
