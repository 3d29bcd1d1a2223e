#include <fmt/format.h>

#include "checks/shared/tls_words.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

/// The client's half sentence begins with `it`.
std::string sentence(const TlsWords& words, const TlsObservation& tls) {
  std::string text = tls.text.empty() ? "it ended the handshake" : tls.text;
  if (text.starts_with("it ")) text = words.where() + " " + text.substr(3);
  else text = words.where() + ": " + text;
  return text.ends_with('.') ? text : text + ".";
}

std::string modern_protocols(const TlsWords& words) {
  switch (words.holder()) {
    case TlsHolder::mysql: return "In my.cnf under [mysqld] (MySQL 8.0 and later), then restart it:\n  tls_version = TLSv1.2,TLSv1.3";
    case TlsHolder::host:
      return "nginx, in the http block, then `nginx -t && nginx -s reload`:\n"
             "  ssl_protocols TLSv1.2 TLSv1.3;\n"
             "ingress-nginx, in its ConfigMap:\n"
             "  ssl-protocols: \"TLSv1.2 TLSv1.3\"\n"
             "AWS load balancer:\n"
             "  aws elbv2 modify-listener --listener-arn \"$LISTENER_ARN\" --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06";
    case TlsHolder::bucket:
    case TlsHolder::other: break;
  }
  return "MinIO and the public clouds offer TLS 1.2 and 1.3 by themselves. In an nginx in front, then `nginx -t && nginx -s reload`:\n"
         "  ssl_protocols TLSv1.2 TLSv1.3;";
}

std::string plain_http_fix(const TlsWords& words) {
  if (words.holder() != TlsHolder::host) {
    return fmt::format("Turn TLS on at {}, or give the port where it is on. Only inside a trusted network, say in {} that there is none.", words.where(), words.origin());
  }
  return fmt::format("The W&B container itself speaks plain HTTP; TLS belongs to the load balancer in front of it. If this is its TLS port, tell it so. nginx, then `nginx -t && nginx -s reload`:\n"
                     "  listen {} ssl;\n"
                     "If TLS is on another port, write that port into {}.",
                     words.port(), words.origin());
}

std::string silent_fix(const TlsWords& words) {
  return fmt::format("In this order:\n"
                     "1. A load balancer without a healthy backend accepts and stays silent. Look at its targets.\n"
                     "2. A firewall that inspects TLS lets the connection through and swallows the ClientHello. From a machine behind it, the command below answers at once.\n"
                     "3. Large packets are lost on the way (VPN, tunnel). If this fails and smaller sizes work, lower the MTU:\n"
                     "   ping -M do -s 1472 {}\n"
                     "4. On the machine itself: what holds the port, and is it alive?\n"
                     "   ss -ltnp 'sport = :{}'",
                     words.name(), words.port());
}

std::string closed_fix(const TlsWords& words) {
  if (words.holder() == TlsHolder::mysql) return "MySQL closes when it has no usable certificate, or has blocked this machine. Its log tells which; a block is lifted by: FLUSH HOSTS;";
  return fmt::format("Servers close without a word when no certificate fits the name {0}, or when a firewall filters by name.\n"
                     "Istio: the Gateway needs a server with hosts: [\"{0}\"] and tls.credentialName of a secret in the gateway's own namespace:\n"
                     "  kubectl -n istio-system get secret\n"
                     "Kubernetes ingress: spec.tls[].hosts has to hold {0}:\n"
                     "  kubectl get ingress -A -o jsonpath='{{range .items[*]}}{{.metadata.name}} {{.spec.tls}}{{\"\\n\"}}{{end}}'\n"
                     "nginx: `ssl_reject_handshake on` in the default server closes for every name that no other server block has.",
                     words.name());
}

std::string client_certificate_fix(const TlsWords& words) {
  if (words.holder() == TlsHolder::mysql) {
    return "The account demands a client certificate. If it should not: ALTER USER 'wandb'@'%' REQUIRE SSL;\n"
           "If it should, name one in " + words.origin() + ": tls=custom&ssl-ca=CA.pem&ssl-cert=CERT.pem&ssl-key=KEY.pem";
  }
  return "nginx:\n"
         "  ssl_verify_client off;\n"
         "Kubernetes ingress (NAME as in `kubectl get ingress`):\n"
         "  kubectl annotate ingress NAME nginx.ingress.kubernetes.io/auth-tls-secret- nginx.ingress.kubernetes.io/auth-tls-verify-client-\n"
         "AWS load balancer:\n"
         "  aws elbv2 modify-listener --listener-arn \"$LISTENER_ARN\" --mutual-authentication Mode=off";
}

