#include "checks/mysql/facts_grants.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace wbverify {
namespace {

/// LIKE without case: what the privilege tables do with a database's name. Greedy with one point of return, the last
/// `%`, so that no pattern of a stranger's takes long.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, after_star = std::string_view::npos, mark = 0;
  const auto one = [&](std::size_t& at) {
    if (at >= pattern.size()) return false;
    if (pattern[at] == '_') {
      ++at;
      return true;
    }
    if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
    return iequals(pattern.substr(at++, 1), name.substr(n, 1));
  };
  while (n < name.size()) {
    std::size_t next = p;
    if (p < pattern.size() && pattern[p] == '%') {
      after_star = ++p;
      mark = n;
    } else if (one(next)) {
      p = next;
      ++n;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      n = ++mark;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('%', p) == std::string_view::npos;
}

/// A line in its parts: `GRANT <privileges> ON <database>.<object> TO …`.
struct Line {
  bool revoke = false;
  std::vector<std::string> privileges;
  std::string database;  ///< a pattern without its backticks, or `*`
  bool whole = false;    ///< the object is `*`
  bool grant_option = false;
};

/// The name at the start of `text`, in backticks, in double quotes (the server's sql_mode has ANSI_QUOTES) or bare;
/// what is left stays in `text`.
std::string take_name(std::string_view& text) {
  std::string name;
  const char quote = text.empty() ? '\0' : text.front();
  if (quote != '`' && quote != '"') {
    const auto end = std::min(text.find_first_of(". "), text.size());
    name = text.substr(0, end);
    text.remove_prefix(end);
    return name;
  }
  text.remove_prefix(1);
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == quote) {
      if (!text.starts_with(quote)) break;
      text.remove_prefix(1);
    }
    name += c;
  }
  return name;
}

/// Splits at commas outside of parentheses, which hold the columns of a column privilege.
std::vector<std::string> split_privileges(std::string_view text) {
  std::vector<std::string> out(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  for (auto& part : out) part = trim(part);
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

/// Nothing when the line is none of ours: a role that is given, a PROXY right, or words not understood (`understood`
/// false).
bool read_line(std::string_view text, Line& line, bool& understood) {
  understood = true;
  line.revoke = text.starts_with("REVOKE ");
  if (!line.revoke && !text.starts_with("GRANT ")) {
    understood = false;
    return false;
  }
  text.remove_prefix(line.revoke ? 7 : 6);
  if (text.find_first_of("`'\"") == 0) return false;  // GRANT `role`@`%` TO …
  const auto on = text.find(" ON ");
  if (on == std::string_view::npos) {
    understood = false;
    return false;
  }
  for (const auto& privilege : split_privileges(text.substr(0, on))) line.privileges.push_back(upper(privilege));
  text.remove_prefix(on + 4);
  for (const std::string_view word : {"PROCEDURE ", "FUNCTION ", "TABLE "}) {
    if (text.starts_with(word)) text.remove_prefix(word.size());
  }
  if (text.starts_with('\'')) return false;  // GRANT PROXY ON ''@'' TO …
  line.database = take_name(text);
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  line.whole = take_name(text) == "*";
  line.grant_option = text.find(" WITH GRANT OPTION") != std::string_view::npos;
  return true;
}

}  // namespace

const std::set<std::string>& mysql_database_privileges() {
  static const std::set<std::string> all = {
      "ALTER",       "ALTER ROUTINE", "CREATE",      "CREATE ROUTINE", "CREATE TEMPORARY TABLES",
      "CREATE VIEW", "DELETE",        "DROP",        "EVENT",          "EXECUTE",
      "INDEX",       "INSERT",        "LOCK TABLES", "REFERENCES",     "SELECT",
      "SHOW VIEW",   "TRIGGER",       "UPDATE"};
  return all;
}

MysqlRights sum_mysql_grants(const std::vector<std::string>& lines, std::string_view database) {
  MysqlRights rights;
  const auto& all = mysql_database_privileges();
  // Grants first: a partial REVOKE takes off what a global grant gave, wherever its line stands.
  for (const bool revokes : {false, true}) {
    for (const auto& text : lines) {
      Line line;
      bool understood = false;
      const bool counts = read_line(text, line, understood);
      if (!understood && !revokes) rights.unread.push_back(text);
      if (!counts || line.revoke != revokes || !line.whole) continue;
      if (line.database != "*" && !matches(line.database, database)) continue;
      for (const auto& privilege : line.privileges) {
        const bool everything = privilege == "ALL PRIVILEGES" || privilege == "ALL";
        for (const auto& one : all) {
          if (!everything && one != privilege) continue;
          if (revokes) {
            rights.privileges.erase(one);
          } else {
            rights.privileges.insert(one);
          }
        }
        if (privilege == "GRANT OPTION") rights.grant_option = !revokes;
      }
      if (line.grant_option && !revokes) rights.grant_option = true;
    }
  }
  return rights;
}

}  // namespace wbverify
