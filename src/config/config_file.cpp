#include "config/config_file.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <sstream>

#include "config/go_values.hpp"
#include "config/load.hpp"
#include "config/own_file.hpp"
#include "config/variables.hpp"
#include "config/url.hpp"
#include "util/file.hpp"
#include "util/text.hpp"
#include "util/utf8.hpp"

namespace wbverify {
namespace {

/// Ends at the second document: LoadAll collects what yaml-cpp 0.7 takes for documents, and of some broken files that has no end.
class OneDocument : public YAML::EventHandler {
 public:
  std::optional<YAML::Mark> second;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) second = mark;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int documents_ = 0;
};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  ConfigFile read(const std::string& text) {
    // yaml-cpp takes a zero byte for the end of the file, and what is not UTF-8 for some other character.
    const std::size_t fault = std::min(utf8_fault(text), text.find('\0'));
    if (fault != std::string::npos) {
      const std::string_view before = std::string_view(text).substr(0, fault);
      const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
      YAML::Mark mark;
      mark.line = static_cast<int>(std::count(before.begin(), before.end(), '\n'));
      mark.column = column_of(before.substr(line_start), before.size()) - 1;
      refuse(mark, "not a text file: a byte that is not UTF-8");
    }
    YAML::Node root;
    try {
      std::istringstream stream(text);
      YAML::Parser parser(stream);
      OneDocument seen;
      while (!seen.second && parser.HandleNextDocument(seen)) {
      }
      if (seen.second) refuse(*seen.second, "a second document begins; the file holds one");
      root = YAML::Load(text);
    } catch (const YAML::Exception& error) {
      refuse(error.mark, "not YAML: " + sanitize(error.msg, 160));
    }
    if (!root || root.IsNull()) return {};
    const std::map<std::string, std::function<void(const YAML::Node&)>> keys = {
        {"env_file", [&](const YAML::Node& node) { out_.env_files = paths(node, "env_file"); }},
        {"ca_file", [&](const YAML::Node& node) { out_.ca_files = paths(node, "ca_file"); }},
        {"dns_server", [&](const YAML::Node& node) { read_dns_server(node); }},
        {"http_port", [&](const YAML::Node& node) { read_http_port(node); }},
        {"api_key_file", [&](const YAML::Node& node) { out_.api_key_file = path(node, "api_key_file"); }},
        {"entities", [&](const YAML::Node& node) { read_entities(node); }},
        {"deep", [&](const YAML::Node& node) { read_deep(node); }},
        {"settings", [&](const YAML::Node& node) { read_settings(node); }}};
    std::vector<std::string> names;
    for (const auto& [name, reader] : keys) names.push_back(name);
    each(root, "the file", [&](const std::string& key, const YAML::Node& key_node, const YAML::Node& value) {
      const auto at = keys.find(key);
      if (at != keys.end()) return at->second(value);
      const std::string near = nearest(key, names);
      // What is no word in small letters was not meant as a key, and may be a secret in the wrong place.
      const bool word = key.size() <= 30 && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_-") == std::string::npos;
      refuse(key_node.Mark(), "unknown key" + (word ? " " + key : std::string()) + (near.empty() ? "; known are " + join(names, ", ") : "; " + near + " is probably meant"));
    });
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(const YAML::Mark& mark, const std::string& text) const {
    const std::string place = mark.is_null() ? "" : " line " + std::to_string(mark.line + 1) + " column " + std::to_string(mark.column + 1);
    throw ConfigError(78, path_ + place + ": " + text + ".");
  }

  /// Calls `take` for every entry of a map; a key may stand there once.
  void each(const YAML::Node& node, const std::string& what, const std::function<void(const std::string&, const YAML::Node&, const YAML::Node&)>& take) const {
    if (!node.IsMap()) refuse(node.Mark(), what + " must be a map of keys and values");
    std::map<std::string, int> lines;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) refuse(entry.first.Mark(), "a key must be a word");
      const std::string& key = entry.first.Scalar();
      const auto [at, fresh] = lines.emplace(key, entry.first.Mark().line + 1);
      if (!fresh) refuse(entry.first.Mark(), "the key " + sanitize(key, 60) + " stands already in line " + std::to_string(at->second));
      // The mark of a missing value is that of whatever comes next.
      if (entry.second.IsNull()) refuse(entry.first.Mark(), sanitize(key, 60) + " has no value");
      take(key, entry.first, entry.second);
    }
  }

  /// The value is not shown in errors: it may be a secret that stands at the wrong place.
  std::string scalar(const YAML::Node& node, const std::string& key) const {
    if (node.IsNull()) refuse(node.Mark(), key + " has no value");
    if (!node.IsScalar()) refuse(node.Mark(), key + " must be one value, not a list or a map");
    return node.Scalar();
  }

  FileValue path(const YAML::Node& node, const std::string& key) const {
    const std::string named = scalar(node, key);
    if (named.empty()) refuse(node.Mark(), key + " names no file");
    return {key, beside(path_, named), node.Mark().line + 1};
  }

  /// One value, or a list of them.
  template <class Read>
  static std::vector<FileValue> one_or_more(const YAML::Node& node, Read read) {
    if (!node.IsSequence()) return {read(node)};
    std::vector<FileValue> out;
    for (const auto& item : node) out.push_back(read(item));
    return out;
  }

  std::vector<FileValue> paths(const YAML::Node& node, const std::string& key) const {
    return one_or_more(node, [&](const YAML::Node& item) { return path(item, key); });
  }

  void read_entities(const YAML::Node& node) {
    if (node.IsSequence() && node.size() > most_entities) refuse(node.Mark(), "entities must be at most " + std::to_string(most_entities));
    out_.entities = one_or_more(node, [&](const YAML::Node& item) {
      const std::string name = scalar(item, "entities");
      if (!is_entity_name(name)) refuse(item.Mark(), "entities must be names of teams or users, as they stand in addresses behind the host");
      return FileValue{"entities", name, item.Mark().line + 1};
    });
  }

  void read_deep(const YAML::Node& node) {
    const auto deep = go_bool(scalar(node, "deep"));
    if (!deep) refuse(node.Mark(), "deep must be true or false");
    out_.deep = *deep;
    out_.deep_line = node.Mark().line + 1;
  }

  void read_dns_server(const YAML::Node& node) {
    const std::string address = dns_address(scalar(node, "dns_server"));
    if (address.empty()) refuse(node.Mark(), "dns_server must be an address, with a port when it is not 53, such as 10.0.0.2 or 10.0.0.2:5353");
    out_.dns_server = {"dns_server", address, node.Mark().line + 1};
  }

  void read_http_port(const YAML::Node& node) {
    const auto port = go_integer(scalar(node, "http_port"));
    if (!port || *port < 1 || *port > 65535) refuse(node.Mark(), "http_port must be a number from 1 to 65535");
    out_.http_port = static_cast<int>(*port);
    out_.http_port_line = node.Mark().line + 1;
  }

  void read_settings(const YAML::Node& node) {
    each(node, "settings", [&](const std::string& key, const YAML::Node& key_node, const YAML::Node& value) {
      if (key.empty() || key.find_first_of(" \t=") != std::string::npos) refuse(key_node.Mark(), "settings holds a key that is no name of a variable");
      out_.settings.push_back({key, scalar(value, key), key_node.Mark().line + 1});
    });
  }

  const std::string& path_;
  ConfigFile out_;
};

}  // namespace

