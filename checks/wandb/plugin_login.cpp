#include "checks/wandb/plugin_login.hpp"

#include <fmt/format.h>

#include "checks/wandb/plugin_trouble.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

struct TokenAdvice {
  std::string_view cause, word, fix;
};

// The provider's words for it come in the error or its description; RFC 7521 names the error invalid_grant for all of
// them.
constexpr TokenAdvice advices[] = {
    {"token-expired", "expired",
     "Have the identity provider's agent write a fresh token, and let the file be renewed before it ends. If it is "
     "fresh, the clocks differ: "
     "wbverify --only host.time"},
    {"token-not-yet-valid", "before",
     "The server's clock is behind that of the identity provider: see timedatectl on both, and wbverify --only "
     "host.time"},
    {"token-audience", "audience",
     "Ask the identity provider for a token with the audience (aud) that the server expects; a token made for another "
     "service is not "
     "taken."},
    {"token-issuer", "issuer",
     "Enter the token's issuer (iss), to the letter, in the app: organisation dashboard, Settings, Authentication, Set "
     "up JWT Issuer. The "
     "server has to reach ISSUER/.well-known/openid-configuration"},
    {"token-signature", "signature",
     "The server checks the token with keys that it gets from ISSUER/.well-known/openid-configuration: let it reach "
     "that address, and restart it "
     "when the provider has changed its keys."},
    {"token-unknown-account", "user",
     "Give the token's subject (sub) an account: an external service account with this issuer and subject, or a user "
     "with the same e-mail "
     "address."}};

std::string curl_exchange(const WandbPlace& place) {
  return curl_command(place,
                      "--data-urlencode grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer --data-urlencode "
                      "\"assertion@$WANDB_IDENTITY_TOKEN_FILE\" " +
                          shell_quote(place.base + "/oidc/token"));
}

}  // namespace

std::string netrc_machine(const WandbPlace& place) {
  const auto scheme = place.base.find("://");
  const std::string rest = scheme == std::string::npos ? place.base : place.base.substr(scheme + 3);
  return rest.substr(0, rest.find('/'));
}

std::string make_key(const WandbPlace& place) {
  return "Log in with a browser and copy the key from " + place.base +
         "/authorize. For cron take a service account's: in a team's settings, Service Accounts, New Team Service "
         "Account.";
}

std::string put_key(const WandbPlace& place) {
  return "Write it into a file that only you can read, or into the netrc, where the W&B client finds it too:\nwbverify "
         "--api-key-file "
         "/root/wandb.key\nmachine " +
         netrc_machine(place) + " login user password KEY\nThe environment does as well: WANDB_API_KEY.";
}

KeyDoubt doubt(const WandbPlace& place, const Scene& scene) {
  const std::string origin = scene.origin(place.setting.empty() ? "WANDB_API_KEY" : place.setting);
  if (!place.same_key_for.empty()) {
    return {
        true,
        fmt::format(
            "The netrc has the same key for {}: it is that server's, and keys of one server are nothing to another.",
            join(place.same_key_for, ", "))};
  }
  KeyDoubt out{false, "It was deleted, belongs to another server, or the server has lost its accounts since. "};
  if (place.shape == "legacy-40") {
    out.why = "Forty characters without local- in front are mostly a key of wandb.ai, not of a server of one's own. ";
  } else if (place.shape == "long") {
    out.why += "Servers that are older than such long keys (October 2025) give out shorter ones. ";
  }
  out.why += "It comes from " + origin + ".";
  return out;
}

Finding token_trouble(const WandbPlace& place, const ApiAnswer& token, const Scene& scene) {
  Finding finding = trouble(place, token, scene);
  finding.setting = "WANDB_IDENTITY_TOKEN_FILE";
  finding.reproduce = curl_exchange(place);
  if (!token.json || !token.http.answered()) return finding;
  finding.expected = "An access token in exchange for the identity token.";
  finding.why = "Machines that log in by their identity have no key to fall back on: no run starts there.";
  if (token.http.status == 404 || token.http.status == 405) {
    finding.cause = "federation-unavailable";
    finding.fix =
        "This server does not exchange identity tokens: it is too old, or the proxy does not pass /oidc on. Update it, "
        "correct the "
        "proxy, or use an API key. " +
        make_key(place);
    return finding;
  }
  if (token.http.status >= 500 || speaks_of_license(token)) return finding;
  finding.cause = "token-refused";
  finding.fix =
      "Compare issuer, subject and audience of the token with what the server expects (organisation dashboard, "
      "Settings, Authentication):\n"
      "cut -d. -f2 \"$WANDB_IDENTITY_TOKEN_FILE\" | tr _- /+ | base64 -d 2>/dev/null";
  const std::string said = to_lower(token.message);
  for (const auto& advice : advices) {
    if (said.find(advice.word) == std::string::npos) continue;
    finding.cause = advice.cause;
    finding.fix =
        std::string(advice.fix) +
        "\nWhat the token says:\ncut -d. -f2 \"$WANDB_IDENTITY_TOKEN_FILE\" | tr _- /+ | base64 -d 2>/dev/null";
    break;
  }
  return finding;
}

}  // namespace wbverify
