#pragma once
// Why an answer of the API is of no use, as far as it can happen to any question.
#include "checks/wandb/plugin_words.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// The finding for an answer that is not ok(), complete; a judge replaces what it knows better (expected, why,
/// reproduce). Without an answer the client's cause: unknown when the way or this machine is to blame, else fail. In
/// front of the server: login-page captive-portal filter-page cdn-error-page bad-gateway unavailable gateway-timeout
/// redirected login-required proxy-login-required forbidden not-found body-too-large rate-limited html-page not-json
/// json-too-deep answer-too-large server-error. By the server: origin-refused licence-refused key-refused
/// permission-denied body-too-large rate-limited old-server (a warning) database-error redis-error
/// server-cannot-connect not-found server-error refused unexpected-answer.
Finding trouble(const WandbPlace& place, const ApiAnswer& answer, const Scene& scene);

/// The message speaks of the licence.
bool speaks_of_license(const ApiAnswer& answer);
/// The message is that of a schema which lacks a field, an argument or a type.
bool speaks_of_schema(const ApiAnswer& answer);

}  // namespace wbverify
