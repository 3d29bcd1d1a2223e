#include "checks/wandb/facts.hpp"

#include "util/json_members.hpp"

namespace wbverify {

WBVERIFY_JSON(WandbPlace, base, scheme, host, port, access, setting, shape, same_key_for, netrc_machines, entities,
              deep, ca_file, bucket_origin, bucket_proxied)

WBVERIFY_JSON(WandbFeature, name, enabled)

WBVERIFY_JSON(BrowserAnswer, path, answer, allow_origin)

WBVERIFY_JSON(WandbFacts, place, token, session, viewer_known, user, default_entity, admin, teams, server_version,
              latest_version, out_of_date, oldest_client, newest_client, features_known, features, browser)
WBVERIFY_DEFINE_FACTS(WandbFacts)

WBVERIFY_JSON(WandbLeftover, entity, project, kind, name, by, created_at)

WBVERIFY_JSON(WandbLeftoverFacts, answer, entities, found, count)
WBVERIFY_DEFINE_FACTS(WandbLeftoverFacts)

WBVERIFY_JSON(WandbRun, entity, project, name, create, inserted, stream, finish, read, found, polls, config_ms,
              history_ms, summary_ms, console_ms, state_ms, config, history, summary, console, state, console_known)

WBVERIFY_JSON(WandbSweep, tried, entity, project, name, create, agent, heartbeat, heartbeats, command, run,
              right_parameter, command_ms, run_create, run_finish, stop, state)

WBVERIFY_JSON(WandbBody, path, bytes, answer, passed, refused, duration_ms)

WBVERIFY_JSON(WandbRemoval, kind, name, entity, project, gone, kept, state, reason, answer)

WBVERIFY_JSON(WandbWriteFacts, place, cause, text, blame, runs, files, artifact, sweep, bodies, multipart, removals,
              last_look, looked, waits)
WBVERIFY_DEFINE_FACTS(WandbWriteFacts)

}  // namespace wbverify
