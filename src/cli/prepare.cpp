#include <sys/random.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "checks/catalog.hpp"
#include "cli/commands.hpp"
#include "cli/leftovers.hpp"
#include "config/load.hpp"
#include "core/redactor.hpp"
#include "engine/journal_file.hpp"
#include "engine/pages.hpp"
#include "report/layout.hpp"
#include "util/encoding.hpp"

namespace wbverify {
namespace {

/// The words that say where the settings are.
std::vector<std::string> source_options(const Arguments& arguments) {
  std::vector<std::string> words;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("--config", arguments.config_file);
  for (const auto& file : arguments.env_files) add("--env-file", file);
  for (const auto& file : arguments.ca_files) add("--ca-file", file);
  add("--dns-server", arguments.dns_server);
  add("--api-key-file", arguments.api_key_file);
  for (const auto& entity : arguments.entities) add("--entity", entity);
  return words;
}

}  // namespace

std::string new_run_id() {
  std::array<char, 8> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::system_error(errno, std::generic_category(), "getrandom");
  return hex_encode({bytes.data(), bytes.size()});
}

namespace {

/// What the program says whatever its secrets are: a password that is a word of it must not alter ids, titles and pages.
void know_own_vocabulary() {
  std::vector<std::string_view> own;
  for (const auto& plugin : catalog()) {
    own.insert(own.end(), {plugin.service, plugin.title});
    for (const auto& probe : plugin.probes) own.push_back(probe.id);
    for (const auto& check : plugin.checks) own.insert(own.end(), {check.id, check.title});
  }
  for (const auto& page : pages()) own.push_back(page.markdown);
  Redactor::process().know_program(std::move(own));
}

}  // namespace

Settings settings_of(const Arguments& arguments, const Context& context) {
  using namespace std::chrono;
  Sources sources;
  sources.environment = context.environment;
  sources.config_file = arguments.config_file;
  sources.env_files = arguments.env_files;
  sources.ca_files = arguments.ca_files;
  sources.dns_server = arguments.dns_server;
  sources.api_key_file = arguments.api_key_file;
  sources.entities = arguments.entities;
  sources.deep = arguments.deep;
  sources.options = source_options(arguments);
  sources.run_id = new_run_id();
  sources.started = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  Settings settings = load_settings(sources);
  // After the settings: one pass over the pages for all their secrets.
  know_own_vocabulary();
  return settings;
}

Plan plan_of(const Arguments& arguments, const Settings& settings) {
  return make_plan(catalog(), settings, {arguments.only, arguments.skip, arguments.read_only});
}

void undo_dead_runs(const Plan& plan, const Settings& settings, Context& context, Deadline deadline, const std::stop_token& stop) {
  const Undoers undoers = undoers_of(catalog(), plan);
  if (undoers.empty()) return;
  const JournalScan scan = scan_journals(journal_directory(context.environment));
  for (const auto& summary : summarise(undo_leftovers(scan.leftovers, undoers, settings, deadline, stop))) {
    if (const std::string words = in_words(summary); !words.empty()) tell(context, settings.scene.with_options(words));
  }
  if (scan.problems.empty()) return;
  const std::size_t others = scan.problems.size() - 1;
  tell(context, settings.scene.with_options(scan.problems.front() + (others == 0 ? "" : " There " + std::string(others == 1 ? "is" : "are") + " " + count_of(others, "more problem") + " of this kind; `wbverify cleanup --dry-run` lists them.")));
}

}  // namespace wbverify
