#include "core/version.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <string>

#include "cli/commands.hpp"
#include "util/json.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// What a library that is loaded says about itself. Asked by the name of its function: headers stay in their rooms, and
/// it is the loaded version that explains a behaviour, not the one of the build.
template <class Function, class... Values>
std::string loaded(const char* symbol, Values... values) {
  void* found = ::dlsym(RTLD_DEFAULT, symbol);
  if (found == nullptr) return "not loaded";
  const char* text = reinterpret_cast<Function>(found)(values...);
  return text == nullptr ? "unknown" : sanitize(text, 200);
}

}  // namespace

int version_command(const Arguments& arguments, Context& context) {
  context.out << "wbverify " << version() << '\n';
  if (arguments.short_version) return 0;
  using Text = const char* (*)();
  using TextOfNumber = const char* (*)(int);
  using TextAndNumber = const char* (*)(int*);
  const std::pair<const char*, std::string> rows[] = {
      {"libcurl", loaded<Text>("curl_version")},
      {"OpenSSL", loaded<TextOfNumber>("OpenSSL_version", 0)},
      {"MySQL client", loaded<Text>("mysql_get_client_info")},
      {"c-ares", loaded<TextAndNumber>("ares_version", static_cast<int*>(nullptr))},
      {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"nlohmann-json",
       fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
      {"compiler", __VERSION__},
  };
  for (const auto& [name, text] : rows) context.out << fmt::format("{:<15}{}\n", name, text);
  return 0;
}

}  // namespace wbverify
