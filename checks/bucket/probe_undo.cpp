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
  const std::string all = bucket_folder(place, "");
  const auto look = look_under(client, place, all.substr(0, all.size() - 1), deadline, stop);
  if (!look) return fail(look.error());
  std::vector<FoundGroup> groups;
  for (const auto& [folder, things] : by_folder(place, look->things)) {
    FoundGroup group{{kind, bucket_where(place), folder}, {}, youngest(things) * 1000, may_be_in_use(things, look->now)};
    for (const auto& thing : things) group.things.push_back(in_words(thing, folder));
    groups.push_back(std::move(group));
  }
  return groups;
}

std::string remove_folder(S3Client& client, const BucketPlace& place, const std::string& folder, Deadline deadline, const std::stop_token& stop) {
  const auto look = look_under(client, place, folder, deadline, stop);
  if (!look) return look.error().text;
  const Folders folders = by_folder(place, look->things);
  const auto found = folders.find(folder);
  if (found == folders.end()) return "";
  if (may_be_in_use(found->second, look->now)) return "Somebody has written there since.";
  const auto done = delete_things(client, found->second, deadline, stop);
  return done ? "" : done.error().text;
}

std::vector<RemovedGroup> remove(const std::vector<FoundGroup>& groups, const Settings& settings, Deadline deadline, std::stop_token stop) {
  const BucketPlace place = bucket_place(settings);
  S3Client client = bucket_client(settings, place.address, {});
  std::vector<RemovedGroup> out;
  for (const auto& group : groups) out.push_back({group.entry, remove_folder(client, place, group.entry.name, deadline, stop)});
  return out;
}

}  // namespace

UndoSpec bucket_undo() { return {kind, concerns, undo}; }
LeftoverSpec bucket_leftovers() { return {"all", find, remove}; }

}  // namespace wbverify
