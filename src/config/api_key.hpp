#pragma once
// What people log in to the W&B API with: an API key, or the token of an identity provider.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/issues.hpp"

namespace wbverify {

/// The shape of a well-formed key (WandbAccess::shape), or empty. The rule is that of today's client (wandb 0.28): a
/// JWT is taken as it is; of anything else what follows the first `-` (the whole when there is none) is at least 40
/// letters, digits, - and _. A key that was pasted wrong is reported as what happened to it, and never shown.
std::string parse_api_key(IssueList& issues);

/// What of the text may be a key, for the redactor: also what stands in quotes, behind a pasted name, or between
/// blanks. Nothing that is plainly a word, a name of a host or a URL: hiding those everywhere would make the report
/// unreadable.
std::vector<std::string> secrets_in_key(std::string_view value);

/// Whether the text, given as the name of a file, is rather what belongs into the file: a key or a token.
bool looks_like_key(std::string_view text);

/// Whether the text is the token of an identity provider: a JWT whose parts decode. One that ended before `now` (Unix
/// milliseconds, 0: not looked at) is remarked.
bool check_identity_token(IssueList& issues, std::int64_t now);

}  // namespace wbverify
