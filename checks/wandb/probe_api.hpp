#pragma once
// How the probes speak to the API: documents that suit the server, answers that become facts.
#include <initializer_list>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "checks/wandb/facts.hpp"
#include "clients/graphql.hpp"
#include "clients/wandb.hpp"

namespace wbverify {

/// The API as it is configured.
WandbPlace wandb_place(const Settings& settings);
/// A reason why nothing can be asked of the API, or empty.
std::string wandb_skip(const Settings& settings);
/// The same for what needs a log-in.
std::string wandb_login_skip(const Settings& settings);

/// The name of the project that a run makes for itself, and the beginning of the name of everything in it.
std::string wandb_tag(const std::string& run_id);

/// Asks the API on behalf of one run. Several threads may use it at the same time.
class WandbApi {
 public:
  /// With an identity token, exchanges it at once; the answer goes to `token`.
  WandbApi(const ProbeContext& context, ApiAnswer* token = nullptr);

  WandbClient& client() { return client_; }
  const ProbeContext& context() const { return context_; }
  const WandbPlace& place() const { return place_; }
  Deadline deadline() const { return deadline_; }
  const std::stop_token& stop() const { return stop_; }
  bool stopped() const { return stop_.stop_requested() || deadline_.expired(); }
  /// From now on. Not to be called while others ask.
  void work_until(Deadline deadline, std::stop_token stop);

  /// What else a question may want.
  struct Manner {
    std::string_view path = "/graphql";
    std::string_view needs;              ///< the ID without which the document makes no sense: not asked when the server lacks it
    bool with_origin = false;            ///< as a browser asks from a page of HOST
    std::size_t padding = 0;             ///< blanks that make the body that large
    std::size_t max_body = 4 << 20;      ///< of the answer
    UnknownParts without = {};           ///< marked parts that are not wanted
    ReceivedHeaders* headers = nullptr;          ///< receives those of the answer, when given
  };
  /// The member `data` of the answer. `required` are paths that have to be there, and no null, for the answer to be usable. After a
  /// stop nothing is asked: a null, and `ApiAnswer::asked` stays unset.
  nlohmann::json ask(const GraphqlDocument& document, const nlohmann::json& variables, std::initializer_list<std::string_view> required, ApiAnswer& answer,
                     const Manner& manner);
  nlohmann::json ask(const GraphqlDocument& document, const nlohmann::json& variables, std::initializer_list<std::string_view> required, ApiAnswer& answer);
  /// Sends to the file_stream of a run; `padding` as above.
  nlohmann::json stream(const WandbRun& run, const std::string& body, ApiAnswer& answer, std::size_t padding = 0);

  /// Whether the server was found to lack that.
  bool lacks(std::string_view id) const;

 private:
  HttpRequest post(std::string path, std::string body, std::size_t padding) const;
  /// The exchange as a fact; what the body says goes to `parsed`.
  void take(const HttpRequest& request, const Result<HttpResponse>& result, ApiAnswer& answer, GraphqlAnswer& parsed) const;

  const ProbeContext& context_;
  WandbPlace place_;
  Deadline deadline_;
  std::stop_token stop_;
  WandbClient client_;
  mutable std::mutex mutex_;
  UnknownParts lacking_;
};

/// This machine's clock, Unix milliseconds.
std::int64_t wandb_now();

}  // namespace wbverify
