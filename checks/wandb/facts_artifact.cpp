#include "checks/wandb/facts_artifact.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(ArtifactEntry, path, reference, size, upload, skipped, put, in_manifest, listed, get)

WBVERIFY_JSON(WandbArtifact, tried, entity, project, collection, id, entries, create, manifest, files,
                     manifest_again, commit, use, state_created, put_manifest, get_manifest, digest,
                     digest_read, state, manifest_read, differences, consumer, found_by_alias, commit_ms)

}  // namespace wbverify
