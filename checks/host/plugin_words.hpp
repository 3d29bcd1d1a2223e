#pragma once
// What the checks of HOST say in the same words.
#include "checks/host/facts.hpp"
#include "checks/shared/reach.hpp"

namespace wbverify {

const ServiceWords& host_words();

/// The hop that gave this answer, told by its headers and its page: `nginx/1.22.1`, `the AWS load balancer`; empty when nothing tells.
std::string hop_of(const HttpAnswer& answer);
/// `502 Bad Gateway`.
std::string status_words(int status);
/// `GET https://wandb.example.com/ready: 502 Bad Gateway from nginx/1.22.1 after 3 ms`, or why there was no answer.
std::string describe(const HttpAnswer& answer);
/// The title of its page, or the beginning of its body; empty when there is none.
std::string says(const HttpAnswer& answer);
/// A curl command that asks the same.
std::string curl_command(const HostHttpFacts& facts, const std::string& url);
/// How a proxy in front of the server is brought to reach it, for Docker and Kubernetes.
std::string reach_the_server(const std::string& hop);

}  // namespace wbverify
