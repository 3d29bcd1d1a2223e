#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/arguments.hpp"

namespace wbverify {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string usage_error(const std::vector<std::string>& arguments) {
  try {
    parse_arguments(arguments);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

std::string help(const std::vector<std::string>& arguments) {
  try {
    parse_arguments(arguments);
  } catch (const HelpRequest& request) {
    return request.what();
  }
  return "no help";
}

TEST(Arguments, RunIsTheDefault) {
  const Arguments arguments = parse_arguments({});
  EXPECT_EQ(arguments.command, "run");
  EXPECT_EQ(arguments.timeout, milliseconds(60000));
  EXPECT_EQ(arguments.wait, milliseconds(0));
  EXPECT_FALSE(arguments.fail_on.has_value());
  EXPECT_EQ(arguments.format, Format::terminal);
}

TEST(Arguments, OptionsOfARun) {
  const std::vector<std::string> options = {"--config",
                                            "a.yaml",
                                            "--env-file",
                                            "one.env",
                                            "--env-file=two.env",
                                            "--ca-file",
                                            "ca.pem",
                                            "--dns-server",
                                            "127.0.0.1:5353",
                                            "--api-key-file",
                                            "api-key",
                                            "--entity",
                                            "vision",
                                            "--entity=nlp",
                                            "--deep",
                                            "--only",
                                            "mysql.*,tls",
                                            "--only",
                                            "bucket",
                                            "--skip",
                                            "redis",
                                            "--read-only",
                                            "--timeout",
                                            "1500ms",
                                            "--wait",
                                            "2m",
                                            "--fail-on",
                                            "warn",
                                            "--format",
                                            "json",
                                            "--output",
                                            "report.json",
                                            "--record",
                                            "record.json",
                                            "-v",
                                            "--color",
                                            "never",
                                            "--no-progress"};
  for (const bool named : {false, true}) {
    std::vector<std::string> words = options;
    if (named) words.insert(words.begin() + 2, "run");
    const Arguments arguments = parse_arguments(words);
    EXPECT_EQ(arguments.command, "run");
    EXPECT_EQ(arguments.config_file, "a.yaml");
    EXPECT_THAT(arguments.env_files, ElementsAre("one.env", "two.env"));
    EXPECT_THAT(arguments.ca_files, ElementsAre("ca.pem"));
    EXPECT_EQ(arguments.dns_server, "127.0.0.1:5353");
    EXPECT_EQ(arguments.api_key_file, "api-key");
    EXPECT_THAT(arguments.entities, ElementsAre("vision", "nlp"));
    EXPECT_TRUE(arguments.deep);
    EXPECT_THAT(arguments.only, ElementsAre("mysql.*", "tls", "bucket"));
    EXPECT_THAT(arguments.skip, ElementsAre("redis"));
    EXPECT_TRUE(arguments.read_only);
    EXPECT_EQ(arguments.timeout, milliseconds(1500));
    EXPECT_EQ(arguments.wait, milliseconds(120000));
    EXPECT_EQ(arguments.fail_on, FailOn::warn);
    EXPECT_EQ(arguments.format, Format::json);
    EXPECT_EQ(arguments.output, "report.json");
    EXPECT_EQ(arguments.record, "record.json");
    EXPECT_TRUE(arguments.verbose);
    EXPECT_EQ(arguments.colour, ColourChoice::never);
    EXPECT_TRUE(arguments.no_progress);
  }
}

TEST(Arguments, TheCommandMayStandAnywhere) {
  EXPECT_EQ(parse_arguments({"--config", "plan", "plan"}).command, "plan");
  EXPECT_EQ(parse_arguments({"--only", "list", "run", "-q"}).command, "run");
  EXPECT_EQ(parse_arguments({"replay", "-"}).operand, "-");
  EXPECT_EQ(parse_arguments({"replay", "-v", "a file"}).operand, "a file");
  EXPECT_EQ(parse_arguments({"explain", "mysql.variables/binlog_format"}).operand, "mysql.variables/binlog_format");
  EXPECT_THAT(parse_arguments({"list", "mysql", "tls.*"}).patterns, ElementsAre("mysql", "tls.*"));
  EXPECT_TRUE(parse_arguments({"cleanup", "--dry-run"}).dry_run);
  EXPECT_TRUE(parse_arguments({"version", "--short"}).short_version);
  EXPECT_TRUE(parse_arguments({"--version"}).short_version);
}

TEST(Arguments, TheLastOneCounts) {
  EXPECT_EQ(parse_arguments({"--timeout", "1s", "--timeout", "2s"}).timeout, milliseconds(2000));
}

TEST(Arguments, ErrorsNameWhatIsMeant) {
  EXPECT_THAT(usage_error({"--tiemout", "3s"}), AllOf(HasSubstr("--tiemout"), HasSubstr("nearest is --timeout")));
  EXPECT_THAT(usage_error({"--tiemout=3s"}), HasSubstr("nearest is --timeout"));
  EXPECT_THAT(usage_error({"lst"}), HasSubstr("nearest is list"));
  EXPECT_THAT(usage_error({"mysql"}), HasSubstr("wbverify --help"));
  EXPECT_THAT(usage_error({"list", "--timeout", "3s"}), HasSubstr("list has no option"));
  EXPECT_THAT(usage_error({"run", "mysql"}), HasSubstr("`mysql`"));
  EXPECT_THAT(usage_error({"-x"}), HasSubstr("`-x`"));
  EXPECT_THAT(usage_error({"--timeout"}), HasSubstr("--timeout needs a value"));
  EXPECT_THAT(usage_error({"--timeout", "20"}), HasSubstr("20s"));
  EXPECT_THAT(usage_error({"--timeout", "1ms"}), HasSubstr("at least"));
  EXPECT_THAT(usage_error({"--timeout", "49ms"}), HasSubstr("at least 50ms"));
  EXPECT_EQ(parse_arguments({"--timeout", "50ms"}).timeout, milliseconds(50));
  EXPECT_THAT(usage_error({"--format", "xml"}), HasSubstr("terminal or json"));
  EXPECT_THAT(usage_error({"--fail-on", "info"}), HasSubstr("fail or warn"));
  EXPECT_THAT(usage_error({"--color", "blue"}), HasSubstr("auto, always or never"));
  EXPECT_THAT(usage_error({"--dns-server", "dns.example.com"}), HasSubstr("192.0.2.1:53"));
  EXPECT_THAT(usage_error({"--output", "--format"}), HasSubstr("file name"));
  EXPECT_THAT(usage_error({"--output", ""}), HasSubstr("file name"));
  EXPECT_THAT(usage_error({"-v", "-q"}), HasSubstr("contradict"));
  EXPECT_THAT(usage_error({"--format", "json", "--record", "-"}), HasSubstr("standard output"));
  EXPECT_THAT(usage_error({"replay"}), HasSubstr("FILE"));
  EXPECT_THAT(usage_error({"explain"}), HasSubstr("ID"));
  EXPECT_THAT(usage_error({"version", "--short=maybe"}), HasSubstr("--short"));
  EXPECT_EQ(usage_error({"\x1b[31m"}).find('\x1b'), std::string::npos);
}

TEST(Arguments, HelpOfEverything) {
  EXPECT_THAT(help({"--help"}), AllOf(HasSubstr("Usage: wbverify"), HasSubstr("Exit status"), HasSubstr("Examples"),
                                      HasSubstr("--read-only")));
  EXPECT_THAT(help({"-h"}), HasSubstr("Exit status"));
  EXPECT_THAT(help({"help"}), HasSubstr("Exit status"));
  EXPECT_THAT(help({"help", "plan"}), HasSubstr("Usage: wbverify plan"));
  for (const char* command : {"run", "plan", "config", "list", "explain", "replay", "cleanup", "version", "schema"}) {
    EXPECT_THAT(help({"--help"}), HasSubstr(std::string("\n  ") + command));
    const std::string text = help({command, "--help"});
    EXPECT_THAT(text, HasSubstr(std::string("Usage: wbverify ") + command));
    std::size_t start = 0;
    for (std::size_t end; (end = text.find('\n', start)) != std::string::npos; start = end + 1)
      EXPECT_LE(end - start, 82U) << text.substr(start, end - start);
  }
}

TEST(Values, Durations) {
  EXPECT_EQ(parse_duration("20s"), milliseconds(20000));
  EXPECT_EQ(parse_duration("2m"), milliseconds(120000));
  EXPECT_EQ(parse_duration("1500ms"), milliseconds(1500));
  EXPECT_EQ(parse_duration("24h"), milliseconds(86400000));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
  for (const char* bad : {"", "20", "s", "ms", "1.5s", "-1s", "+1s", " 1s", "1 s", "1s ", "1S", "0x1s", "25h",
                          "99999999999999999999s", "1d", "1m30s", "m"}) {
    EXPECT_FALSE(parse_duration(bad).has_value()) << bad;
  }
}

TEST(Values, DnsServers) {
  EXPECT_EQ(parse_dns_server("192.0.2.1"), "192.0.2.1:53");
  EXPECT_EQ(parse_dns_server("192.0.2.1:5353"), "192.0.2.1:5353");
  EXPECT_EQ(parse_dns_server("2001:db8::1"), "[2001:db8::1]:53");
  EXPECT_EQ(parse_dns_server("[2001:db8::1]"), "[2001:db8::1]:53");
  EXPECT_EQ(parse_dns_server("[2001:db8::1]:5353"), "[2001:db8::1]:5353");
  for (const char* bad : {"", ":53", "dns", "dns:53", "192.0.2:53", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536",
                          "192.0.2.1:x", "[192.0.2.1]:53", "[::1", "::1]:53", "[]:53"}) {
    EXPECT_FALSE(parse_dns_server(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace wbverify
