#pragma once
#include <map>
#include <ostream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>

#include "cli/arguments.hpp"

namespace wbverify {

/// A stream to a file descriptor that remembers why it could not be written. When the reader is gone (EPIPE) what
/// follows is dropped in silence.
class Output : public std::ostream {
 public:
  explicit Output(int fd) : std::ostream(nullptr), buffer_(fd) { rdbuf(&buffer_); }
  ~Output() override { flush(); }
  int fd() const { return buffer_.fd; }
  /// errno of the first write that failed, 0 while all is well; EPIPE counts as well.
  int error() const { return buffer_.error; }

 private:
  struct Buffer : std::streambuf {
    explicit Buffer(int descriptor) : fd(descriptor) {}
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

    int fd;
    int error = 0;
    std::string pending;
  };
  Buffer buffer_;
};

/// The process around a command.
struct Context {
  std::map<std::string, std::string> environment;
  Output& out;
  Output& err;
  /// What is printed there is for a person at a terminal.
  bool out_is_terminal = false, err_is_terminal = false;
};

/// A file that was named cannot be written: exit status 77.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A needed file cannot be read: exit status 77.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Flag, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR, then the terminal itself (TERM unset or `dumb`: no colour).
bool wants_colour(ColourChoice choice, const std::map<std::string, std::string>& environment, bool is_terminal);
/// Whether the locale that the environment asks for has UTF-8.
bool wants_unicode(const std::map<std::string, std::string>& environment);
/// Whether a line may be redrawn there.
bool can_redraw(const std::map<std::string, std::string>& environment, bool is_terminal);
/// Columns of the terminal behind `fd`, or COLUMNS, or 80; held between 60 and 120.
int columns(const std::map<std::string, std::string>& environment, int fd);
TerminalStyle style_of(const Arguments& arguments, const Context& context, const Output& out);

/// A line for the person, on standard error: `wbverify: text`. Without secrets and control characters.
void tell(Context& context, std::string_view text);

/// Throws OutputError when the file could not be written later: its folder is missing or closed, or it is a folder
/// itself.
void expect_writable(const std::string& path);
/// Writes the whole file or nothing: a temporary file in the same folder, mode 0600, renamed over it. Devices and pipes
/// are written in place. Throws OutputError.
void write_file(const std::string& path, std::string_view text);

}  // namespace wbverify
