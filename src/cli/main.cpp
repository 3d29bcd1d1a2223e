#include "cli/main.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <utility>

#include "cli/commands.hpp"
#include "cli/environment.hpp"
#include "config/load.hpp"
#include "util/limits.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// What a process that holds secrets does first.
void harden() {
  // A standard stream that is closed would be taken by the next socket, and the report be written into it.
  for (const int fd : {0, 1, 2}) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
      const int null = ::open("/dev/null", O_RDONLY);
  }
  ::umask(077);
  raise_limits();
  std::signal(SIGPIPE, SIG_IGN);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  // Every answer has its own bound; this one is for the kind nobody thought of. A run takes some 60 MiB, and 8 for each thread's stack.
  rlimit data{};
  constexpr rlim_t most = 1 << 30;
  if (::getrlimit(RLIMIT_DATA, &data) == 0 && (data.rlim_cur == RLIM_INFINITY || data.rlim_cur > most)) {
    data.rlim_cur = most;
    ::setrlimit(RLIMIT_DATA, &data);
  }
#endif
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
  for (const auto& [name, command] : commands) {
    if (arguments.command == name) return command(arguments, context);
  }
  throw UsageError("there is no command " + arguments.command);
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
    return error.exit_status();
  } catch (const InputError& error) {
    tell(context, error.what());
    return 77;
  } catch (const OutputError& error) {
    tell(context, error.what());
    return 77;
  } catch (const std::bad_alloc&) {
    tell(context, "out of memory");
    return 70;
  } catch (const std::exception& error) {
    tell(context, std::string("internal error: ") + error.what());
    return 70;
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
    status = 74;
  }
  return status;
}

}  // namespace wbverify
