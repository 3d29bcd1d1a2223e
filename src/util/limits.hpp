#pragma once
#include <string>

namespace wbverify {

/// Lets this process open as many files as it may. To be called once, before any thread.
void raise_limits();
/// Notes that this machine had no thread or no memory to give. Thread-safe.
void note_shortage(const char* of);
/// Why this process cannot tell a fault of a service from a limit of its own, as a sentence: too few open files, too little address space
/// (`ulimit -n`, `-v`, `-d`), or what note_shortage was told. Empty when there is nothing of the kind.
std::string shortage();

}  // namespace wbverify
