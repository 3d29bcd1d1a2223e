#include <algorithm>
#include <iostream>
#include <map>

#include "checks/catalog.hpp"
#include "cli/commands.hpp"
#include "cli/leftovers.hpp"
#include "core/display.hpp"
#include "engine/journal_file.hpp"
#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr int all_gone = 0, not_removed = 1, still_open = 3;

std::string shown(const JournalEntry& entry) { return for_display(entry.kind, 60) + "  " + for_display(entry.name, 300) + "  at " + for_display(entry.where, 300); }

std::string label(Fate fate) {
  switch (fate) {
    case Fate::removed: return "removed       ";
    case Fate::absent: return "already gone  ";
    case Fate::awaited: return "awaited       ";
    case Fate::refused: return "not removed   ";
    case Fate::unasked: return "not found out ";
  }
  return "";
}

class Cleaning {
 public:
  Cleaning(const Arguments& arguments, Context& context)
      : arguments_(arguments), context_(context), settings_(settings_of(arguments, context)), undoers_(undoers_of(catalog())), folder_(journal_directory(context.environment)) {}

  /// What the journals of this machine list.
  void clean_listed() {
    scan_ = scan_journals(folder_);
    for (const auto& problem : scan_.problems) tell(context_, problem);
    std::size_t in_use = 0, wanted = 0;
    for (const auto& leftover : scan_.leftovers) {
      for (const auto& open : leftover.entries) {
        const bool ours = undoer_for(open.entry, undoers_, settings_) != nullptr;
        if (leftover.alive) ++in_use;
        if (!leftover.alive && ours) ++wanted;
        if (leftover.alive) say("in use        " + shown(open.entry) + "  (run " + leftover.run_id + ")");
        if (arguments_.dry_run && !leftover.alive && ours) say("would remove  " + shown(open.entry) + "  (run " + leftover.run_id + ")");
      }
    }
    const auto foreign = count_left(scan_.leftovers, undoers_, settings_, false);
    for (const auto& [kind, where, count] : foreign) say("left alone    " + count_of(count, for_display(kind, 60)) + " at " + for_display(where, 300) + ": not of the installation that these settings describe");
    if (in_use > 0) say(count_of(in_use, "thing") + " of a run in progress: skipped.");
    if (in_use + wanted == 0 && foreign.empty()) say("Nothing was left behind.");
    if (!arguments_.dry_run && wanted > 0) undo();
  }

  /// What is found without a journal: first shown, then removed.
  void clean_found(const std::string& option, const std::string& whose) {
    std::vector<std::pair<const LeftoverSpec*, std::vector<FoundGroup>>> found;
    std::size_t groups = 0;
    for (const auto& plugin : catalog()) {
      for (const auto& spec : plugin.leftovers) {
        if (spec.option != option) continue;
        auto some = spec.find(settings_, Deadline::after(arguments_.timeout), {});
        if (!some) {
          tell(context_, plugin.title + ": not looked for what " + whose + " left: " + some.error().text);
          if (some.error().cause != not_configured) became(still_open);
          continue;
        }
        for (auto& group : *some) {
          group.in_use = group.in_use || is_alive(group.entry);
          show(group);
        }
        std::erase_if(*some, [](const FoundGroup& group) { return group.in_use; });
        groups += some->size();
        if (!some->empty()) found.emplace_back(&spec, std::move(*some));
      }
    }
    if (groups == 0) say("Found nothing that " + whose + " left.");
    if (groups == 0 || arguments_.dry_run || !agrees()) return;
    std::size_t removed = 0;
    for (const auto& [spec, some] : found) {
      std::map<std::string, std::size_t> errors;
      for (const auto& group : spec->remove(some, settings_, Deadline::after(arguments_.timeout), {})) {
        if (group.error.empty()) {
          ++removed;
          continue;
        }
        say("not removed   " + shown(group.entry));
        ++errors[group.error];
        became(group.unasked ? still_open : not_removed);
      }
      for (const auto& [error, count] : errors) tell(context_, "could not remove " + count_of(count, "group") + ": " + error);
    }
    say(std::to_string(removed) + " of " + count_of(groups, "group") + " removed.");
  }

  int status() const { return status_; }

 private:
  void say(const std::string& line) { context_.out << line << "\n"; }

  /// What could not be removed weighs more than what could not be found out.
  void became(int status) {
    if (status_ != not_removed) status_ = status;
  }

  void undo() {
    const auto outcomes = undo_leftovers(scan_.leftovers, undoers_, settings_, Deadline::after(arguments_.timeout), {});
    std::size_t removed = 0, awaited = 0, left = 0;
    std::int64_t latest = 0;
    for (const auto& outcome : outcomes) {
      say(label(outcome.fate) + shown(outcome.open.entry) + "  (run " + outcome.run_id + ")");
      if (outcome.fate == Fate::removed || outcome.fate == Fate::absent) ++removed;
      if (outcome.fate == Fate::refused || outcome.fate == Fate::unasked) ++left;
      if (outcome.fate == Fate::refused) became(not_removed);
      if (outcome.fate == Fate::unasked || outcome.fate == Fate::awaited) became(still_open);
      if (outcome.fate != Fate::awaited) continue;
      ++awaited;
      latest = std::max(latest, outcome.open.at);
    }
    for (const auto& summary : summarise(outcomes)) {
      if (summary.fate == Fate::refused || summary.fate == Fate::unasked) tell(context_, in_words(summary));
    }
    if (removed > 0) say(count_of(removed, "thing") + " removed.");
    if (awaited > 0) {
      const auto until = latest + std::chrono::duration_cast<std::chrono::milliseconds>(write_life).count();
      say(count_of(awaited, "write") + " had no answer and may still arrive. Run this again after " + rfc3339(until) + ": what is not there by then never comes.");
    }
    if (left > 0) say(count_of(left, "thing") + " may still be there. The journal is kept in " + sanitize(folder_.string()) + ".");
  }

  void show(const FoundGroup& group) {
    const std::string since = group.since > 0 ? ", since " + rfc3339(group.since) : "";
    say((group.in_use ? "in use        " : "would remove  ") + shown(group.entry) + since);
    for (const auto& thing : group.things) say("                " + for_display(thing, 1200));
  }

  /// Whether a run at work on this machine has its id in the name.
  bool is_alive(const JournalEntry& entry) const {
    return std::any_of(scan_.leftovers.begin(), scan_.leftovers.end(), [&](const Leftover& leftover) { return leftover.alive && entry.name.find(leftover.run_id) != std::string::npos; });
  }

  bool agrees() {
    if (arguments_.yes) return true;
    if (!context_.err_is_terminal) {
      say("Nothing of this was removed. With --yes it is.");
      return false;
    }
    context_.out.flush();
    context_.err << "Remove all of this? [y/N] ";
    context_.err.flush();
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || iequals(answer, "yes");
  }

  const Arguments& arguments_;
  Context& context_;
  const Settings settings_;
  const Undoers undoers_;
  const std::filesystem::path folder_;
  JournalScan scan_;
  int status_ = all_gone;
};

}  // namespace

int cleanup_command(const Arguments& arguments, Context& context) {
  Cleaning cleaning(arguments, context);
  cleaning.clean_listed();
  if (arguments.wandb_verify) cleaning.clean_found("wandb-verify", "wandb verify");
  if (arguments.all) cleaning.clean_found("all", "wbverify");
  return cleaning.status();
}

}  // namespace wbverify
