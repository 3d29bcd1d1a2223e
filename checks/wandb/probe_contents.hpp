#pragma once
// What stands in a project, whose it is, and nothing assumed: a look is complete, or there is none.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/wandb/probe_api.hpp"

namespace wbverify {

/// The project that `wandb verify` uses.
inline constexpr std::string_view wandb_verify_project = "verify";

/// Something in a project.
struct WandbRemain {
  std::string kind;         ///< `run`, `artifact` (a collection with its versions), `sweep`, `report`, `queue`, `automation`, `description`
  std::string id;           ///< the server's, opaque; it holds until the project is renamed
  std::string name, project;
  std::string by;           ///< `wbverify`, `wandb verify`; empty: somebody else
  std::string group;        ///< what was made together: the tag of a run of wbverify, the prefix of an execution of `wandb verify`
  std::string created_at;   ///< as the server writes it
  std::vector<std::string> versions;   ///< ids of an artifact's versions
  std::string state;        ///< of a run or a sweep
};

/// By whose marks things in a project are told: those of one run of ours, or those of `wandb verify`.
struct WandbOwner {
  std::string tag;   ///< of our run; empty: `wandb verify`
};

/// `wbverify-0123456789abcdef` exactly: the name of a project that a run of ours makes.
bool is_wandb_tag(std::string_view name);
/// Of a project that a run of ours makes, in a journal: `where` is the server's address and the entity, `name` the project's.
inline constexpr std::string_view wandb_journal_kind = "wandb-project";
/// Uploads into the project that are on their way. One that arrives when the project is gone belongs to nobody.
inline constexpr std::string_view wandb_upload_kind = "wandb-upload";
/// What it is called while it is being removed: nothing that is written by its name gets in then.
std::string wandb_quarantine(std::string_view tag);
/// The description by which a project says that a run of ours made it.
std::string wandb_project_mark(std::string_view tag);

/// Unix seconds of `2026-11-28T10:00:00…`, as UTC; -1 for other texts.
std::int64_t wandb_moment(std::string_view text);

/// Everything that the API knows to be in a project. Only look_into() makes one, from answers without an error in which every list
/// came to its end; so what is not in it was not there.
class WandbContents {
 public:
  const std::string& id() const { return id_; }
  const std::string& project() const { return project_; }
  const std::vector<WandbRemain>& things() const { return things_; }
  /// Those of the owner; in the order in which they are to be removed.
  std::vector<WandbRemain> own() const;
  std::vector<WandbRemain> foreign() const;
  /// Whether the owner made the project: it says so, or holds something of the owner's.
  bool is_own() const { return marked_ || !own().empty(); }
  /// The owner's but for sweeps that are over, which no client can delete.
  std::vector<WandbRemain> unfinished() const;
  /// When the youngest thing of the owner's was made, Unix seconds; -1 when the server does not say.
  std::int64_t since() const;

 private:
  friend Result<std::optional<WandbContents>> look_into(WandbApi&, const std::string&, const std::string&, const WandbOwner&, ApiAnswer&);
  WandbContents() = default;

  std::string id_, project_, created_at_;
  bool marked_ = false;
  std::vector<WandbRemain> things_;
};

/// Nothing when there is no such project. An error when that, or anything in it, could not be found out.
Result<std::optional<WandbContents>> look_into(WandbApi& api, const std::string& entity, const std::string& project, const WandbOwner& owner, ApiAnswer& answer);

/// The names of all projects of an entity.
Result<std::vector<std::string>> wandb_projects(WandbApi& api, const std::string& entity, ApiAnswer& answer);

/// The entity in which this account writes by default; empty when the server names none.
std::string default_entity(WandbApi& api, ApiAnswer& answer);

/// Why an answer is of no use, for people.
std::string wandb_complaint(const ApiAnswer& answer);

}  // namespace wbverify
