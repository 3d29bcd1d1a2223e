#include "checks/mysql/plugin_remedy.hpp"

#include <fmt/format.h>

#include <charconv>

#include "clients/mysql.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

std::string first_label(std::string_view host) { return std::string(host.substr(0, host.find('.'))); }

/// By standard input: nothing in the statement means anything to a shell on the way.
std::string kubectl(const MysqlFacts& facts, std::string_view sql) {
  const auto labels = split(host_word(facts.host), '.');
  const std::string space = labels.size() > 1 ? " -n " + labels[1] : "";
  return fmt::format(
      "kubectl{} exec -i statefulset/{} -- sh -c 'MYSQL_PWD=\"$MYSQL_ROOT_PASSWORD\" mysql -uroot' <<'SQL'\n{}\nSQL",
      space, labels.front(), sql);
}

/// The instance's (or cluster's) own parameter group, looked up by its address.
std::string rds_group(const MysqlFacts& facts, bool cluster) {
  const bool aurora_cluster = facts.host.find(".cluster-") != std::string::npos;
  if (cluster && aurora_cluster) {
    return fmt::format(
        "\"$(aws rds describe-db-clusters --query \"DBClusters[?Endpoint=='{}'].DBClusterParameterGroup\" --output "
        "text)\"",
        host_word(facts.host));
  }
  if (aurora_cluster) {
    return fmt::format(
        "\"$(aws rds describe-db-instances --query "
        "\"DBInstances[?DBClusterIdentifier=='{}'].DBParameterGroups[0].DBParameterGroupName | [0]\" "
        "--output text)\"",
        host_word(first_label(facts.host)));
  }
  return fmt::format(
      "\"$(aws rds describe-db-instances --query "
      "\"DBInstances[?Endpoint.Address=='{}'].DBParameterGroups[0].DBParameterGroupName\" --output text)\"",
      host_word(facts.host));
}

std::string rds_change(const MysqlFacts& facts, const VariableChange& change, bool aurora) {
  const bool cluster = aurora && change.cluster;
  const std::string method = change.restart || cluster ? "pending-reboot" : "immediate";
  std::string out = fmt::format(
      "aws rds modify-db-{0}parameter-group --db-{0}parameter-group-name {1} --parameters "
      "\"ParameterName={2},ParameterValue={3},ApplyMethod={4}\"",
      cluster ? "cluster-" : "", rds_group(facts, cluster), change.name, change.value, method);
  out += "\nA group called default.* cannot be changed: make one of your own first and give it to the ";
  out += cluster ? "cluster." : "instance.";
  if (method == "pending-reboot")
    out += " The value counts after a reboot that you start; the maintenance window does none.";
  return out;
}

std::string gcloud_change(const MysqlFacts& facts, const VariableChange& change) {
  const std::string address = host_word(facts.address.empty() ? facts.host : facts.address);
  const std::string instance =
      fmt::format("\"$(gcloud sql instances list --filter=ipAddresses.ipAddress={} --format='value(name)')\"", address);
  return fmt::format(
      "gcloud sql instances describe {0} --format='value(settings.databaseFlags)'\n"
      "gcloud sql instances patch {0} --database-flags={1}={2}\n"
      "The second command replaces the whole list: append every flag that the first one prints.",
      instance, change.name, change.value);
}

std::string azure_change(const MysqlFacts& facts, const VariableChange& change) {
  const std::string name = host_word(first_label(facts.host));
  return fmt::format(
      "az mysql flexible-server parameter set --server-name {0} --resource-group \"$(az mysql flexible-server list "
      "--query "
      "\"[?name=='{0}'].resourceGroup\" --output tsv)\" --name {1} --value {2}",
      name, change.name, change.value);
}

std::string own_change(const MysqlFacts& facts, const VariableChange& change, bool bundled) {
  const bool word = change.value.find_first_not_of("0123456789") != std::string::npos;
  const std::string literal = word ? sql_text(change.value) : change.value;
  if (change.restart) {
    return fmt::format("In my.cnf under [mysqld], then restart MySQL:\n  {} = {}", change.name,
                       change.value.empty() ? "''" : change.value);
  }
  const std::string statement = fmt::format("SET PERSIST {} = {};", change.name, change.value.empty() ? "''" : literal);
  if (bundled)
    return kubectl(facts, statement) +
           "\nThe value is kept in the data volume; a change of my.cnf in the chart's ConfigMap is overwritten at the "
           "next upgrade.";
  return fmt::format(
      "As an administrator, without a restart:\n  {}\nor in my.cnf under [mysqld], then restart MySQL:\n  {} = {}",
      statement, change.name, change.value.empty() ? "''" : change.value);
}

}  // namespace

