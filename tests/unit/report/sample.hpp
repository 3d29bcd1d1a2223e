#pragma once
// Reports as a run would give them, for the reporters' tests.
#include <sstream>
#include <string>
#include <vector>

#include "report/reporters.hpp"

namespace wbverify::test {

/// Two services, as the catalogue would declare them.
const std::vector<Plugin>& sample_catalog();

CheckResult result_of(const std::string& id, Status status, const std::string& title, const std::string& observed);

Report healthy();
Report one_failure();  ///< the login fails, everything behind it waits, in its own area and in the next
Report warnings();     ///< rows and a check warn
Report unknowns();     ///< one probe gave no answer, and one check broke
Report cut_short();    ///< the time limit was reached, this process stopped, and there were too few files
Report skips();
Report hostile();  ///< control characters, bidirectional overrides, invalid UTF-8, very long words

/// What the terminal reporter prints of it.
std::string render_terminal(const Report& report, const TerminalStyle& style,
                            const std::vector<std::pair<std::string, std::string>>& written = {});

}  // namespace wbverify::test
