#pragma once
// What the checks of the W&B API say in the same words.
#include <functional>
#include <string>
#include <string_view>

#include "checks/shared/answer_words.hpp"
#include "checks/wandb/facts.hpp"
#include "core/finding.hpp"

namespace wbverify {

/// An answer in words, without a full stop: `UpsertBucket, POST https://wandb.example.com/graphql: 403 Forbidden from
/// nginx after 4 ms, "permission denied" (PERMISSION_ERROR)`, or why there was none.
std::string describe(const ApiAnswer& answer);
/// The same as whole sentences, with what its page says when something else than the server answered.
std::string tell(const ApiAnswer& answer);

/// What makes curl log in: ` -u "api:$WANDB_API_KEY"`, ` -H "Authorization: Bearer $WANDB_ACCESS_TOKEN"`, or nothing.
std::string curl_login(const WandbPlace& place);
/// `curl -sS -i --max-time 30` with what its TLS needs here and these words behind it, without a log-in.
std::string curl_command(const WandbPlace& place, std::string_view words);
/// curl that asks /graphql for this document, logged in. `variables` is a JSON object in text, or empty.
std::string curl_graphql(const WandbPlace& place, std::string_view document, std::string_view variables = {});

/// Commands that show the server's own log, for Docker and Kubernetes.
std::string server_log();
/// The lines that nginx needs in front of the server, `first` first: `client_max_body_size 0;`.
std::string nginx_lines(std::string_view first);

/// The run ended before the question was asked: unknown, and nobody's fault but this machine's.
Finding interrupted(std::string what);
/// The server did not tell `what` (`its version`): the run ended early, the schema lacks `part` (`LocalVersionInfo`;
/// cause `old-server`), the question was refused, or it leaves it out. A skip: nothing is wrong by that alone.
Finding untold(const WandbFacts& facts, std::string_view what, std::string_view part);
/// Nothing was written, for the reason that the facts give.
Finding not_written(const WandbWriteFacts& facts);

/// Judges each entity's run and files. With more than one entity the entity becomes (the first part of) every finding's
/// row, its title (`title`: the check's own) names it, and so does what was observed. Without any, not_written.
using EntityJudge = std::function<Findings(const WandbRun&, const WandbFiles&)>;
Findings each_entity(const WandbWriteFacts& facts, std::string_view title, const EntityJudge& judge);
/// For what is written in the first entity alone: with more than one, says in which one that was.
Findings in_first_entity(Findings findings, const WandbWriteFacts& facts, const std::string& entity);

}  // namespace wbverify
