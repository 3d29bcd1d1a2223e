#pragma once
#include <filesystem>
#include <string>

namespace wbverify {

/// Where a path leads.
struct LinkTarget {
  std::filesystem::path path;    ///< absolute, every link followed, as far as there is something
  std::string planted;           ///< a link on the way that was made by somebody who may not decide where this user writes; empty: none
};

/// Follows the links of a path that is to be written to, so that a link stays a link. A link is planted when it stands in a folder that is
/// open to others, and belongs neither to this user, nor to root, nor to the folder's owner (the kernel's protected_symlinks, which may be off).
LinkTarget follow_links(const std::filesystem::path& path);

}  // namespace wbverify