std::string mysql_client(const MysqlPlace& place, std::string_view sql) {
  std::string tls;
  const std::string ca = !place.ca_files.empty()  ? place.ca_files.front()
                         : !place.ca_file.empty() ? place.ca_file
                                                  : "/etc/ssl/certs/ca-certificates.crt";
  if (place.tls_mode == "true" || place.tls_mode == "custom") {
    tls = " --ssl-mode=VERIFY_IDENTITY --ssl-ca=" + shell_quote(ca);
  } else if (place.tls_mode == "skip-verify") {
    tls = " --ssl-mode=REQUIRED";
  } else if (place.tls_mode == "preferred") {
    tls = " --ssl-mode=PREFERRED";
  } else {
    tls = " --ssl-mode=DISABLED --get-server-public-key";
  }
  return fmt::format("MYSQL_PWD=\"$MYSQL_PASSWORD\" mysql --protocol=TCP --host={} --port={} --user={}{} -e {} {}",
                     shell_quote(place.host), place.port, shell_quote(place.user), tls, shell_quote(sql),
                     shell_operand(place.database));
}

std::string mysql_openssl(const MysqlPlace& place) {
  const bool literal =
      place.host.find_first_not_of("0123456789.") == std::string::npos || place.host.find(':') != std::string::npos;
  const std::string ca = place.ca_files.empty() ? "" : " -CAfile " + shell_quote(place.ca_files.front());
  const std::string host = place.host.find(':') == std::string::npos ? place.host : "[" + place.host + "]";
  return fmt::format(
      "openssl s_client -starttls mysql -connect {}{}{} -showcerts </dev/null", shell_quote(host) + ":" + std::to_string(place.port),
      literal ? " -verify_ip " + shell_quote(place.host) : " -servername " + shell_quote(place.host) + " -verify_hostname " + shell_quote(place.host), ca);
}

std::string mysql_url(const MysqlPlace& place, std::uint16_t port, std::string_view query) {
  const std::string host = place.host.find(':') == std::string::npos ? place.host : "[" + place.host + "]";
  return fmt::format("mysql://{}:PASSWORD@{}:{}/{}{}", percent_encode(place.user), host, port,
                     percent_encode(place.database), query);
}

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + "'";
}

std::string sql_name(std::string_view name) { return mysql_quote_name(name); }

std::string mysql_account(const MysqlFacts& facts) {
  const std::string& current = facts.session.current_user;
  const auto at = current.rfind('@');
  if (at == std::string::npos) return sql_text(facts.user) + "@'%'";
  return sql_text(current.substr(0, at)) + "@" + sql_text(current.substr(at + 1));
}

std::string as_administrator(const MysqlFacts& facts, std::string_view sql) {
  const auto kind = mysql_flavour(facts).kind;
  if (kind == MysqlKind::bundled) return kubectl(facts, sql);
  return fmt::format(
      "As {}:\n  {}",
      mysql_flavour(facts).self_run() ? "an administrator of MySQL" : "the administrator of the instance", sql);
}

std::string set_variable(const MysqlFacts& facts, const VariableChange& change) {
  std::string out;
  switch (const auto kind = mysql_flavour(facts).kind; kind) {
    case MysqlKind::rds:
    case MysqlKind::aurora:
      out = rds_change(facts, change, kind == MysqlKind::aurora);
      break;
    case MysqlKind::cloud_sql:
      out = gcloud_change(facts, change);
      break;
    case MysqlKind::azure:
      out = azure_change(facts, change);
      break;
    default:
      out = own_change(facts, change, kind == MysqlKind::bundled);
      break;
  }
  if (change.reconnect && !change.restart)
    out += "\nThen restart the W&B server: connections that are open keep the old value.";
  return out;
}

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::string show_bytes(std::string_view digits) {
  const auto value = parse_number(digits);
  if (!value) return std::string(digits);
  constexpr std::string_view units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  std::uint64_t whole = *value, rest = 0;
  while (whole >= 1024 && unit + 1 < std::size(units)) {
    rest = whole % 1024;
    whole /= 1024;
    ++unit;
  }
  const auto tenth = rest * 10 / 1024;
  return tenth == 0 ? fmt::format("{} {}", whole, units[unit]) : fmt::format("{}.{} {}", whole, tenth, units[unit]);
}

}  // namespace wbverify
