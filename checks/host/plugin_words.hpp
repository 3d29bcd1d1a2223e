#pragma once
// What the checks of HOST say in the same words.
#include "checks/host/facts.hpp"
#include "checks/shared/answer_words.hpp"
#include "checks/shared/reach.hpp"

namespace wbverify {

const ServiceWords& host_words();

/// A curl command that asks the same.
std::string curl_command(const HostHttpFacts& facts, const std::string& url);

}  // namespace wbverify
