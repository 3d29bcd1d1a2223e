#include <algorithm>

#include "checks/config/checks.hpp"
#include "checks/config/plugin_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// What the environment files hold that Docker takes and others do not.
void judge_env_files(const ConfigFacts& facts, Findings& findings) {
  if (facts.env_files.empty()) return;
  Finding finding = passed(join(facts.env_files, ", "));
  finding.row = "env-file";
  finding.title = "The environment file reads the same for everybody";
  for (const SettingIssue& issue : facts.issues) {
    if (issue.kind == "permissions" || std::find(facts.env_files.begin(), facts.env_files.end(), issue.setting) == facts.env_files.end()) continue;
    if (finding.status == Status::warn) {
      finding.observed += " " + issue.observed;
      finding.fix += "\n" + issue.fix;
      continue;
    }
    finding.status = Status::warn;
    finding.cause = issue.cause;
    finding.observed = issue.observed;
    finding.expected = issue.expected;
    finding.why = "The same file gives other values to Docker than to a shell, to systemd or to Kubernetes.";
    finding.fix = issue.fix;
    finding.reproduce = "file " + shell_operand(issue.setting);
  }
  findings.push_back(std::move(finding));
}

/// Who may read the files of the settings, and who may change them: HOST decides who gets the API key.
void judge_permissions(const ConfigFacts& facts, Findings& findings) {
  Finding finding = passed("only their owner may read or change them");
  finding.row = "permissions";
  finding.title = "Nobody else reads or changes the files of the settings";
  for (const SettingIssue& issue : facts.issues) {
    if (issue.kind != "permissions") continue;
    const bool first = finding.status == Status::pass;
    finding.status = Status::warn;
    finding.observed = first ? issue.observed : finding.observed + " " + issue.observed;
    finding.fix += (first ? "" : "\n") + issue.fix;
    finding.expected = issue.expected;
    if (first || issue.cause == "writable-by-others") finding.cause = issue.cause;
  }
  if (finding.status == Status::pass && facts.env_files.empty()) return;
  if (finding.status != Status::pass) {
    finding.why = finding.cause == "readable-by-others"
                      ? "Every account on this machine can read the passwords of the database and the bucket."
                      : "Who changes HOST, MYSQL or BUCKET gets the API key and the passwords: wbverify sends them where these settings point.";
  }
  findings.push_back(std::move(finding));
}

Finding judge_file(const NamedFile& file, const Scene& scene) {
  Finding finding;
  finding.row = finding.setting = file.setting;
  finding.title = "The file that " + file.setting + " names holds certificates";
  if (file.outcome == "missing") {
    Finding skip = skipped(file.path + " is not on this machine: it is a path within the server's container. To have it trusted here as well, name a copy with --ca-file.");
    skip.row = file.setting;
    skip.title = finding.title;
    return skip;
  }
  if (file.outcome == "read" && file.fault.empty()) {
    finding.observed = file.path + ", " + std::to_string(file.certificates) + (file.certificates == 1 ? " certificate" : " certificates");
    return finding;
  }
  finding.expected = "A PEM file of the certificate authorities that are to be trusted.";
  finding.why = "Whoever reads it finds no authority to trust, and every TLS connection that depends on it fails.";
  finding.reproduce = "openssl x509 -in " + shell_quote(file.path) + " -noout -subject";
  if (file.outcome != "read") {
    finding.status = Status::unknown;
    finding.blame = Blame::machine;
    finding.cause = "unreadable";
    finding.observed = file.path + " cannot be read here: " + file.error + ".";
    finding.fix = "Run wbverify as a user who may read it, or name a copy: wbverify --ca-file COPY";
    return finding;
  }
  finding.status = Status::fail;
  finding.cause = "not-pem";
  finding.observed = file.path + ": " + file.fault + ".";
  finding.fix = "Write the certificate of the authority into " + file.path + ", in PEM form; a DER file is converted by: openssl x509 -inform der -in FILE -out " + shell_quote(file.path) +
                "\n" + scene.origin(file.setting) + " names the file.";
  return finding;
}

Findings judge(const ConfigFacts& facts, const Scene& scene) {
  Findings findings;
  judge_env_files(facts, findings);
  judge_permissions(facts, findings);
  for (const NamedFile& file : facts.files) findings.push_back(judge_file(file, scene));
  if (findings.empty()) findings.push_back(skipped("No setting names a file."));
  return findings;
}

}  // namespace

CheckSpec config_files() {
  CheckSpec spec;
  spec.id = "config.files";
  spec.probe = "config";
  spec.title = "The files behind the settings are what they should be";
  return make_check<ConfigFacts>(std::move(spec), judge);
}

}  // namespace wbverify
