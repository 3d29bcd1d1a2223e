#include <algorithm>

#include "report/reporters.hpp"

namespace wbverify {

int exit_status(const Report& report, FailOn fail_on) {
  const auto any = [&](Status status) {
    return std::any_of(report.results.begin(), report.results.end(),
                       [&](const CheckResult& result) { return result.finding.status == status; });
  };
  if (any(Status::fail)) return 1;
  if (any(Status::unknown) || any(Status::blocked) || report.run.interrupted) return 3;
  return fail_on == FailOn::warn && any(Status::warn) ? 2 : 0;
}

std::string exit_status_meaning(int status) {
  switch (status) {
    case 0:
      return "nothing failed";
    case 1:
      return "at least one check failed";
    case 2:
      return "warnings only, and --fail-on warn was given";
    case 3:
      return "incomplete: not everything could be found out";
    case 64:
      return "wrong usage";
    case 70:
      return "internal error of wbverify, or too few files or too little memory for it";
    case 74:
      return "nothing failed, but the report could not be written";
    case 75:
      return "another run holds the lock";
    case 77:
      return "a file that was named cannot be read or written";
    case 78:
      return "wrong configuration";
    default:
      return status > 128 ? "stopped by a signal" : "unknown";
  }
}

}  // namespace wbverify
