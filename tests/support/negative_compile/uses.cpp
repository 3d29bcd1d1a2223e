// Every way of showing or comparing by mistake what must not be: a Secret (-DTYPE=Secret -DREAD=expose), or bytes as they were
// received (-DTYPE=Received -DREAD=unread). One of them at a time is switched on by -DCASE=n; each must fail to compile with the
// message that CMakeLists.txt expects. Case 0 compiles: the control.

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/received.hpp"
#include "core/secret.hpp"
// The two heavy headers only where they are needed: there are many cases.
#if CASE == 0 || CASE == 1 || CASE == 21
#include <fmt/format.h>
#endif
#if CASE == 0 || CASE == 4 || CASE == 5
#include "util/json.hpp"
#endif

using wbverify::TYPE;

std::size_t use(const TYPE& value) {
#if CASE == 1
  return fmt::format("{}", value).size();
#elif CASE == 2
  std::cout << value;
#elif CASE == 3
  std::ostringstream out;
  out << "password: " << value;
#elif CASE == 4
  nlohmann::json json = value;
#elif CASE == 5
  nlohmann::json json;
  json["password"] = value;
#elif CASE == 6
  std::string text = value;
#elif CASE == 7
  std::string text(value);
#elif CASE == 8
  std::string text = "password: " + value;
#elif CASE == 9
  std::string text = "password: ";
  text += value;
#elif CASE == 10
  std::string_view text = value;
#elif CASE == 11
  return value == value ? 1 : 0;
#elif CASE == 12
  return value == "guess" ? 1 : 0;
#elif CASE == 13
  return value < value ? 1 : 0;
#elif CASE == 14
  std::printf("%s", value);
#elif CASE == 15
  if (value) return 1;
#elif CASE == 16
  TYPE other = std::string("implicitly");
#elif CASE == 17
  std::unordered_set<TYPE> values;
#elif CASE == 18
  const char* text = value;
#elif CASE == 19
  for (const char c : value) return static_cast<std::size_t>(c);
#elif CASE == 20
  return static_cast<std::size_t>(value[0]);
#elif CASE == 21
  fmt::print("{}", fmt::join(std::initializer_list<TYPE>{value}, ","));
#endif
  return value.size();
}

int main() {
  TYPE value(std::string("allowed"));
  const TYPE copy = value;
  const TYPE moved = std::move(value);
  return static_cast<int>(use(copy) + use(moved) + copy.READ().size()) > 0 ? 0 : 1;
}
