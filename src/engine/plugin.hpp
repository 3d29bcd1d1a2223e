#pragma once
// The whole plugin interface. A plugin is a list of probes (they do the I/O and return facts), a list of checks (pure
// functions from facts to findings) and, when its probes write, a list of undoers.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "config/settings.hpp"
#include "core/deadline.hpp"
#include "core/finding.hpp"
#include "core/journal.hpp"
#include "core/plan.hpp"
#include "core/scene.hpp"

/// Declares in a facts.hpp that `Type` is a probe's facts. WBVERIFY_DEFINE_FACTS of util/json_members.hpp defines what it declares.
#define WBVERIFY_FACTS(Type)              \
  std::string encode_facts(const Type&);  \
  void decode_facts(std::string_view text, Type&)

namespace wbverify {

/// Facts of any probe: a plain struct behind a pointer, with its way to JSON text.
class Facts {
 public:
  Facts() = default;
  template <class F>
  static Facts of(F facts) {
    Facts out;
    out.type_ = &typeid(F);
    out.value_ = std::make_shared<const F>(std::move(facts));
    out.encode_ = [](const void* value) { return encode_facts(*static_cast<const F*>(value)); };
    return out;
  }
  explicit operator bool() const { return value_ != nullptr; }
  /// Throws std::bad_cast when these are another probe's facts: a mistake in a plugin, found by the catalogue test.
  template <class F>
  const F& as() const {
    if (!value_ || *type_ != typeid(F)) throw std::bad_cast();
    return *static_cast<const F*>(value_.get());
  }
  std::string encode() const { return encode_(value_.get()); }

 private:
  const std::type_info* type_ = nullptr;
  std::shared_ptr<const void> value_;
  std::string (*encode_)(const void*) = nullptr;
};

/// What a probe works with. All of it outlives the probe, also one that was given up while it hung.
struct ProbeContext {
  const Settings& settings;
  Deadline deadline;              ///< of this probe; nothing may wait beyond it
  std::stop_token stop;           ///< asked to stop: return soon with the facts so far
  std::string run_id;             ///< part of the name of everything written
  Journal& journal;
  std::function<Facts(std::string_view probe)> facts_of;   ///< facts of a probe named in `reads`; empty when it did not run
  std::shared_ptr<std::atomic<int>> round_trips;           ///< the probe adds its requests, queries and handshakes
};

struct ProbeSpec {
  std::string id;                             ///< `mysql`, `bucket.write`
  std::vector<std::string> needs;             ///< checks (or rows) that must have passed; else everything that looks at it is blocked
  std::vector<std::string> reads;             ///< probes whose facts are looked at; they end first
  bool writes = false;                        ///< left out by --read-only
  std::chrono::milliseconds limit{15000};     ///< longest time for one attempt
  /// Why the probe does not apply to this installation; empty when it does.
  std::function<std::string(const Settings&)> skip;
  std::function<std::vector<Touch>(const Settings&)> touches;
  std::function<Facts(const ProbeContext&)> gather;
  std::function<Facts(std::string_view json)> decode;
  /// Whether the outcome may be another one soon, so that asking again makes sense.
  std::function<bool(const Facts&)> transient;
};

struct CheckSpec {
  std::string id;                     ///< `mysql.version`: frozen once released
  std::string probe;                  ///< whose facts it judges
  std::string title;                  ///< a sentence that is true when it passes, without a full stop
  std::vector<std::string> needs;     ///< checks or rows (`config.well-formed/MYSQL`) that must have passed
  std::vector<std::string> explained_by;   ///< checks whose failure is also the cause of a failure here, which is then blocked by them; a pass stays one
  bool by_part = false;               ///< judges several of a kind, named by the first part of each row: what a need lacks in some blocks only those
  std::vector<std::string> tags;      ///< besides its service, for --only and --skip
  std::vector<std::string> rows;      ///< the rows that it can give, when they are known beforehand
  std::function<Findings(const Facts&, const Scene&)> judge;
};

/// What became of a thing that was to be removed.
enum class Undone {
  removed,   ///< it was there, and is gone
  emptied,   ///< it was there, and is gone; but many writes go into it, and one without an answer may make it again
  absent     ///< a complete look did not find it
};

/// Undoes what a journal says was written.
struct UndoSpec {
  std::string kind;   ///< JournalEntry::kind
  /// Whether the entry has exactly the form that our own runs write, and belongs to the installation that the settings describe. Any
  /// other is left alone. Touches no network.
  std::function<bool(const JournalEntry&, const Settings&)> concerns;
  /// Only for entries that concern the settings. An error when the thing is still there or when that could not be found out.
  std::function<Result<Undone>(const JournalEntry&, const Settings&, Deadline, std::stop_token)> undo;
  /// Such an entry stands for writes into the thing of the same name and system, which could not be found any more once that is
  /// gone: as long as one may arrive, nothing of that name is undone.
  bool holds_late_writes = false;
};

/// Things found that are removed together.
struct FoundGroup {
  JournalEntry entry;                ///< what names the group: its kind, the system, a project, a folder or a table
  std::vector<std::string> things;   ///< every single thing, a line each
  std::int64_t since = 0;            ///< Unix ms by the service's own clock, of the youngest thing; 0: not known
  bool in_use = false;               ///< too young, or of a run at work: never removed
};
struct RemovedGroup {
  JournalEntry entry;
  std::string error;      ///< why it is still there; empty: gone
  bool unasked = false;   ///< with an error: the service could not be asked, or the time was up
};

/// Cause of the error of LeftoverSpec::find when the settings name no such service: then there is nothing to look for.
inline constexpr std::string_view not_configured = "not-configured";

/// Finds and removes what no journal lists, for `wbverify cleanup --<option>`.
struct LeftoverSpec {
  std::string option;   ///< `wandb-verify`: what another program left; `all`: what wbverify itself left
  std::function<Result<std::vector<FoundGroup>>(const Settings&, Deadline, std::stop_token)> find;
  /// One answer for each group, in the same order.
  std::function<std::vector<RemovedGroup>(const std::vector<FoundGroup>&, const Settings&, Deadline, std::stop_token)> remove;
};

struct Plugin {
  std::string service;                ///< first part of every id
  std::string title;                  ///< heading of the report: `MySQL`
  std::vector<ProbeSpec> probes;
  std::vector<CheckSpec> checks;      ///< in the order of the report
  std::vector<UndoSpec> undoers;
  std::vector<LeftoverSpec> leftovers;
};

/// Ties a typed gather function to a probe.
template <class F>
ProbeSpec make_probe(ProbeSpec spec, F (*gather)(const ProbeContext&), bool (*transient)(const F&) = nullptr) {
  spec.gather = [gather](const ProbeContext& context) { return Facts::of<F>(gather(context)); };
  spec.decode = [](std::string_view json) {
    F facts;
    decode_facts(json, facts);
    return Facts::of<F>(std::move(facts));
  };
  spec.transient = [transient](const Facts& facts) { return transient != nullptr && transient(facts.as<F>()); };
  return spec;
}

/// Ties a typed, pure judge to a check.
template <class F>
CheckSpec make_check(CheckSpec spec, Findings (*judge)(const F&, const Scene&)) {
  spec.judge = [judge](const Facts& facts, const Scene& scene) { return judge(facts.as<F>(), scene); };
  return spec;
}

}  // namespace wbverify
