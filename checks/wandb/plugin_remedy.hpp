#pragma once
// What to do about a transfer that was refused.
#include <string>
#include <string_view>

#include "checks/wandb/plugin_store.hpp"

namespace wbverify {

/// For every cause of store_refused() that an answer can have.
StoreAdvice advise_on_transfer(const std::string& cause, const StoreRefusal& refusal, const Transfer& transfer,
                               const StoreView& store, const Scene& scene);

/// The lines for nginx in front of HOST when that takes the files itself, else in front of the store.
std::string lines_for_proxy(const StoreView& store, std::string_view first);

}  // namespace wbverify
