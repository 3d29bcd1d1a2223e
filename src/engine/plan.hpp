#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/plugin.hpp"

namespace wbverify {

/// Which part of the suite to run.
struct Selection {
  std::vector<std::string> only;   ///< ids, globs (`mysql.*`), services or tags; empty: everything
  std::vector<std::string> skip;   ///< the same; wins over `only`
  bool read_only = false;          ///< no probe that writes
};

/// A pattern of the selection that matches nothing; what() names it and the nearest id.
class SelectionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct PlannedProbe {
  const ProbeSpec* spec = nullptr;
  std::string skip_reason;   ///< empty: it runs
  bool wanted = true;        ///< false: no selected check needs it
};

struct PlannedCheck {
  const CheckSpec* spec = nullptr;
  const Plugin* plugin = nullptr;
  std::string skip_reason;   ///< why its probe does not run here; empty: it is judged
  bool wanted = true;        ///< false: neither selected nor needed by a selected one
};

/// What will run, in catalogue order. Points into the catalogue, which outlives it.
struct Plan {
  std::vector<PlannedProbe> probes;
  std::vector<PlannedCheck> checks;
  std::vector<std::string> shown;      ///< globs over result ids and check ids that are in the report
  std::vector<std::string> needed;     ///< check ids and row ids that something in the report needs: in the report too when they do not pass
  std::vector<std::string> left_out;   ///< the same for what --skip names: reported as `skip`
};

/// Whether one of the globs names the check or this row of it.
bool selects(const std::vector<std::string>& patterns, std::string_view check, std::string_view id);

/// Throws SelectionError, also when nothing is left to check.
Plan make_plan(const std::vector<Plugin>& catalog, const Settings& settings, const Selection& selection);

}  // namespace wbverify
