#pragma once
// An artifact of our own: two files, a directory and a reference, logged by one run and used by another.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "checks/wandb/facts_answer.hpp"
#include "checks/wandb/facts_transfer.hpp"

namespace wbverify {

/// One entry of the artifact.
struct ArtifactEntry {
  std::string path;  ///< `dir/b.bin`
  bool reference = false;
  std::int64_t size = 0;
  SignedUrl upload;
  bool skipped = false;  ///< the server says that it has the bytes already: fresh random bytes cannot be there
  Transfer put;
  bool in_manifest = false;  ///< the manifest that came back has it with the right digest and size
  bool listed = false;       ///< the server lists it among the artifact's files
  Transfer get;              ///< fetched from the store
};

struct WandbArtifact {
  bool tried = false;
  std::string entity, project, collection, id;
  std::vector<ArtifactEntry> entries;
  ApiAnswer create, manifest, files, manifest_again, commit, use;
  std::string state_created;  ///< PENDING
  Transfer put_manifest, get_manifest;
  std::string digest;                        ///< computed here, hexadecimal MD5
  std::string digest_read;                   ///< that the server tells
  std::string state;                         ///< COMMITTED
  bool manifest_read = false;                ///< it came and is JSON of the right form
  std::vector<WandbDifference> differences;  ///< between the manifest written and the one read
  std::string consumer;                      ///< the run that used it
  bool found_by_alias = false;
  double commit_ms = -1;  ///< from commit until it could be used
};
void to_json(nlohmann::json& json, const WandbArtifact& artifact);
void from_json(const nlohmann::json& json, WandbArtifact& artifact);

}  // namespace wbverify
