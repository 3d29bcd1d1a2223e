#pragma once
// What this machine kept a run from finding out: its time limit, a pause, too few files, threads or too little memory.
#include <cstddef>
#include <string>

#include "core/report.hpp"

namespace wbverify {

/// Whether the check is unknown for a reason of this machine (ProbeRecord::hindrance): a line is enough, the remedy is the
/// same for all of them.
bool was_cut(const CheckResult& result);

/// All checks of a report that were cut.
struct Cut {
  std::string cause;           ///< of most of them: `run-deadline`, `machine-paused`, `no-resources`; empty when there are none
  std::size_t unfinished = 0;  ///< how many there are
  std::string text;            ///< what happened and what to do, as sentences; each cause once
};
Cut cut_of(const Report& report);
/// Of some that were cut, in few words: `not finished in time`.
std::string cut_words(const CheckResult& result);

}  // namespace wbverify
