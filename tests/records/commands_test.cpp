// What Fix and Reproduce hand to people to paste: nothing that stands in a record runs by itself, begins a line or is taken for an option.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "util/json.hpp"
#include "util/text.hpp"
#include "walk.hpp"

namespace wbverify::walk {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t tries = 3;   // of many texts at once, for each of the facts
/// Without quotes, and such as ends either kind of them.
constexpr const char* const shell_texts[] = {"x'$(touch MARK)`touch MARK`\n; touch MARK;#", "x'$(touch MARK)'", "x\"$(touch MARK)\"", "x$(touch MARK)"};
constexpr const char* const options[] = {"-Zrf", "--Zconfig=x"};

/// Which text of which check a person would paste, and where it came from.
using Pasted = std::map<std::string, std::string>;

/// Programs with which a line of Fix that is a command begins; other lines are sentences and settings.
bool is_program(const std::string& word) {
  static const std::set<std::string> programs = {"aws", "cat", "chmod", "chown", "curl", "date", "dig", "docker", "env", "file", "gcloud", "getent", "grep", "head", "ip", "kubectl", "ls",
                                                 "mc", "mysql", "nc", "openssl", "printf", "radosgw-admin", "sed", "stat", "systemctl", "timedatectl", "timeout", "wandb", "wbverify", "wc"};
  return programs.contains(word) || word.starts_with("AWS_ACCESS_KEY_ID=") || word.starts_with("WANDB_BASE_URL=") || word.starts_with("MYSQL_PWD=");
}

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

/// The commands of a text: in Reproduce all of it, in Fix the lines that begin with a program, also behind a colon.
std::vector<std::string> commands(const CheckResult& result) {
  std::vector<std::string> out = {result.finding.reproduce};
  for (const auto& line : split(result.finding.fix, '\n')) {
    const std::string text(trim(line));
    const auto colon = text.find(": ");
    if (is_program(first_word(text))) {
      out.push_back(text);
    } else if (colon != std::string::npos && is_program(first_word(text.substr(colon + 2)))) {
      out.push_back(text.substr(colon + 2));
    }
  }
  return out;
}

/// Judged a hundred times as long as others: one text has to do.
bool is_large(const ProbeSpec& probe) { return shape_of(probe).filled.size() > 20000; }

/// As a shell takes them apart, without their quotes.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> out(1);
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\\' && quote != '\'' && i + 1 < command.size()) {
      out.back() += command[++i];
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == ' ' || c == '\n')) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  std::erase(out, "");
  return out;
}

void walk(const ProbeSpec& probe, const std::string& text, const std::function<void(const CheckResult&, const std::string& where)>& see) {
  const Shape shape = shape_of(probe);
  std::set<std::string> seen;
  const auto judged = [&](const json& facts, const std::string& where) {
    for (const auto& result : judge(probe, replayed(probe, dump_json(facts)), scene())) see(result, where);
  };
  static std::map<std::string, std::vector<json>> found;
  if (!found.contains(probe.id)) found[probe.id] = bases(probe, shape);
  for (const json& base : found[probe.id]) {
    const auto places = texts(shape, base);
    for (const auto& place : new_kinds(shape, base, places, seen)) {
      json facts = base;
      put(facts, place, text);
      judged(facts, place.str());
    }
    for (std::uint64_t some = 0; some < tries; ++some) judged(sprinkled(base, places, some, [&] { return text; }), "some at once");
  }
}

/// The texts of which one made the file MARK, run by a shell that finds no program but `touch`.
std::vector<std::string> run_in_jail(const Pasted& pasted) {
  std::string folder = (fs::temp_directory_path() / "wbverify-jail-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error(folder);
  const fs::path jail(folder);
  for (const char* part : {"bin", "scripts", "work"}) fs::create_directory(jail / part);
  fs::create_symlink("/usr/bin/touch", jail / "bin/touch");
  std::vector<const Pasted::value_type*> numbered;
  for (const auto& each : pasted) {
    std::ofstream(jail / "scripts" / std::to_string(numbered.size())) << each.first << "\n";
    numbered.push_back(&each);
  }
  // noclobber: what a command would write to, such as an intermediate certificate, is never overwritten.
  std::ofstream(jail / "all") << "cd '" << folder << "/work' || exit 1\n"
                              << "i=0; while [ $i -lt " << numbered.size() << " ]; do\n"
                              << "  PATH='" << folder << "/bin' /usr/bin/timeout 5 /bin/sh -C ../scripts/$i </dev/null >/dev/null 2>&1\n"
                              << "  if [ -e MARK ]; then echo $i >>../marked; fi; [ \"$(echo *)\" = '*' ] || rm -rf ./*\n"
                              << "  i=$((i + 1))\ndone\n";
  std::vector<std::string> out;
  if (std::system(("/bin/sh '" + folder + "/all'").c_str()) != 0) out.push_back("the jail did not run");
  std::ifstream marked(jail / "marked");
  for (std::size_t number = 0; marked >> number;) out.push_back(numbered[number]->second + "\n  " + numbered[number]->first);
  fs::remove_all(jail);
  return out;
}

class CommandsOf : public testing::TestWithParam<const ProbeSpec*> {};

TEST(Jail, MarksWhatRuns) {
  EXPECT_EQ(run_in_jail({{"curl x'$(touch MARK)'", "a"}, {"echo \"x$(touch MARK)\"", "b"}, {"ls -- 'x'\\''$(touch MARK)'", "c"}}).size(), 1U);
}

TEST_P(CommandsOf, RunNothingOfARecord) {
  Pasted pasted;
  const auto see = [&](const CheckResult& result, const std::string& where) {
    for (const std::string* text : {&result.finding.fix, &result.finding.reproduce}) {
      for (const auto& line : split(*text, '\n')) EXPECT_FALSE(trim(line).starts_with("; touch")) << result.id << " " << where << ": " << *text;
    }
    for (const auto& command : commands(result)) {
      if (command.find("touch MARK") != std::string::npos) pasted.emplace(command, result.id + " " + result.finding.cause + " " + where);
    }
  };
  for (const char* text : shell_texts) {
    walk(*GetParam(), text, see);
    if (is_large(*GetParam())) break;
  }
  for (const auto& marked : run_in_jail(pasted)) ADD_FAILURE() << marked;
  RecordProperty("commands", static_cast<int>(pasted.size()));
}

TEST_P(CommandsOf, TakeNoTextForAnOption) {
  std::set<std::string> told;
  for (const char* option : options) {
    if (!told.empty() || (option != options[0] && is_large(*GetParam()))) break;
    walk(*GetParam(), option, [&](const CheckResult& result, const std::string& where) {
      for (const auto& command : commands(result)) {
        std::string before;
        bool ended = false;
        for (const std::string& word : words_of(command)) {
          ended = (ended || word == "--") && word != "|" && word != "&&" && !before.ends_with(";");
          // What follows an option is its value, and what follows > a file to write to.
          const bool operand = !before.starts_with("-") && !before.starts_with(">");
          if (word.starts_with(option) && !ended && operand && told.insert(result.check + result.finding.cause).second) {
            ADD_FAILURE() << result.id << " " << result.finding.cause << " " << where << "\n  " << command;
          }
          before = word;
        }
      }
    });
  }
}

INSTANTIATE_TEST_SUITE_P(EveryProbe, CommandsOf, testing::ValuesIn(probes()), [](const auto& each) {
  std::string name = each.param->id;
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace wbverify::walk
