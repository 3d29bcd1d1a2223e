#include "core/status.hpp"

#include <array>
#include <utility>

namespace wbverify {
namespace {

struct StatusWords {
  Status status;
  std::string_view word, name;
};
constexpr std::array<StatusWords, 6> status_words = {{{Status::pass, "PASS", "pass"},
                                                      {Status::warn, "WARN", "warn"},
                                                      {Status::fail, "FAIL", "fail"},
                                                      {Status::unknown, "UNKN", "unknown"},
                                                      {Status::skip, "SKIP", "skip"},
                                                      {Status::blocked, "BLKD", "blocked"}}};
constexpr std::array<std::pair<Blame, std::string_view>, 5> blame_names = {{{Blame::none, "none"},
                                                                            {Blame::target, "target"},
                                                                            {Blame::path, "path"},
                                                                            {Blame::machine, "machine"},
                                                                            {Blame::tool, "tool"}}};

}  // namespace

std::string_view word(Status status) { return status_words[static_cast<std::size_t>(status)].word; }
std::string_view name(Status status) { return status_words[static_cast<std::size_t>(status)].name; }
std::string_view name(Blame blame) { return blame_names[static_cast<std::size_t>(blame)].second; }

std::optional<Status> status_from_name(std::string_view name) {
  for (const auto& row : status_words) {
    if (row.name == name) return row.status;
  }
  return std::nullopt;
}

std::optional<Blame> blame_from_name(std::string_view name) {
  for (const auto& [blame, text] : blame_names) {
    if (text == name) return blame;
  }
  return std::nullopt;
}

}  // namespace wbverify
