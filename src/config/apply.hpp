#pragma once
#include "config/resolve.hpp"
#include "config/settings.hpp"

namespace wbverify {

/// Makes the targets, the issues and the scene from what was found: registers secrets with the redactor, recognises
/// placeholders, applies each grammar. A value with a placeholder is not parsed: it has one fault already.
void apply_all(const Resolver& resolver, Settings& settings);

}  // namespace wbverify
