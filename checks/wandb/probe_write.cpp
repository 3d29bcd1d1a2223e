#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "checks/wandb/probe.hpp"
#include "checks/wandb/probe_chains.hpp"
#include "checks/wandb/probe_documents.hpp"
#include "checks/wandb/probe_transfer.hpp"
#include "checks/wandb/probe_written.hpp"
#include "core/display.hpp"
#include "util/json.hpp"
#include "util/text.hpp"
#include "util/thread.hpp"

namespace wbverify {

void Made::add(WandbRemain remain) {
  const std::lock_guard lock(mutex_);
  remains_.push_back(std::move(remain));
}

void Made::came_without(const ApiAnswer& answer) {
  const bool refused = answer.json && !answer.message.empty();
  const std::lock_guard lock(mutex_);
  unsure_ |= answer.asked && !refused;
}

bool Made::is_unsure() const {
  const std::lock_guard lock(mutex_);
  return unsure_;
}

std::vector<WandbRemain> Made::all() const {
  const std::lock_guard lock(mutex_);
  return remains_;
}

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds write_limit{50000};
/// Time kept for removing what was made, out of the probe's own.
constexpr milliseconds cleanup_limit{6000}, cleanup_reserve{3000};
/// A signal leaves a probe one and a half seconds, of which the last word of requests on their way takes its part.
constexpr milliseconds hurried_limit{1000};
/// What was made in one entity.
struct Work {
  WandbRun* run = nullptr;
  WandbFiles* files = nullptr;
  Made made;
  JournalEntry entry;
};

class Writing {
 public:
  Writing(const ProbeContext& context, WandbWriteFacts& facts)
      : context_(context), facts_(facts), api_(context), tag_(wandb_tag(context.run_id)), second_(tag_ + "-use") {
    facts_.place = api_.place();
    const auto left = context.deadline.remaining();
    api_.work_until(context.deadline.earlier(std::min(cleanup_reserve, left / 2)), context.stop);
  }

