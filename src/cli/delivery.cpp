#include "cli/delivery.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "checks/catalog.hpp"
#include "util/limits.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

bool is_pipe(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode);
}

}  // namespace

Delivery::Delivery(const Arguments& arguments, Context& context)
    : arguments_(arguments),
      context_(context),
      json_(arguments.format == Format::json || arguments.output == "-"),
      screen_(arguments.record == "-" ? context.err : context.out),
      reporter_(screen_, style_of(arguments, context, screen_)),
      // Behind a pipe there may be a pager on the same terminal.
      progress_(!arguments.no_progress && can_redraw(context.environment, context.err_is_terminal) &&
                    !is_pipe(context.out.fd()),
                context.err.fd(), columns(context.environment, context.err.fd()), wants_unicode(context.environment)) {
  for (const auto* path : {&arguments.output, &arguments.record}) {
    if (!path->empty() && *path != "-") expect_writable(*path);
  }
}

void Delivery::begin(const RunInfo& run) {
  if (!json_) reporter_.heading(run);
}

void Delivery::result(const Plugin& plugin, const CheckResult& result) {
  progress_.erase();
  if (!json_) reporter_.result(plugin, result);
}

void Delivery::progress(int settled, int total, const std::vector<std::string>& busy) {
  if (!json_) reporter_.pause();
  progress_.update(settled, total, busy);
}

void Delivery::write(const std::string& what, const std::string& path, const std::string& text) {
  if (path.empty()) return;
  if (path == "-") {
    context_.out << text << std::flush;
    return;
  }
  try {
    write_file(path, text);
    written_.emplace_back(what, path);
  } catch (const OutputError& error) {
    tell(context_, error.what());
    lost_ = true;
  }
}

int Delivery::end(const Report& report, const Record* record) {
  progress_.erase();
  const std::string json = json_ || !arguments_.output.empty() ? render_json(report) : std::string();
  if (!arguments_.output.empty() && arguments_.output != "-") write("Report", arguments_.output, json);
  if (record != nullptr && !arguments_.record.empty()) write("Record", arguments_.record, encode_record(*record));
  if (json_) {
    context_.out << json << std::flush;
  } else {
    reporter_.finish(report, written_);
  }
  // Whoever reads only the first lines (`| head`) has seen what they wanted.
  if (const int error = context_.out.error(); error != 0 && error != EPIPE) {
    tell(context_, std::string("cannot write the report to standard output: ") + to_lower(std::strerror(error)));
    lost_ = true;
  }
  if (!lost_) return report.run.exit_status;
  if (const std::string lacking = noted_shortage(); !lacking.empty() && report.run.exit_status != 1) {
    tell(context_, lacking);
    return 70;
  }
  return report.run.exit_status == 0 ? 74 : report.run.exit_status;
}

int Delivery::deliver(const Report& report, const Record* record) {
  begin(report.run);
  for (const auto& result : report.results) {
    for (const auto& plugin : catalog()) {
      if (result.check.starts_with(plugin.service + ".")) this->result(plugin, result);
    }
  }
  return end(report, record);
}

}  // namespace wbverify