TlsText handshake_text(const TlsWords& words, const TlsObservation& tls, const TlsFault& fault) {
  TlsText out;
  out.observed = sentence(words, tls);
  out.expected = "A TLS handshake with TLS 1.2 or 1.3.";
  out.why = words.why();
  out.reproduce = words.openssl();
  const std::string& cause = fault.cause;
  if (cause == "timed-out") {
    out.fix = silent_fix(words);
  } else if (cause == "plain-http") {
    out.fix = plain_http_fix(words);
    if (words.holder() != TlsHolder::mysql) out.reproduce = fmt::format("curl -sv http://{}:{}/ -o /dev/null", words.name(), words.port());
  } else if (cause == "not-tls") {
    out.fix = fmt::format("Port {} belongs to something else. Correct the port in {}, or see on the machine what holds it:\n  ss -ltnp 'sport = :{}'", words.port(), words.origin(), words.port());
  } else if (cause == "closed" || cause == "reset" || cause == "alert-unrecognized-name" || cause == "alert-internal-error" || cause == "alert-access-denied") {
    out.expected = fmt::format("A server that has a certificate for {}.", words.name());
    out.fix = closed_fix(words);
  } else if (cause == "no-shared-cipher") {
    out.fix = "A server without any certificate answers just so: nginx without ssl_certificate, an ingress without its secret. Give it one:\n" + words.install_chain() +
              "\nIf it has one, its cipher list is too narrow. nginx: remove the ssl_ciphers line, its default is right.";
  } else if (cause == "protocol-too-old") {
    out.fix = modern_protocols(words) + "\nA device that cannot do that needs new firmware, or a TLS proxy in front.";
    out.reproduce = words.openssl("-tls1_2");
  } else if (cause == "client-cert-required") {
    out.expected = "A server that lets clients in without a certificate of their own.";
    out.why = "The W&B SDK, browsers and W&B Server have no client certificate to show.";
    out.fix = client_certificate_fix(words);
  } else if (cause == "bad-certificate") {
    out.expected = "A certificate that can be read.";
    out.fix = "Have the certificate issued anew, and install it:\n" + words.install_chain();
  } else {
    out.fix = fmt::format("The log of the server says what it objects to. nginx:\n  tail -n 50 /var/log/nginx/error.log\ningress-nginx:\n  kubectl -n ingress-nginx logs deploy/ingress-nginx-controller --tail=50\n"
                          "If the port is wrong, correct it in {}.", words.origin());
  }
  return out;
}

TlsText protocol_text(const TlsWords& words, const TlsObservation&, const TlsFault& fault) {
  TlsText out;
  out.fix = modern_protocols(words);
  out.expected = "TLS 1.2 or 1.3, and nothing older.";
  if (fault.cause == "old-protocol-only") {
    out.observed = fmt::format("{} speaks only {}.", words.where(), fault.detail);
    out.why = "Python, Go, browsers and curl refuse everything below TLS 1.2. " + words.why();
    out.reproduce = words.openssl("-tls1_2");
  } else {
    out.observed = fmt::format("{} also accepts {}.", words.where(), fault.detail);
    out.why = "No W&B client needs it; RFC 8996 forbids it, and every audit will name it.";
    out.reproduce = words.openssl(fmt::format("{} -cipher ALL:@SECLEVEL=0", fault.detail == "TLSv1" ? "-tls1" : "-tls1_1"));
  }
  return out;
}

}  // namespace

Findings judge_tls_handshake(const TlsObservation& tls, const ServiceWords& service, const Scene& scene) {
  const TlsWords words(tls, service, scene);
  std::string passes = fmt::format("{}, {}", tls.protocol, tls.cipher);
  if (tls.client_certificate_asked) passes += "; it asks for a client certificate, and goes on without";
  Findings out = tell(words, diagnose(tls, TlsConcern::handshake, words.limits()), handshake_text, tls, service, std::move(passes));
  // Silence is no verdict: whether the server or something before it is to blame cannot be told from here.
  if (out.front().cause == "timed-out" || out.front().cause == "stopped") {
    out.front().status = Status::unknown;
    out.front().blame = out.front().cause == "stopped" ? Blame::machine : Blame::target;
  }
  return out;
}

Findings judge_tls_protocol(const TlsObservation& tls, const ServiceWords& service, const Scene& scene) {
  const TlsWords words(tls, service, scene);
  return tell(words, diagnose(tls, TlsConcern::protocol, words.limits()), protocol_text, tls, service,
              tls.protocol + (tls.old_protocol.empty() && !tls.old_protocols_unanswered ? "; nothing below TLS 1.2 is accepted" : ""));
}

}  // namespace wbverify
