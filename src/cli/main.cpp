#include "cli/main.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include "cli/commands.hpp"
#include "cli/environment.hpp"
#include "config/load.hpp"
#include "core/secret.hpp"
#include "util/limits.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr int own_error = 70;

/// What a process that holds secrets does first.
void harden() {
  // A standard stream that is closed would be taken by the next socket, and the report be written into it.
  for (const int fd : {0, 1, 2}) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
      const int null = ::open("/dev/null", O_RDONLY);
  }
  ::umask(077);
  raise_limits();
  keep_secrets_in_memory();
  std::signal(SIGPIPE, SIG_IGN);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  // Every answer has its own bound; this one is for the kind nobody thought of. A run takes some 60 MiB of address space.
  rlimit data{};
  constexpr rlim_t most = 1 << 30;
  if (::getrlimit(RLIMIT_DATA, &data) == 0 && (data.rlim_cur == RLIM_INFINITY || data.rlim_cur > most)) {
    data.rlim_cur = most;
    ::setrlimit(RLIMIT_DATA, &data);
  }
#endif
}

/// Where nobody can catch it (a static object, a function that may not throw), running out of memory still ends with a sentence and a
/// status. Before all other static objects are made, hence the number.
[[gnu::constructor(101)]] void know_the_end() {
  std::set_terminate([] {
    try {
      if (const auto error = std::current_exception()) std::rethrow_exception(error);
    } catch (const std::bad_alloc&) {
      constexpr std::string_view text = "wbverify: out of memory (see ulimit -v and ulimit -d)\n";
      [[maybe_unused]] const auto written = ::write(2, text.data(), text.size());
      ::_exit(own_error);
    } catch (...) {   // NOLINT(bugprone-empty-catch): as without a handler
    }
    std::abort();
  });
}

/// The threads mostly wait: one heap serves them all, where glibc would give each its own.
void share_heap() {
#ifdef M_ARENA_MAX
  ::mallopt(M_ARENA_MAX, 1);
#endif
}

int dispatch(const Arguments& arguments, Context& context) {
  static constexpr std::pair<const char*, int (*)(const Arguments&, Context&)> commands[] = {
      {"run", run_command},         {"plan", plan_command},       {"config", config_command},
      {"list", list_command},       {"explain", explain_command}, {"replay", replay_command},
      {"cleanup", cleanup_command}, {"version", version_command}, {"schema", schema_command}};
  const bool asks = arguments.command == "run" || arguments.command == "cleanup";
  if (const std::string lacking = asks ? too_little_memory() : ""; !lacking.empty()) {
    tell(context, lacking);
    return own_error;
  }
  for (const auto& [name, command] : commands) {
    if (arguments.command == name) return command(arguments, context);
  }
  throw UsageError("there is no command " + arguments.command);
}

/// A file that cannot be read or written because this machine has no more to give is no fault of the file.
int unless_short(int status, Context& context) {
  const std::string lacking = noted_shortage();
  if (lacking.empty()) return status;
  tell(context, lacking);
  return own_error;
}

int guarded(int argc, char** argv, Context& context) {
  try {
    return dispatch(parse_arguments({argv + (argc > 0 ? 1 : 0), argv + argc}), context);
  } catch (const HelpRequest& help) {
    context.out << help.what();
    return 0;
  } catch (const UsageError& error) {
    tell(context, error.what());
    return 64;
  } catch (const SelectionError& error) {
    tell(context, error.what());
    return 64;
  } catch (const ConfigError& error) {
    tell(context, error.what());
    return unless_short(error.exit_status(), context);
  } catch (const InputError& error) {
    tell(context, error.what());
    return unless_short(77, context);
  } catch (const OutputError& error) {
    tell(context, error.what());
    return unless_short(77, context);
  } catch (const std::bad_alloc&) {
    note_shortage("memory");
    tell(context, "out of memory. " + noted_shortage());
    return own_error;
  } catch (const std::exception& error) {
    tell(context, std::string("internal error: ") + error.what());
    return own_error;
  }
}

}  // namespace

int cli_main(int argc, char** argv) {
  harden();
  share_heap();
  Output out(1), err(2);
  Context context{take_environment(), out, err, ::isatty(1) == 1, ::isatty(2) == 1};
  int status = guarded(argc, argv, context);
  out.flush();
  if (out.error() != 0 && out.error() != EPIPE && status == 0) {
    tell(context, std::string("cannot write to standard output: ") + to_lower(std::strerror(out.error())));
    status = unless_short(74, context);
  }
  // Threads that were given up may still be at work; they must not meet what a return takes down.
  if (status == own_error) {
    err.flush();
    std::_Exit(status);
  }
  return status;
}

}  // namespace wbverify
