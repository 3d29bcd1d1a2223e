#include <array>
#include <iostream>
#include <utility>

#include "checks/catalog.hpp"
#include "cli/commands.hpp"
#include "cli/delivery.hpp"
#include "util/file.hpp"

namespace wbverify {
namespace {

/// A record holds the facts of one run; the largest seen are some hundred KiB.
constexpr std::size_t largest_record = 64 << 20;

std::string record_text(const std::string& path) {
  if (path == "-") {
    std::string text;
    std::array<char, 65536> block{};
    while (std::cin.read(block.data(), block.size()), std::cin.gcount() > 0) {
      text.append(block.data(), static_cast<std::size_t>(std::cin.gcount()));
      if (text.size() > largest_record) throw InputError("standard input is larger than any record: 64 MiB");
    }
    return text;
  }
  FileText file = read_file(path, largest_record);
  if (file.outcome != FileText::Outcome::read) throw InputError("cannot read " + path + ": " + file.error);
  if (file.too_large) throw InputError(path + " is larger than any record: 64 MiB");
  return std::move(file.text);
}

/// The JSON library's own error numbers help nobody.
std::string without_number(const std::string& text) {
  const auto end = text.find("] ");
  return text.starts_with("[json.exception") && end != std::string::npos ? text.substr(end + 2) : text;
}

}  // namespace

int replay_command(const Arguments& arguments, Context& context) {
  Delivery delivery(arguments, context);
  const auto record = decode_record(record_text(arguments.operand));
  if (!record) throw InputError(arguments.operand + " cannot be judged: " + without_number(record.error().text));
  auto report = judge_record(*record, catalog());
  if (!report) throw InputError(arguments.operand + " cannot be judged: " + report.error().text);
  // Exit status 2 says that the run was judged with --fail-on warn.
  const FailOn recorded = record->run.exit_status == 2 ? FailOn::warn : FailOn::fail;
  const int status = exit_status(*report, arguments.fail_on.value_or(recorded));
  if (!report->run.interrupted) report->run.exit_status = status;
  const int delivered = delivery.deliver(*report, nullptr);
  return report->run.interrupted ? status : delivered;
}

}  // namespace wbverify
