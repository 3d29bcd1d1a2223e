#pragma once
// Names without asking anybody: what is a name at all, what the hosts file says, what a DNS message calls a name.
#include <string>
#include <string_view>
#include <vector>

namespace wbverify::dns {

/// Why no resolver can be asked for it, in words; empty when it is a name (RFC 1035 §2.3.4, underscores allowed).
std::string name_fault(std::string_view host);
/// `localhost` and every name below it (RFC 6761 §6.3).
bool is_localhost(std::string_view host);
/// An IPv4 or IPv6 address, the latter perhaps with a zone.
bool is_literal(std::string_view host);
/// Addresses of the name in text of the form of hosts(5), in its order.
std::vector<std::string> hosts_entries(std::string_view text, std::string_view host);
/// Where the chain of CNAME records in a DNS message ends, when it begins at `host`; empty without one. Never throws.
std::string end_of_aliases(std::string_view message, std::string_view host);
/// The names to ask for, as resolv.conf(5) says: `search` domains before or after the name itself by its number of dots.
std::vector<std::string> candidates(std::string_view host, const std::vector<std::string>& search, int ndots);

}  // namespace wbverify::dns
