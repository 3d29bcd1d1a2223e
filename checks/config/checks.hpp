#pragma once
#include "checks/config/facts.hpp"

namespace wbverify {

/// Rows HOST MYSQL BUCKET LICENSE. Causes: missing empty.
CheckSpec config_required();
/// A row for each setting that is set and for each name that resembles one. Causes: those of the grammars.
CheckSpec config_well_formed();
/// A row for each setting that holds one. Causes: placeholder unexpanded-reference unrendered-template masked-value.
CheckSpec config_placeholders();
/// A row for each setting that has a weak one. Causes: same-as-name ordinary-word short.
CheckSpec config_secrets();
/// A row for each setting that has one. Causes: sources-differ aliases-differ repeated.
CheckSpec config_conflicts();
/// A row for each setting that does not fit the others.
CheckSpec config_consistent();
/// Causes: expired expires-soon.
CheckSpec config_license();
/// A row for each setting that names a file, and `env-file`. Causes: not-pem unreadable carriage-returns byte-order-mark name-alone not-a-setting readable-by-others writable-by-others.
CheckSpec config_files();

}  // namespace wbverify
