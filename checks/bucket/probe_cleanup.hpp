#pragma once
#include <string>
#include <vector>

#include "checks/bucket/probe_look.hpp"
#include "core/journal.hpp"

namespace wbverify {

/// Keeps account of what is written, and deletes it: objects, and in a versioned bucket their versions as far as allowed.
class Cleanup {
 public:
  Cleanup(Journal& journal, S3Client& client, BucketWriteFacts& facts);

  /// Before the objects of these names are written. An error when they could not be announced: then they must not be.
  Result<void> announce(const std::vector<std::string>& names);
  /// What came back for the write of one of them.
  void note_answer(const std::string& name, const S3Reply& reply);
  /// None of the writes was begun.
  void nothing_was_sent();
  /// Deletes everything announced, and looks whether it is gone. Has its own time and does not hear a stop; in a hurry it
  /// leaves out what only the report wants to know.
  void run(bool hurry);

 private:
  /// The version that a reply to a PUT or DELETE names.
  void note_version(const std::string& key, const S3Reply& reply);
  void delete_objects(bool by_signed_url, Deadline deadline);
  void delete_versions(Deadline deadline);
  void look(Deadline deadline);
  JournalEntry entry(const std::string& name) const;

  Journal& journal_;
  S3Client& client_;
  BucketWriteFacts& facts_;
  std::vector<std::string> names_, acknowledged_;
  std::vector<S3Version> versions_;
};

}  // namespace wbverify
