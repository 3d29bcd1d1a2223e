#pragma once
// How a key is made and where it goes, and why one is not taken.
#include "checks/wandb/plugin_words.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// The machine of an entry in the netrc: host, and the port where it stands in the URL.
std::string netrc_machine(const WandbPlace& place);
/// Where a key is made, for a person and for a machine.
std::string make_key(const WandbPlace& place);
/// Where a key is put, so that wbverify and the clients find it.
std::string put_key(const WandbPlace& place);

/// Why the server may not know this key, the most likely reason first, as whole sentences; `another_server` says that
/// the netrc proves it to be another server's.
struct KeyDoubt {
  bool another_server = false;
  std::string why;
};
KeyDoubt doubt(const WandbPlace& place, const Scene& scene);

/// The exchange of the identity token went wrong.
Finding token_trouble(const WandbPlace& place, const ApiAnswer& token, const Scene& scene);

}  // namespace wbverify