std::string dns_address(std::string_view text) {
  std::string_view address = text, port = "53";
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return "";
    address = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty()) {
      if (!rest.starts_with(':')) return "";
      port = rest.substr(1);
    }
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
    address = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto number = go_integer(port);
  if (!number || *number < 1 || *number > 65535) return "";
  if (is_ipv4(address)) return std::string(address) + ":" + std::to_string(*number);
  if (is_ipv6(address)) return "[" + to_lower(address) + "]:" + std::to_string(*number);
  return "";
}

bool is_entity_name(std::string_view text) {
  constexpr std::size_t longest = 128;
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  return !text.empty() && text.size() <= longest && text.front() != '-' && text != "." && text != ".." && text.find_first_not_of(allowed) == std::string_view::npos;
}

ConfigFile parse_config_file(const std::string& text, const std::string& path) {
  try {
    return Reader(path).read(text);
  } catch (const YAML::Exception& error) {
    throw ConfigError(78, path + ": not in the form of a configuration file: " + sanitize(error.msg, 160) + ".");
  }
}

ConfigFile read_config_file(const std::string& path, const std::map<std::string, std::string>& environment) {
  const OwnFile file = read_own_file(path, "configuration file");
  file.require_whole();
  ConfigFile out = parse_config_file(file.text, path);
  const bool secrets = std::any_of(out.settings.begin(), out.settings.end(), [](const FileValue& setting) { return may_hold_secret(setting.name); });
  check_permissions(file, secrets, environment, out.issues);
  return out;
}

}  // namespace wbverify
