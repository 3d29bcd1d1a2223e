#pragma once
// Scalars as Go's standard library reads them.
#include <cstdint>
#include <optional>
#include <string_view>

namespace wbverify {

/// strconv.ParseInt, base 10.
std::optional<std::int64_t> go_integer(std::string_view text);
/// strconv.ParseBool.
std::optional<bool> go_bool(std::string_view text);
/// Whether time.ParseDuration takes it: signed decimal numbers, each with a unit: `300ms`, `1h30m`; `0` alone.
bool is_go_duration(std::string_view text);

}  // namespace wbverify
