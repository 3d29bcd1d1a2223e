#pragma once
// What checks say of an HTTP exchange in the same words.
#include "checks/shared/answer.hpp"

namespace wbverify {

/// The hop that gave this answer, told by its headers and its page: `nginx/1.22.1`, `the AWS load balancer`; empty when nothing tells.
std::string hop_of(const HttpAnswer& answer);
/// `502 Bad Gateway`.
std::string status_words(int status);
/// `GET https://wandb.example.com/ready: 502 Bad Gateway from nginx/1.22.1 after 3 ms`, or why there was no answer.
std::string describe(const HttpAnswer& answer);
/// The title of its page, or the beginning of its body; empty when there is none.
std::string says(const HttpAnswer& answer);
/// What curl has to be told to come to the same place, with a blank in front: ` --cacert FILE --resolve HOST:PORT:ADDRESS`.
std::string curl_options(const std::string& ca_file, const std::string& resolve = "");
/// How a proxy in front of the server is brought to reach it, for Docker and Kubernetes.
std::string reach_the_server(const std::string& hop);
/// Hosts and paths at which people log in.
bool is_login_url(const UrlParts& url);

}  // namespace wbverify