  void run() {
    const auto entities = entities_of();
    if (entities.empty()) return give_up("no-entity", "The server names no entity for this account, and none was given with --entity.", Blame::target);
    facts_.runs.resize(entities.size());
    facts_.files.resize(entities.size());
    std::vector<Work> works(entities.size());
    for (std::size_t i = 0; i < entities.size(); ++i) {
      works[i].run = &facts_.runs[i];
      works[i].files = &facts_.files[i];
      *works[i].run = {};
      works[i].run->entity = entities[i];
      works[i].run->project = tag_;
      works[i].run->name = tag_ + "-log";
      works[i].entry = {std::string(wandb_journal_kind), facts_.place.base + "/" + entities[i], tag_};
      if (auto announced = context_.journal.announce(works[i].entry); !announced) return give_up(announced.error().cause, announced.error().text, Blame::machine);
    }
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 1; i < works.size(); ++i) threads.push_back(start_thread([this, &works, i] { guarded([&] { work_in(works[i], false); }); }));
      guarded([&] { work_in(works[0], true); });
    }
    // The sum of all that is known: also after a stop, when requests were on their way.
    const bool broken_off = api_.stopped();
    for (auto& work : works) clean_up(work, broken_off);
  }

 private:
  void give_up(std::string cause, std::string text, Blame blame) {
    facts_.cause = std::move(cause);
    facts_.text = std::move(text);
    facts_.blame = name(blame);
  }

  /// What a stranger's answer could bring about in a library must not take the others' facts along.
  template <class Chain>
  void guarded(Chain chain) {
    try {
      chain();
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex_);
      give_up("internal-error", std::string("A step stopped with an error of its own: ") + for_display(error.what()), Blame::tool);
    }
  }

  std::vector<std::string> entities_of() const {
    if (!facts_.place.entities.empty()) return facts_.place.entities;
    const Facts session = context_.facts_of("wandb");
    if (!session || session.as<WandbFacts>().default_entity.empty()) return {};
    return {session.as<WandbFacts>().default_entity};
  }

  void work_in(Work& work, bool first) {
    if (!create_runs(work, first) || api_.stopped()) return;
    // The names alone, before the others fill the rest.
    WandbRun second;
    second.entity = work.run->entity;
    second.project = work.run->project;
    second.name = second_;
    std::vector<std::jthread> threads;
    const auto beside = [&](auto chain) { threads.push_back(start_thread([this, chain] { guarded(chain); })); };
    if (first) {
      beside([&] { log_and_use_artifact(api_, *work.run, second_, facts_.artifact, facts_.multipart, work.made); });
      beside([&] { run_sweep(api_, *work.run, facts_.sweep, work.made); });
      beside([&] { send_large_bodies(api_, second, facts_.bodies); });
    }
    guarded([&] { run_and_files(api_, *work.run, *work.files); });
  }

  bool create_runs(Work& work, bool first) {
    WandbRun& run = *work.run;
    json variables = {{"entity", run.entity}, {"project", run.project}, {"mark", wandb_project_mark(tag_)}, {"main", run.name}, {"config", wandb_written::config()}};
    WandbApi::Manner manner;
    if (first) {
      variables["second"] = second_;
    } else {
      manner.without = {std::string(wandb_documents::second_run)};
    }
    const json data = api_.ask(wandb_documents::create_runs, variables, {"main.bucket.id"}, run.create, manner);
    const json* const inserted = json_at(data, "main.inserted");
    run.inserted = inserted != nullptr && inserted->is_boolean() && inserted->get<bool>();
    const json* const bucket = json_at(data, "main.bucket");
    if (bucket == nullptr || !bucket->is_object()) {
      work.made.came_without(run.create);
      return false;
    }
    note_run(work, *bucket, run.name);
    if (const json* const second = json_at(data, "second.bucket"); second != nullptr && second->is_object()) note_run(work, *second, second_);
    return run.create.ok();
  }

  void note_run(Work& work, const json& bucket, const std::string& run) {
    if (const std::string id = json_raw(bucket, "id"); !id.empty()) work.made.add({"run", id, run, work.run->project, "wbverify", tag_, "", {}, ""});
  }

  /// What is to be removed, by the ids that the server gave; by a look when it may have made more, or less, than it told. Nothing when
  /// there is no project.
  std::optional<std::vector<WandbRemain>> to_remove(const Work& work, bool look) {
    std::vector<WandbRemain> out = work.made.all();
    if (look || out.empty() || work.made.is_unsure()) {
      ApiAnswer answer;
      const auto seen = look_into(api_, work.run->entity, tag_, {tag_}, answer);
      if (seen && !*seen) return std::nullopt;
      if (seen) return (*seen)->own();
    }
    // Artifacts belong to runs: they go first.
    std::stable_partition(out.begin(), out.end(), [](const auto& remain) { return remain.kind == "artifact"; });
    return out;
  }

  void clean_up(Work& work, bool broken_off) {
    if (!work.run->create.asked) {
      context_.journal.answered(work.entry);
      return context_.journal.settle(work.entry);
    }
    const bool hurry = context_.stop.stop_requested(), unsure = work.made.is_unsure();
    api_.work_until(Deadline::after(hurry ? hurried_limit : cleanup_limit), {});
    const auto open = context_.journal.open();
    if (std::find(open.begin(), open.end(), upload_entry(api_, *work.run)) != open.end()) {
      if (!unsure) context_.journal.answered(work.entry);
      // It would arrive behind the removal, as an object that belongs to nobody. Nothing else must go on for that long.
      facts_.waits = true;
      auto made = work.made.all();
      std::erase_if(made, [](const auto& remain) { return remain.kind != "sweep"; });
      return note_sweep(work, remove_remains(api_, work.run->entity, made));
    }
    const auto remains = to_remove(work, broken_off && !hurry);
    if (!remains) {
      if (!unsure) context_.journal.settle(work.entry);
      return;
    }
    std::vector<WandbRemoval> removals;
    const WandbEnd end = end_project(api_, work.run->entity, tag_, {tag_}, wandb_quarantine(tag_), *remains, removals);
    // A renaming that arrives when the project is gone makes an empty one.
    if (!unsure && end.answer.http.answered()) context_.journal.answered(work.entry);
    note(end, work, removals);
    if (!hurry) look_again(work, end, removals);
    note_sweep(work, removals);
    const bool all_gone = std::all_of(removals.begin(), removals.end(), [](const auto& removal) { return removal.gone || removal.kept; });
    facts_.removals.insert(facts_.removals.end(), removals.begin(), removals.end());
    // What was not answered may still arrive: the journal keeps it for the next run.
    if (all_gone && !unsure) context_.journal.settle(work.entry);
  }

  void note_sweep(const Work& work, const std::vector<WandbRemoval>& removals) {
    for (const auto& removal : removals) {
      if (removal.kind != "sweep" || &work.run[0] != &facts_.runs[0]) continue;
      facts_.sweep.stop = removal.answer;
      facts_.sweep.state = removal.state;
    }
  }

  /// The project as one more removal; what is in it goes with it.
  void note(const WandbEnd& end, const Work& work, std::vector<WandbRemoval>& removals) {
    const bool gone = end.how == WandbEnd::How::gone || end.how == WandbEnd::How::absent;
    WandbRemoval project;
    project.kind = "project";
    project.name = project.project = tag_;
    project.entity = work.run->entity;
    project.gone = gone;
    project.kept = end.how == WandbEnd::How::foreign;
    project.reason = end.text;
    project.answer = end.answer;
    for (auto& removal : removals) {
      removal.gone |= gone;
      removal.kept &= !gone;
    }
    removals.push_back(std::move(project));
  }

  /// Whether the server has kept its word.
  void look_again(const Work& work, const WandbEnd& end, std::vector<WandbRemoval>& removals) {
    if (end.how == WandbEnd::How::gone || end.how == WandbEnd::How::absent) {
      const json data = api_.ask(wandb_documents::still_there, {{"entity", work.run->entity}, {"project", tag_}, {"quarantine", wandb_quarantine(tag_)}}, {}, facts_.last_look);
      const json *const before = json_at(data, "before"), *const behind = json_at(data, "behind");
      facts_.looked = facts_.last_look.ok() && before != nullptr && behind != nullptr;
      if (!facts_.looked) return;
      // Another project of the name is somebody else's, made since.
      const bool there = json_raw(*behind, "name") == wandb_quarantine(tag_) || (json_raw(*before, "name") == tag_ && json_raw(*before, "description") == wandb_project_mark(tag_));
      for (auto& removal : removals) removal.gone = !there;
      return;
    }
    const auto left = look_into(api_, work.run->entity, tag_, {tag_}, facts_.last_look);
    facts_.looked = left.has_value();
    if (!facts_.looked) return;
    for (auto& removal : removals) {
      if (removal.kind == "project") continue;
      const auto own = *left ? (*left)->own() : std::vector<WandbRemain>();
      const bool there = std::any_of(own.begin(), own.end(), [&](const auto& remain) { return remain.kind == removal.kind && remain.name == removal.name; });
      removal.kept = removal.kind == "sweep" && there && removal.gone;
      removal.gone = !there || removal.kept;
    }
  }

  const ProbeContext& context_;
  WandbWriteFacts& facts_;
  WandbApi api_;
  std::string tag_, second_;
  std::mutex mutex_;
};

