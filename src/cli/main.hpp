#pragma once

namespace wbverify {
/// The whole program: arguments in, exit status out (sysexits: 64 usage, 70 internal, 77 unreadable, 78 configuration).
int cli_main(int argc, char** argv);
}  // namespace wbverify
