#include "cli/commands.hpp"
#include "engine/journal_file.hpp"
#include "report/layout.hpp"
#include "util/text.hpp"

namespace wbverify {

int cleanup_command(const Arguments& arguments, Context& context) {
  const auto folder = journal_directory(context.environment);
  const auto found = leftovers(folder);
  std::size_t entries = 0, alive = 0;
  for (const auto& leftover : found) {
    for (const auto& entry : leftover.entries) {
      (leftover.alive ? alive : entries) += 1;
      if (!arguments.dry_run) continue;
      context.out << (leftover.alive ? "in use        " : "would remove  ") << clean(entry.kind, 60) << "  "
                  << clean(entry.name, 300) << "  at " << clean(entry.where, 300) << "  (run "
                  << clean(leftover.run_id, 60) << ")\n";
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
                << clean(folder.string()) << ".\n";
    return 1;
  }
  context.out << (entries == 0 ? "Nothing was left behind.\n" : count_of(entries, "thing") + " removed.\n");
  return 0;
}

}  // namespace wbverify
