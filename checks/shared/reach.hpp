#pragma once
// Names and connections are judged in the same words for every service.
#include <string_view>

#include "clients/reach.hpp"
#include "core/finding.hpp"
#include "core/scene.hpp"

namespace wbverify {

/// How a service is spoken of.
struct ServiceWords {
  std::string service;   ///< `MySQL`
  std::string setting;   ///< `MYSQL`
  std::string why;       ///< what fails in W&B when it cannot be reached, one sentence
};

/// Every address of the host's name. Causes: the causes of DnsAnswer, and `null-address`.
Findings judge_dns(const Reach& reach, const ServiceWords& words, const Scene& scene);
/// A connection to each address. fail when none accepts; warn `some-addresses-dead` when only some do. An address to which this
/// machine has no route is not held against the service.
Findings judge_tcp(const Reach& reach, const ServiceWords& words, const Scene& scene);

/// Where a name is known that only clusters and containers know: `Kubernetes cluster`; empty for other names. `bare_names`: names
/// without a dot count.
std::string_view inside_only(std::string_view host, bool bare_names);

}  // namespace wbverify
