#include <algorithm>
#include <map>

#include "checks/bucket/probe.hpp"
#include "checks/bucket/probe_look.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr const char* kind = "s3-object";
/// What is younger may belong to a run at work.
constexpr std::int64_t least_age = 3600;

bool concerns(const JournalEntry& entry, const Settings& settings) {
  if (!settings.bucket) return false;
  const BucketPlace place = bucket_place(settings);
  return bucket_where(place) == entry.where && is_bucket_object(place, entry.name);
}

Result<Undone> undo(const JournalEntry& entry, const Settings& settings, Deadline deadline, std::stop_token stop) {
  const BucketPlace place = bucket_place(settings);
  S3Client client = bucket_client(settings, place.address, {});
  auto look = look_under(client, place, entry.name, deadline, stop);
  if (!look) return fail(look.error());
  // Other objects may begin with the same name.
  std::erase_if(look->things, [&](const auto& thing) { return thing.key != entry.name; });
  if (look->things.empty()) return Undone::absent;
  if (auto done = delete_things(client, look->things, deadline, stop); !done) return fail(done.error());
  return Undone::removed;
}

/// `prefix/wbverify/<run id>/` with what is in it.
using Folders = std::map<std::string, std::vector<S3Version>>;

Folders by_folder(const BucketPlace& place, const std::vector<S3Version>& things) {
  Folders folders;
  for (const auto& thing : things) {
    if (is_bucket_object(place, thing.key)) folders[thing.key.substr(0, thing.key.rfind('/') + 1)].push_back(thing);
  }
  return folders;
}

/// When the youngest of them was made; 0 when the store does not tell of one.
std::int64_t youngest(const std::vector<S3Version>& things) {
  std::int64_t out = 0;
  for (const auto& thing : things) {
    if (thing.modified == 0) return 0;
    out = std::max(out, thing.modified);
  }
  return out;
}

/// Without times nobody knows whether a run is at work there.
bool may_be_in_use(const std::vector<S3Version>& things, std::int64_t now) {
  const std::int64_t made = youngest(things);
  return made == 0 || now == 0 || now - made < least_age;
}

/// `prefix/wbverify/`: what bucket_folder() gives without a run id, and without the slash behind it.
std::string all_folders(const BucketPlace& place) {
  std::string folder = bucket_folder(place, "");
  folder.pop_back();
  return folder;
}

std::string in_words(const S3Version& thing, const std::string& folder) {
  const std::string name = thing.key.substr(folder.size());
  return thing.id.empty() ? name : name + (thing.marker ? ", delete marker " : ", version ") + thing.id;
}

Result<std::vector<FoundGroup>> find(const Settings& settings, Deadline deadline, std::stop_token stop) {
  if (!settings.bucket) return fail({std::string(not_configured), "BUCKET is not set.", Blame::machine, false});
  if (const std::string reason = bucket_skip(settings); !reason.empty()) return fail({std::string(not_configured), reason, Blame::machine, false});
  const BucketPlace place = bucket_place(settings);
  if (!place.has_keys) return fail({"no-keys", std::string(bucket_no_keys), Blame::machine, false});
  S3Client client = bucket_client(settings, place.address, {});
  const auto look = look_under(client, place, all_folders(place), deadline, stop);
  if (!look) return fail(look.error());
  std::vector<FoundGroup> groups;
  for (const auto& [folder, things] : by_folder(place, look->things)) {
    FoundGroup group{{kind, bucket_where(place), folder}, {}, youngest(things) * 1000, may_be_in_use(things, look->now)};
    for (const auto& thing : things) group.things.push_back(in_words(thing, folder));
    groups.push_back(std::move(group));
  }
  return groups;
}

RemovedGroup remove_folder(S3Client& client, const JournalEntry& entry, const BucketLook& look, const std::vector<S3Version>& things, Deadline deadline, const std::stop_token& stop) {
  if (may_be_in_use(things, look.now)) return {entry, "Somebody has written there since.", false};
  if (deadline.expired()) return {entry, "The time was up.", true};
  const auto done = delete_things(client, things, deadline, stop);
  return done ? RemovedGroup{entry, "", false} : RemovedGroup{entry, done.error().text, done.error().cause != "not-undone"};
}

std::vector<RemovedGroup> remove(const std::vector<FoundGroup>& groups, const Settings& settings, Deadline deadline, std::stop_token stop) {
  const BucketPlace place = bucket_place(settings);
  S3Client client = bucket_client(settings, place.address, {});
  // Between the first look and the answer to the question some time may have passed.
  const auto look = look_under(client, place, all_folders(place), deadline, stop);
  const Folders folders = look ? by_folder(place, look->things) : Folders();
  std::vector<RemovedGroup> out;
  for (const auto& group : groups) {
    const auto found = folders.find(group.entry.name);
    if (!look) {
      out.push_back({group.entry, look.error().text, true});
    } else if (found == folders.end()) {
      out.push_back({group.entry, "", false});
    } else {
      out.push_back(remove_folder(client, group.entry, *look, found->second, deadline, stop));
    }
  }
  return out;
}

}  // namespace

UndoSpec bucket_undo() { return {kind, concerns, undo}; }
LeftoverSpec bucket_leftovers() { return {"all", find, remove}; }

}  // namespace wbverify
