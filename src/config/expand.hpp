#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace wbverify {

/// Kubernetes' expansion of `$(NAME)` in a container's environment: a known name is replaced, an unknown one stays as it
/// is, `$$` is one `$`. A value without any `$(NAME)` is left alone: only charts write them, and in Docker's files `$$` is
/// two dollars. References within references are followed; one that comes back to itself stays as it is.
std::string expand_references(std::string_view value, const std::function<std::optional<std::string>(const std::string&)>& lookup);

}  // namespace wbverify
