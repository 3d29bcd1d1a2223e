#pragma once
#include <optional>
#include <string_view>

namespace wbverify {

/// What a check says. `fail`: the installation is wrong. `unknown`: it could not be found out. `skip`: does not apply
/// here. `blocked`: another check did not pass, which has to be mended first.
enum class Status { pass, warn, fail, unknown, skip, blocked };

/// Who is to blame for an `unknown`: the service asked, something on the way to it, this machine, or wbverify itself.
enum class Blame { none, target, path, machine, tool };

/// The word of the terminal report: PASS WARN FAIL UNKN SKIP BLKD.
std::string_view word(Status status);
/// The word of the JSON report: pass warn fail unknown skip blocked.
std::string_view name(Status status);
std::string_view name(Blame blame);
/// Nothing when the word is not one that name() returns.
std::optional<Status> status_from_name(std::string_view name);
std::optional<Blame> blame_from_name(std::string_view name);

}  // namespace wbverify
