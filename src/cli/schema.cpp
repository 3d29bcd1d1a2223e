#include "cli/commands.hpp"

namespace wbverify {

int schema_command(const Arguments&, Context& context) {
  context.out << report_schema();
  return 0;
}

}  // namespace wbverify
