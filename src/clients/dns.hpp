#pragma once
#include <string>
#include <string_view>

#include "clients/reach.hpp"

namespace wbverify::dns {

/// The files of the system's resolver. Other ones are for tests.
struct Files {
  std::string hosts = "/etc/hosts";
  std::string resolv_conf = "/etc/resolv.conf";
};

/// resolve() with the files named.
DnsAnswer resolve(std::string_view host, std::string_view server, Deadline deadline, const std::stop_token& stop, const Files& files);

}  // namespace wbverify::dns
