#include <algorithm>
#include <iostream>

#include "checks/catalog.hpp"
#include "cli/commands.hpp"
#include "engine/journal_file.hpp"
#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// What runs of wbverify left: the exit status.
int clean_own(const Arguments& arguments, Context& context) {
  const auto folder = journal_directory(context.environment);
  const auto found = leftovers(folder);
  std::size_t entries = 0, alive = 0;
  for (const auto& leftover : found) {
    for (const auto& entry : leftover.entries) {
      (leftover.alive ? alive : entries) += 1;
      if (!arguments.dry_run) continue;
      context.out << (leftover.alive ? "in use        " : "would remove  ") << sanitize(entry.kind, 60) << "  "
                  << sanitize(entry.name, 300) << "  at " << sanitize(entry.where, 300) << "  (run "
                  << sanitize(leftover.run_id, 60) << ")\n";
    }
  }
  if (arguments.dry_run) {
    context.out << (entries + alive == 0 ? "Nothing was left behind.\n" : "");
    return 0;
  }
  const int left = undo_dead_runs(settings_of(arguments, context), context, arguments.timeout);
  if (alive > 0) context.out << count_of(alive, "thing") << " of a run that still works: left alone.\n";
  if (left > 0) {
    context.out << count_of(static_cast<std::size_t>(left), "thing") << " could not be removed. The journal is kept in "
                << sanitize(folder.string()) << ".\n";
    return 1;
  }
  context.out << (entries == 0 ? "Nothing was left behind.\n" : count_of(entries, "thing") + " removed.\n");
  return 0;
}

bool agrees(const Arguments& arguments, Context& context) {
  if (arguments.yes) return true;
  if (!context.err_is_terminal) {
    context.out << "Nothing of this was removed. With --yes it is.\n";
    return false;
  }
  context.out.flush();
  context.err << "Remove all of this? [y/N] ";
  context.err.flush();
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || iequals(answer, "yes");
}

/// What another program left: first shown, then removed.
int clean_foreign(const Arguments& arguments, Context& context, const LeftoverSpec& spec) {
  const Settings settings = settings_of(arguments, context);
  const auto found = spec.find(settings, Deadline::after(arguments.timeout), {});
  if (!found) {
    tell(context, found.error().text);
    return 1;
  }
  for (const auto& group : *found) context.out << "would remove  " << sanitize(group.entry.name, 300) << "  at " << sanitize(group.entry.where, 300) << "\n";
  if (found->empty()) context.out << "wandb verify left nothing behind.\n";
  if (found->empty() || arguments.dry_run || !agrees(arguments, context)) return 0;
  std::size_t left = 0;
  for (const auto& removed : spec.remove(*found, settings, Deadline::after(arguments.timeout), {})) {
    if (removed.error.empty()) continue;
    ++left;
    tell(context, "could not remove " + removed.entry.name + ": " + removed.error);
  }
  context.out << count_of(found->size() - left, "thing") << " removed.\n";
  return left == 0 ? 0 : 1;
}

}  // namespace

int cleanup_command(const Arguments& arguments, Context& context) {
  int status = clean_own(arguments, context);
  if (!arguments.wandb_verify) return status;
  for (const auto& plugin : catalog()) {
    for (const auto& spec : plugin.leftovers) {
      if (spec.option == "wandb-verify") status = std::max(status, clean_foreign(arguments, context, spec));
    }
  }
  return status;
}

}  // namespace wbverify
