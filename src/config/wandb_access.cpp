#include "config/wandb_access.hpp"

#include <algorithm>

#include "config/api_key.hpp"
#include "config/load.hpp"
#include "config/netrc.hpp"
#include "config/own_file.hpp"
#include "config/placeholders.hpp"
#include "config/url.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using Environment = std::map<std::string, std::string>;

constexpr const char* key_setting = "WANDB_API_KEY";
constexpr const char* token_setting = "WANDB_IDENTITY_TOKEN_FILE";
// GLOBAL_ADMIN_API_KEY is none of the sources: it is a key of the server itself that may do everything, and what is
// proved with it says nothing about what a user may do. That it is set at all is a finding of its own
// (config.consistent).

std::string value_of(const Environment& environment, const char* name) {
  const auto at = environment.find(name);
  return at == environment.end() ? "" : at->second;
}

void remark(Settings& settings, const char* setting, std::string_view cause, std::string observed, std::string expected,
            std::string fix) {
  IssueList issues(setting, "");
  issues.suspicious(IssueList::whole, {cause, std::move(observed), std::move(expected), std::move(fix), ""});
  settings.issues.push_back(std::move(issues.take().front()));
}

void remark_mode(unsigned mode, const std::string& path, const char* setting, const Environment& environment,
                 Settings& settings) {
  if ((mode & 077U) == 0 || is_mounted_secret(path, environment)) return;
  remark(settings, setting, "readable-by-others",
         "Others than its owner have rights on " + sanitize(path, 256) + ", mode " + mode_text(mode) + ".",
         "0600: whoever reads the file can do what its owner can.", "chmod 600 " + shell_quote(path));
}

/// Host and port as they are written in HOST; empty when it is no URL. The port counts only when it stands there.
std::string authority_of(const Resolver& resolver) {
  const auto host = resolver.strongest("HOST");
  const auto url = host ? split_url(host->value) : std::nullopt;
  if (!url) return "";
  const std::string name = url->brackets ? "[" + std::string(url->host) + "]" : std::string(url->host);
  return name + (url->has_port ? ":" + std::string(url->port) : "");
}

struct NetrcFile {
  std::string path;
  bool named = false;  ///< by $NETRC
  FileText file;
};

NetrcFile read_netrc(const Environment& environment) {
  constexpr std::size_t largest = 1U << 20;
  const std::string home = value_of(environment, "HOME");
  if (std::string named = value_of(environment, "NETRC"); !named.empty()) {
    if (named.starts_with("~/")) named.replace(0, 1, home);
    return {named, true, read_file(named, largest)};
  }
  NetrcFile out;
  for (const char* name : {"/.netrc", "/_netrc"}) {
    out.path = home.empty() ? "" : home + name;
    out.file = read_file(out.path, largest);
    if (out.file.outcome != FileText::Outcome::missing) break;
  }
  return out;
}

/// The key for HOST, when no other source has one.
void take_from_netrc(const NetrcMachine& machine, const NetrcFile& from, const Netrc& netrc,
                     const Environment& environment, Resolver& resolver, Settings& settings) {
  const std::string place = sanitize(from.path, 256) + " line " + std::to_string(machine.line);
  if (machine.password.empty()) {
    remark(settings, key_setting, "netrc-without-password",
           place + " has an entry for the server, and no password in it.",
           "password and the API key in the same entry.", "Write below it: password KEY");
    return;
  }
  SettingView view;
  view.name = key_setting;
  view.alias = "machine " + sanitize(machine.name, 120);
  view.kind = "netrc";
  view.file = from.path;
  view.line = machine.line;
  resolver.add(key_setting, {std::move(view), machine.password});
  settings.wandb.kind = WandbAccess::Kind::api_key;
  settings.wandb.origin_setting = key_setting;
  remark_mode(from.file.mode, from.path, key_setting, environment, settings);
  if (netrc.fault_line == 0) return;
  remark(settings, key_setting, "netrc-malformed",
         sanitize(from.path, 256) + " line " + std::to_string(netrc.fault_line) + ": " + netrc.fault + ".",
         "Only these words. The W&B client reads nothing of a file with another one, so it finds no key.",
         "Correct the line, or put the word before it in double quotes when it holds a blank.");
}

