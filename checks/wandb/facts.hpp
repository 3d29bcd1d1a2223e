#pragma once
// What the W&B API said: who we are to it, what it is, and what became of everything that was written through it.
#include <cstdint>
#include <string>
#include <vector>

#include "checks/shared/answer.hpp"
#include "checks/wandb/facts_answer.hpp"
#include "checks/wandb/facts_artifact.hpp"
#include "checks/wandb/facts_transfer.hpp"
#include "engine/plugin.hpp"

namespace wbverify {

/// The API as it is configured, without a secret.
struct WandbPlace {
  std::string base;  ///< `https://wandb.example.com`: every path is appended; also the page's Origin
  std::string scheme, host;
  std::uint16_t port = 0;
  std::string access;   ///< `api-key`, `identity-token`, or empty: nothing to log in with
  std::string setting;  ///< WandbAccess::origin_setting
  std::string shape;    ///< WandbAccess::shape
  std::vector<std::string> same_key_for, netrc_machines;
  std::vector<std::string> entities;  ///< asked for; empty: the viewer's default
  bool deep = false;
  std::string ca_file;          ///< that curl has to be given, or empty
  std::string bucket_origin;    ///< of BUCKET when it is an S3 store: `https://s3.example.com:9000`, or empty
  bool bucket_proxied = false;  ///< files go through HOST
};

/// A server feature flag.
struct WandbFeature {
  std::string name;
  bool enabled = false;
};

/// A question that a browser asks: with the page's Origin.
struct BrowserAnswer {
  std::string path;  ///< `/graphql2`
  ApiAnswer answer;
  std::vector<std::string> allow_origin;  ///< every Access-Control-Allow-Origin of the answer
};

/// What is known before anything is written.
struct WandbFacts {
  WandbPlace place;
  ApiAnswer token;                   ///< exchange of the identity token; not asked with an API key
  ApiAnswer session;                 ///< viewer and serverInfo in one question; without a key only serverInfo
  bool viewer_known = false;         ///< `viewer` was there and no null
  std::string user, default_entity;  ///< of the viewer
  bool admin = false;
  std::vector<std::string> teams;
  std::string server_version;                ///< of this server; empty: it does not say
  std::string latest_version;                ///< that W&B offers; empty: it does not say
  bool out_of_date = false;                  ///< in the server's own opinion
  std::string oldest_client, newest_client;  ///< versions of the SDK that the server accepts; empty: it does not say
  bool features_known = false;               ///< the server has the list
  std::vector<WandbFeature> features;
  std::vector<BrowserAnswer> browser;  ///< /graphql2, then /graphql
};
WBVERIFY_FACTS(WandbFacts);

/// What earlier runs of `wandb verify` or wbverify left in one entity.
struct WandbLeftover {
  std::string entity, project, kind;  ///< kind: `run`, `artifact`, `sweep`, `project`
  std::string name;
  std::string by;          ///< `wandb verify` or `wbverify`
  std::string created_at;  ///< as the server writes it, or empty
};
struct WandbLeftoverFacts {
  ApiAnswer answer;
  std::vector<std::string> entities;  ///< looked at
  std::vector<WandbLeftover> found;   ///< the first 200
  int count = 0;                      ///< all
};
WBVERIFY_FACTS(WandbLeftoverFacts);

/// A run of our own in one entity, and everything read back from it.
struct WandbRun {
  std::string entity, project, name;  ///< name: ours, with the run id of wbverify
  ApiAnswer create;                   ///< UpsertBucket
  bool inserted = false;
  ApiAnswer stream;    ///< file_stream with history, summary and console
  ApiAnswer finish;    ///< file_stream with `uploaded`, `complete` and `exitcode`
  ApiAnswer read;      ///< the last question for the run
  bool found = false;  ///< the run was there
  int polls = 0;       ///< times it was asked for
  /// Milliseconds after `finish` was answered until it was seen as it should be; -1: never.
  double config_ms = -1, history_ms = -1, summary_ms = -1, console_ms = -1, state_ms = -1;
  std::vector<WandbDifference> config, history, summary,
      console;                ///< how the last answer differs from what was written
  std::string state;          ///< `finished`
  bool console_known = true;  ///< the server can be asked for console lines
};

/// Sweep, agent and the one run that it orders.
struct WandbSweep {
  bool tried = false;
  std::string entity, project, name;  ///< name: the server's id of it
  ApiAnswer create, agent, heartbeat;
  int heartbeats = 0;
  std::string command;           ///< type of the command received: `run`; empty: none came
  std::string run;               ///< the run that was ordered
  bool right_parameter = false;  ///< its argument is one of those offered
  double command_ms = -1;        ///< from the agent's birth until the command; -1: never
  ApiAnswer run_create, run_finish;
  ApiAnswer stop;     ///< UpsertSweep with state FINISHED
  std::string state;  ///< after it
};

/// One large body.
struct WandbBody {
  std::string path;         ///< `graphql`, `file-stream`, `store`
  std::uint64_t bytes = 0;  ///< of the one that counts
  ApiAnswer answer;
  std::uint64_t passed = 0, refused = 0;  ///< --deep: largest that passed, smallest that was refused; 0: not searched
  double duration_ms = 0;
};

/// Something we made and what became of it.
struct WandbRemoval {
  std::string kind, name, entity, project;  ///< kind: `run`, `artifact`, `sweep`, `project`
  bool gone = false;                        ///< seen to be gone, or cancelled where it cannot be deleted
  bool kept = false;                        ///< the server has no way to delete it; a project: others use it
  std::string state;                        ///< of a sweep afterwards
  std::string reason;                       ///< why a project stays
  ApiAnswer answer;
};

/// All that was written through the API, and removed again.
struct WandbWriteFacts {
  WandbPlace place;
  std::string cause, text;        ///< why nothing was written, or why it ended early
  std::string blame = "target";   ///< name() of a Blame
  std::vector<WandbRun> runs;     ///< one an entity
  std::vector<WandbFiles> files;  ///< one an entity, same order
  WandbArtifact artifact;         ///< in the first entity
  WandbSweep sweep;               ///< likewise
  std::vector<WandbBody> bodies;
  std::vector<WandbMultipart> multipart;  ///< --deep
  std::vector<WandbRemoval> removals;
  ApiAnswer last_look;  ///< the question what is left
  bool looked = false;  ///< it was answered
  bool waits = false;   ///< an upload had no answer: its project is kept until nothing can arrive in it any more
};
WBVERIFY_FACTS(WandbWriteFacts);

}  // namespace wbverify
