#pragma once
// Questions to resolvers. For dns*.cpp only.
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "clients/dns.hpp"

struct ares_channeldata;

namespace wbverify::dns {

/// How long a name is asked for at most.
inline constexpr std::chrono::milliseconds patience{5000};

/// One question and what came back.
struct Lookup {
  std::string name;
  int family = AF_INET;
  int status = 0;             ///< ARES_*
  bool done = false;
  std::vector<std::string> addresses;
  std::string canonical;
};

struct ChannelCloser {
  void operator()(ares_channeldata* channel) const;
};
using Channel = std::unique_ptr<ares_channeldata, ChannelCloser>;

/// How the system, or the caller, wants names asked for.
struct Resolvers {
  std::vector<std::string> search;
  int ndots = 1;
  std::string words;   ///< `10.0.0.2 and 10.0.0.3 of /etc/resolv.conf`
};

class Asking {
 public:
  Asking(std::string server, const Files& files, Deadline deadline, const std::stop_token& stop)
      : server_(std::move(server)), files_(files), deadline_(deadline), stop_(stop) {}

  /// Nothing when no channel can be made: no memory, or an unusable server address.
  Channel open(bool take_any_answer) const;
  Resolvers resolvers() const;
  std::array<Lookup, 2> ask(const std::string& name) const;

 private:
  std::array<Lookup, 2> ask_once(const std::string& name, bool take_any_answer) const;
  void wait(const std::array<Channel, 2>& channels, const std::array<Lookup, 2>& lookups) const;

  std::string server_;
  const Files& files_;
  Deadline deadline_;
  const std::stop_token& stop_;
};

}  // namespace wbverify::dns