void look_into_netrc(const std::string& key, const Environment& environment, Resolver& resolver, Settings& settings) {
  WandbAccess& wandb = settings.wandb;
  NetrcFile from = read_netrc(environment);
  const bool needed = wandb.kind == WandbAccess::Kind::none;
  if (from.file.outcome != FileText::Outcome::read) {
    if (needed && (from.named || from.file.outcome != FileText::Outcome::missing)) {
      remark(settings, key_setting, "netrc-unreadable",
             sanitize(from.path, 256) + (from.named ? ", which NETRC names," : "") +
                 " cannot be read: " + from.file.error + ".",
             "A file that may be read, or none.",
             from.named ? "Correct NETRC, or remove it from the environment." : "ls -l " + shell_quote(from.path));
    }
    return;
  }
  const Netrc netrc = parse_netrc(from.file.text);
  wipe(from.file.text);
  const std::string authority = authority_of(resolver);
  const NetrcMachine* const own = authority.empty() ? nullptr : netrc.find(authority);
  if (needed && own != nullptr) take_from_netrc(*own, from, netrc, environment, resolver, settings);

  const std::string& used = !key.empty() || own == nullptr ? key : own->password;
  const auto note = [](std::vector<std::string>& names, const NetrcMachine& machine) {
    constexpr std::size_t most = 20;  // enough to be recognised, for a report
    const std::string name = sanitize(machine.name, 120);
    if (names.size() < most && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const NetrcMachine& machine : netrc.machines) {
    if (machine.password.empty() || iequals(machine.name, authority)) continue;
    if (!used.empty() && machine.password == used) note(wandb.same_key_for, machine);
    if (own == nullptr) note(wandb.netrc_machines, machine);
  }
}

void read_identity_token(const Resolved& named, const Environment& environment, Settings& settings) {
  WandbAccess& wandb = settings.wandb;
  wandb.kind = WandbAccess::Kind::identity_token;
  wandb.origin_setting = token_setting;
  if (find_placeholder(named.value)) return;
  IssueList issues(token_setting, "");
  if (looks_like_key(named.value)) {
    [[maybe_unused]] const Secret secret(named.value);
    issues.malformed(
        IssueList::whole,
        {"not-a-file", "The value is a token itself, not the name of a file that holds one.", "The path of a file.",
         "Put the token into a file of mode 0600 and name that; an API key goes into WANDB_API_KEY.", ""});
    settings.issues.push_back(std::move(issues.take().front()));
    return;
  }
  const FileText file = read_file(named.value, longest_value);
  if (file.outcome != FileText::Outcome::read) {
    const std::string fault = "cannot be read: " + file.error + ".";
    // An environment file has the paths of the container that it is for.
    if (named.place.kind != "env-file")
      throw ConfigError(77, named.value + ": the identity token (" + origin_text(named.place) + ") " + fault);
    issues.malformed(
        IssueList::whole,
        {"unreadable", "The file " + sanitize(named.value, 256) + " " + fault,
         "A file with the identity provider's token.",
         "Run wbverify where the file is, or set WANDB_IDENTITY_TOKEN_FILE in its environment to a copy.", ""});
  } else {
    std::string token(trim(file.text));
    Secret secret(token);
    IssueList grammar(token_setting, token);
    if (check_identity_token(grammar, settings.scene.started)) {
      wandb.identity_token = std::move(secret);
      wandb.shape = "jwt";
    }
    for (auto& issue : grammar.take()) settings.issues.push_back(std::move(issue));
    wipe(token);
    remark_mode(file.mode, named.value, token_setting, environment, settings);
  }
  for (auto& issue : issues.take()) settings.issues.push_back(std::move(issue));
}

}  // namespace

Candidate read_api_key_file(const std::string& path, const std::string& named_by, const Environment& environment,
                            Settings& settings) {
  if (const std::string name = path.substr(path.rfind('/') + 1);
      looks_like_key(name) && read_file(path, 1).outcome == FileText::Outcome::missing) {
    [[maybe_unused]] const Secret secret(name);
    throw ConfigError(78, named_by +
                              ": what is given there looks like an API key, not like the name of a file that holds "
                              "one. Write it into a file of mode 0600, and name that.");
  }
  OwnFile file = read_own_file(path, "file of the API key (" + named_by + ")");
  file.require_whole();
  Candidate out;
  out.place.name = key_setting;
  out.place.kind = "key-file";
  out.place.file = path;
  out.value = file.text.substr(0, file.text.find_last_not_of("\r\n") + 1);
  wipe(file.text);
  if (trim(out.value).empty())
    throw ConfigError(78, path + " (" + named_by + "): the file is empty; it holds the API key alone, on one line.");
  remark_mode(file.mode, path, key_setting, environment, settings);
  return out;
}

void find_login(const Environment& environment, Resolver& resolver, Settings& settings) {
  const auto key = resolver.strongest(key_setting), token = resolver.strongest(token_setting);
  const bool has_key = key && !key->value.empty(), has_token = token && !token->value.empty();
  if (has_key) {
    settings.wandb.kind = WandbAccess::Kind::api_key;
    settings.wandb.origin_setting = key_setting;
    if (has_token && key->place.kind == "environment" && token->place.kind == "environment") {
      remark(settings, token_setting, "two-logins",
             "WANDB_API_KEY and WANDB_IDENTITY_TOKEN_FILE are both in the environment; the key is used here.",
             "One of the two. Today's client refuses to log in with both.", "Remove one of them from the environment.");
    }
  } else if (has_token) {
    read_identity_token(*token, environment, settings);
  }
  look_into_netrc(has_key ? key->value : "", environment, resolver, settings);
}

}  // namespace wbverify
