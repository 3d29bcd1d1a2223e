#pragma once
// How the steps of an artifact go wrong, in words.
#include <string>

#include "checks/wandb/plugin_trouble.hpp"
#include "checks/wandb/plugin_words.hpp"

namespace wbverify::artifact {

/// What each row of wandb.artifact judges by.
struct Case {
  const WandbWriteFacts& facts;
  const WandbArtifact& artifact;
  const Scene& scene;
};

/// A failure with setting and a command that goes the same way with an artifact of its own.
Finding wrong(std::string cause, const Case& at);
/// An API answer that is not ok(). Causes: those of trouble().
Finding refused(const ApiAnswer& answer, std::string_view what, const Case& at);
/// The server would not commit it. Causes: `commit-refused` when it does not find what was uploaded, else those of
/// trouble().
Finding commit_refused(const Case& at);
/// An upload that did not succeed, though files of runs upload. Causes: `content-md5-refused`, else those of
/// store_refused().
Finding put_refused(const Transfer& put, std::string_view what, const Case& at);
/// A download from the store that did not succeed. Causes: those of store_refused().
Finding get_refused(const Transfer& get, std::string_view what, const Case& at);
/// Other bytes came back than were sent.
Finding bytes_differ(const ArtifactEntry& entry, const Case& at);

/// Where to look when the server's own work is not done.
std::string workers();
/// Where to look when bytes were changed.
std::string changed_bytes();

}  // namespace wbverify::artifact
