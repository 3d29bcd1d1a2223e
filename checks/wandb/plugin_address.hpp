#pragma once
// Addresses that the server hands out, against the address that people use.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/wandb/plugin_words.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// Why those who use HOST cannot use an address.
struct AddressFault {
  Status status = Status::fail;
  std::string cause;  ///< `localhost` `inside-name` `private-address`
  std::string words;  ///< behind the address: `which is every machine's own`
};

/// Loopback and unspecified addresses, `localhost` and names below it.
bool is_loopback_host(std::string_view host);
/// An IP address of a private network (RFC 1918, RFC 6598, RFC 4193) or a link's own.
bool is_private_address(std::string_view address);

/// Told from the address alone; nothing when there is nothing to say against it. `peer` is where HOST itself was
/// reached, `IP:port`; `addresses` are those of the URL's host when they are known. What holds for HOST too is no
/// fault: then everybody is inside.
std::optional<AddressFault> address_fault(const SignedUrl& url, const WandbPlace& place, std::string_view peer,
                                          const std::vector<std::string>& addresses = {});

/// The finding for it, complete but for `reproduce`. `what` begins a sentence: `Upload URLs lead to`.
Finding wrong_address(const AddressFault& fault, const SignedUrl& url, std::string_view what, const WandbPlace& place,
                      const Scene& scene);

/// How the server is told its address, and how its proxy passes it on.
std::string tell_the_server(const WandbPlace& place);

}  // namespace wbverify