WandbWriteFacts gather(const ProbeContext& context) {
  WandbWriteFacts facts;
  Writing(context, facts).run();
  return facts;
}

bool transient(const WandbWriteFacts& facts) {
  if (facts.runs.empty()) return false;
  const HttpAnswer& http = facts.runs.front().create.http;
  return facts.removals.empty() && facts.runs.front().create.asked && (http.answered() ? http.is_gateway_error() : http.transient);
}

std::vector<Touch> touches(const Settings& settings) {
  const WandbPlace place = wandb_place(settings);
  const std::string tag = wandb_tag(settings.scene.run_id);
  std::string where = "the default entity of the account";
  if (!place.entities.empty()) where = join(place.entities, ", ");
  const std::string in = " in " + where + "/" + tag;
  std::vector<Touch> out = {
      {place.base, "make the project " + where + "/" + tag + " for this run alone", true, "about 1 KiB"},
      {place.base, "make the runs " + tag + "-log and " + tag + "-use" + in + ": configuration, 11 steps, console lines, 2 files", true, "about 16 KiB"},
      {place.base, "make the artifact " + tag + in + ": 2 files, a reference", true, "about 9 KiB"},
      {place.base, "make the sweep " + tag + in + ", an agent, and the one run that it orders", true, "about 4 KiB"},
      {place.base, "POST 10 MB to /graphql and 10 MiB to file_stream, blanks that nothing keeps", false, "about 20 MiB"},
      {"the address in the server's upload URLs", "PUT and GET these files, ask as browsers do (CORS)", true, "about 40 KiB"},
      {place.base, "delete runs, files and artifact, finish the sweep, rename the project to " + wandb_quarantine(tag) + "; look into it, delete it when nothing else is in it", true, "about 8 KiB"}};
  if (place.deep) out.push_back({"the address in the server's upload URLs", "PUT 64 MiB, and 5 MiB in two parts", true, "about 70 MiB"});
  return out;
}

}  // namespace

ProbeSpec wandb_write_probe() {
  ProbeSpec spec;
  spec.id = "wandb.write";
  spec.needs = {"wandb.login"};
  spec.reads = {"wandb"};
  spec.writes = true;
  spec.limit = write_limit;
  spec.skip = wandb_login_skip;
  spec.touches = touches;
  return make_probe<WandbWriteFacts>(std::move(spec), gather, transient);
}

}  // namespace wbverify
