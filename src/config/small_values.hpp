#pragma once
#include "config/issues.hpp"

namespace wbverify {

/// The grammars that fit into a few lines: AWS_REGION, AZURE_STORAGE_KEY, AUTH0_DOMAIN, OIDC_ISSUER, OIDC_AUTH_METHOD,
/// SLACK_CLIENT_ID, GORILLA_EMAIL_SINK, LOCAL_LDAP_ADDRESS, session lengths, retention, the team secret store. Of other
/// variables only the surface is looked at.
void check_small_value(IssueList& issues);

}  // namespace wbverify
