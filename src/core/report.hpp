#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/finding.hpp"

namespace wbverify {

/// One row of the report: a finding with its place in the catalogue.
struct CheckResult {
  std::string id;                        ///< `mysql.version`, or `mysql.variables/binlog_format` for a row
  std::string check;                     ///< id of the check without the row
  Finding finding;                       ///< `title` is always filled here
  std::vector<std::string> blocked_by;   ///< ids of the results that did not pass
  std::string origin;                    ///< where finding.setting came from, such as `MYSQL in /etc/wandb.env line 4`
  std::string more;                      ///< command that tells more: `wbverify explain mysql.version`
  double duration_ms = 0;                ///< time of the probe that the check looked at
};

/// How the run as a whole went.
struct RunInfo {
  std::string id;                 ///< 16 lower-case hexadecimal digits
  std::string version;            ///< of wbverify
  std::int64_t started = 0;       ///< Unix time in milliseconds
  double duration_ms = 0;
  double deadline_ms = 0;
  int attempts = 1;               ///< more than 1 only with --wait
  bool interrupted = false;       ///< a signal ended it early; the report is partial
  int exit_status = 0;
  std::string target;             ///< HOST as configured, or empty
};

/// A probe as it ran.
struct ProbeInfo {
  std::string id;
  double started_ms = 0;  ///< after the beginning of the run
  double duration_ms = 0;
  int attempts = 0;       ///< 0 when it never ran
  int round_trips = 0;    ///< requests, queries and handshakes
  std::string outcome;    ///< `done`, `gave-up`, `blocked`, `skipped`
};

/// The whole report, results in catalogue order.
struct Report {
  RunInfo run;
  std::vector<CheckResult> results;
  std::vector<ProbeInfo> probes;
};

}  // namespace wbverify
