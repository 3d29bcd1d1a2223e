#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan.hpp"
#include "engine/record.hpp"

namespace wbverify {

/// In the text of a finding that a hindrance cut: what comes behind it was seen all the same.
inline constexpr std::string_view seen_until_then = " Seen until then: ";

/// Whether what somebody needs has passed.
struct NeedState {
  bool pending = false;                  ///< some of it has no result yet
  bool failed = false;                   ///< some of it failed, where the rest could only not be found out
  std::vector<std::string> blocked_by;   ///< ids of the results at the root of what did not pass
  std::map<std::string, std::vector<std::string>, std::less<>> parts;   ///< the same by the first part of each row, `` for no row
};

/// Turns facts into results, the same way for a live run and for a replay: the verdicts depend on what the probes
/// brought, never on the order in which they came.
class Judging {
 public:
  Judging(std::vector<const CheckSpec*> checks, Scene scene, std::vector<std::string> shown, std::vector<std::string> left_out, std::vector<std::string> needed);

  /// What a probe brought. `facts` is empty when there are none; then `record` says why.
  void probe_ended(const ProbeRecord& record, Facts facts);
  /// Settles every check that can be settled now.
  void settle();
  /// Results of the i-th check that belong in the report; nothing while it is unsettled.
  std::optional<std::vector<CheckResult>> results(std::size_t check) const;
  bool settled(std::size_t check) const { return settled_[check].has_value(); }
  int settled_count() const;
  std::size_t size() const { return checks_.size(); }
  NeedState state(const std::vector<std::string>& needs) const;
  /// Gives up on everything that is still unsettled: a circle of needs, a mistake in a plugin.
  void close();

 private:
  struct Ended {
    ProbeRecord record;
    Facts facts;
  };
  std::vector<CheckResult> judge(const CheckSpec& check, const Ended& probe) const;
  std::vector<CheckResult> judge_what_it_can(const CheckSpec& check, const Ended& probe, const NeedState& needs) const;
  std::vector<CheckResult> whole(const CheckSpec& check, Finding finding, const std::vector<std::string>& blocked_by = {}) const;
  const std::vector<CheckResult>* results_of(std::string_view check, bool& known) const;

  std::vector<const CheckSpec*> checks_;
  Scene scene_;
  std::vector<std::string> shown_, left_out_, needed_;
  std::map<std::string, Ended, std::less<>> ended_;
  std::vector<std::optional<std::vector<CheckResult>>> settled_;
};

}  // namespace wbverify
