#include "cli/commands.hpp"
#include "config/show.hpp"

namespace wbverify {

int config_command(const Arguments& arguments, Context& context) {
  const Settings settings = settings_of(arguments, context);
  context.out << (arguments.format == Format::json ? render_settings_json(settings) : render_settings(settings));
  return 0;
}

}  // namespace wbverify
