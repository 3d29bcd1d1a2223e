// Every way of showing or comparing a Secret by mistake. One of them at a time is switched on by -DCASE=n; each must fail
// to compile with the message that CMakeLists.txt expects. Without one, the file compiles: the control.
#ifndef CASE
#define CASE 0
#endif

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/secret.hpp"
// The two heavy headers only where they are needed: there are many cases.
#if CASE == 0 || CASE == 1 || CASE == 21
#include <fmt/format.h>
#endif
#if CASE == 0 || CASE == 4 || CASE == 5
#include "util/json.hpp"
#endif

using wbverify::Secret;

std::size_t use(const Secret& secret) {
#if CASE == 1
  return fmt::format("{}", secret).size();
#elif CASE == 2
  std::cout << secret;
#elif CASE == 3
  std::ostringstream out;
  out << "password: " << secret;
#elif CASE == 4
  nlohmann::json json = secret;
#elif CASE == 5
  nlohmann::json json;
  json["password"] = secret;
#elif CASE == 6
  std::string text = secret;
#elif CASE == 7
  std::string text(secret);
#elif CASE == 8
  std::string text = "password: " + secret;
#elif CASE == 9
  std::string text = "password: ";
  text += secret;
#elif CASE == 10
  std::string_view text = secret;
#elif CASE == 11
  return secret == secret ? 1 : 0;
#elif CASE == 12
  return secret == "guess" ? 1 : 0;
#elif CASE == 13
  return secret < secret ? 1 : 0;
#elif CASE == 14
  std::printf("%s", secret);
#elif CASE == 15
  if (secret) return 1;
#elif CASE == 16
  Secret other = std::string("implicitly");
#elif CASE == 17
  std::unordered_set<Secret> secrets;
#elif CASE == 18
  const char* text = secret;
#elif CASE == 19
  for (const char c : secret) return static_cast<std::size_t>(c);
#elif CASE == 20
  return static_cast<std::size_t>(secret[0]);
#elif CASE == 21
  fmt::print("{}", fmt::join(std::initializer_list<Secret>{secret}, ","));
#endif
  return secret.size();
}

int main() {
  Secret secret(std::string("allowed"));
  const Secret copy = secret;
  const Secret moved = std::move(secret);
  return static_cast<int>(use(copy) + use(moved) + copy.expose().size()) > 0 ? 0 : 1;
}
