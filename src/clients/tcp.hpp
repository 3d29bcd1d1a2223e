#pragma once
#include <chrono>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "clients/reach.hpp"

namespace wbverify::tcp {

/// Cause and words for an error number of connect(2). `at_once` says that connect itself returned it: no packet was sent.
std::pair<std::string, std::string> explain(int error, bool at_once);

/// Waits until something can be done with the socket. False at the deadline, and soon after a stop is asked for.
bool wait(int fd, short events, Deadline deadline, const std::stop_token& stop);

/// Connects to all addresses side by side. Waits for `patience`, and once one is open no longer than `grace` for the others.
/// Attempts are in the order of the addresses; `first` receives the quickest socket.
std::vector<TcpAttempt> connect_all(const std::vector<std::string>& addresses, std::uint16_t port, Deadline deadline,
                                    std::chrono::milliseconds patience, std::chrono::milliseconds grace, const std::stop_token& stop,
                                    Socket* first);

}  // namespace wbverify::tcp
