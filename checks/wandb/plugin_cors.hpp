#pragma once
#include <string>

#include "checks/wandb/plugin_store.hpp"

namespace wbverify {

/// How the store lets pages of the origin in, on this kind of store, literally.
std::string let_pages_in(const StoreView& store, const std::string& page);

}  // namespace wbverify
