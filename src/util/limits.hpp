#pragma once
#include <string>

namespace wbverify {

/// Lets this process open as many files as it may, and gives its threads stacks of the size that they need. To be called once, before any
/// thread.
void raise_limits();
/// Notes that this machine had no `thread`, no `file descriptor` or no `memory` to give. Thread-safe; allocates nothing.
void note_shortage(const char* of);
/// The same for an errno, when it is one that tells of a shortage of this machine; any other is nothing to note.
void note_shortage(int error);
/// What was noted, as a sentence with the limit that may be the reason. Empty when nothing was.
std::string noted_shortage();
/// Why this process cannot tell a fault of a service from a limit of its own, as a sentence: too few open files, too little address space
/// (`ulimit -n`, `-v`, `-d`), or what was noted. Empty when there is nothing of the kind.
std::string shortage();
/// Why a run is not worth beginning, as a sentence: with so little memory libraries may crash. Empty when it is.
std::string too_little_memory();

}  // namespace wbverify
