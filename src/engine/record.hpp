#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/report.hpp"
#include "core/scene.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// What became of a probe, facts included.
struct ProbeRecord {
  ProbeInfo info;
  std::string facts;     ///< JSON text; empty when there are none
  std::string cause;     ///< of having no facts: `timed-out`, `interrupted`, `internal-error`, `not-applicable`
  std::string reason;    ///< the same as a sentence
  Blame blame = Blame::none;
  std::vector<std::string> blocked_by;   ///< results that did not pass, so that it did not run
  std::string hindrance;   ///< what kept this machine from finding out: `run-deadline`, `machine-paused`, `no-resources: SENTENCE`; empty: nothing
};

/// Everything needed to judge a run again without the network. Facts stand in it as they were judged; what leaves is redacted by
/// encode_record.
struct Record {
  Scene scene;
  RunInfo run;
  std::map<std::string, ProbeRecord> probes;   ///< by probe id
  std::vector<std::string> checks;             ///< ids of the checks judged
  std::vector<std::string> not_judged;         ///< ids of the others that this version had
  std::vector<std::string> shown, left_out, needed;    ///< as in Plan
};

/// JSON text, with its own version in `schema`. Free of secrets, in keys too.
std::string encode_record(const Record& record);
/// An error (cause `malformed`) with the place when the text is not a record.
Result<Record> decode_record(std::string_view text);
/// The report of a record, by today's checks: the same as the live run's, to the byte, when the checks are the same.
Result<Report> judge_record(const Record& record, const std::vector<Plugin>& catalog);

}  // namespace wbverify
