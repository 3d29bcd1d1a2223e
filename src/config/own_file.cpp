#include "config/own_file.hpp"

#include <unistd.h>

#include "config/load.hpp"
#include "util/encoding.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::size_t largest = 1U << 20;   // a hundred times the longest environment file that makes sense

}  // namespace

void OwnFile::require_whole() const {
  if (!too_large) return;
  throw ConfigError(78, path + " line 1: the file has " + std::to_string(size) + " bytes; at most " + std::to_string(largest) + " are read.");
}

OwnFile read_own_file(const std::string& path, std::string_view what) {
  FileText file = read_file(path, largest);
  if (file.outcome != FileText::Outcome::read) {
    throw ConfigError(77, path + ": the " + std::string(what) + " cannot be read: " + file.error + ".");
  }
  return {path, std::move(file.text), file.too_large, file.size, file.mode, file.mode != 0 && file.owner != 0 && ::geteuid() != 0 && file.owner != ::geteuid()};
}

bool is_mounted_secret(const std::string& path, const std::map<std::string, std::string>& environment) {
  return path.starts_with("/run/secrets/") || path.starts_with("/var/run/secrets/") || environment.contains("KUBERNETES_SERVICE_HOST");
}

std::string mode_text(unsigned mode) {
  return {'0', static_cast<char>('0' + (mode >> 6U & 7U)), static_cast<char>('0' + (mode >> 3U & 7U)), static_cast<char>('0' + (mode & 7U))};
}

void check_permissions(const OwnFile& file, bool holds_secrets, const std::map<std::string, std::string>& environment, std::vector<SettingIssue>& issues) {
  constexpr unsigned writable = 022, readable = 004;   // group access to read is given on purpose; the group of a service manager, for example
  if (file.mode == 0 || is_mounted_secret(file.path, environment)) return;
  SettingIssue issue;
  issue.setting = sanitize(file.path, 256);
  issue.kind = "permissions";
  issue.fix = "chmod 600 " + shell_quote(file.path);
  if ((file.mode & writable) != 0) {
    issue.cause = "writable-by-others";
    issue.observed = "Others than its owner may change " + issue.setting + ", mode " + mode_text(file.mode) + ".";
  } else if (file.of_another) {
    issue.cause = "owned-by-another";
    issue.observed = issue.setting + " belongs to another user, who may change it.";
    issue.fix = "chown \"$(id -un)\" " + shell_quote(file.path) + " && " + issue.fix;
  } else if ((file.mode & readable) != 0 && holds_secrets) {
    issue.cause = "readable-by-others";
    issue.observed = "Everybody on this machine may read " + issue.setting + ", which holds secrets; its mode is " + mode_text(file.mode) + ".";
  } else {
    return;
  }
  issue.expected = "Mode 0600, and this user or root as its owner.";
  issues.push_back(std::move(issue));
}

int count_certificates(std::string_view text, std::string& fault) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
  int count = 0, number = 0, started = 0;
  std::string body;
  fault.clear();
  for (std::size_t at = 0; at < text.size() && fault.empty();) {
    const std::size_t stop = std::min(text.find('\n', at), text.size());
    const std::string_view line = trim(text.substr(at, stop - at));
    at = stop + 1;
    ++number;
    if (line == begin) {
      if (started > 0) fault = "line " + std::to_string(number) + ": a certificate begins before the one of line " + std::to_string(started) + " ends";
      started = number;
      body.clear();
    } else if (line == end) {
      const auto der = base64_decode(body);
      // A certificate is a SEQUENCE with a length of two or more octets.
      const bool sequence = der && der->size() > 64 && (*der)[0] == '\x30' && static_cast<unsigned char>((*der)[1]) >= 0x81;
      if (started == 0 || !sequence) fault = "line " + std::to_string(started == 0 ? number : started) + ": what stands here is no certificate";
      started = 0;
      ++count;
    } else if (started > 0) {
      body += line;
    }
  }
  if (fault.empty() && started > 0) fault = "line " + std::to_string(started) + ": the certificate that begins here has no end";
  if (!fault.empty()) return 0;
  if (count == 0) {
    const bool key = text.find("PRIVATE KEY-----") != std::string_view::npos;
    const bool der = text.starts_with('\x30');
    fault = key ? "it holds a private key and no certificate" : der ? "it is DER, not PEM; openssl x509 -inform der converts it" : "it holds no line " + std::string(begin);
  }
  return count;
}

void require_ca_file(const std::string& path, const std::string& named_by) {
  const OwnFile file = read_own_file(path, "file of certificate authorities (" + named_by + ")");
  std::string fault;
  count_certificates(file.text, fault);
  // A bundle of a whole system may be longer than what is read; its beginning is enough to see what it is.
  if (file.too_large && fault.find("no end") != std::string::npos) return;
  if (!fault.empty()) throw ConfigError(78, path + " (" + named_by + "): not a PEM file of certificate authorities: " + fault + ".");
}

}  // namespace wbverify
