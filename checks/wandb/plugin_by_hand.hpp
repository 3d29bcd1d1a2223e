#pragma once
// Commands that do what a client does with a file, for a person who wants to see a failure again.
#include <string>

#include "checks/wandb/plugin_words.hpp"

namespace wbverify {

/// Where they do it. They leave a run `by-hand` in the project `wbverify`.
struct ByHand {
  const WandbPlace& place;
  std::string entity = {};  ///< empty: the default one
  std::string file = "by-hand.txt";
};

/// A name that a proxy may write otherwise.
inline constexpr const char* odd_file = "by hand é.txt";

/// Asks for an upload URL.
std::string ask_for_upload(const ByHand& where);
/// Asks for an upload URL, and uploads to it.
std::string upload_by_hand(const ByHand& where);
/// Uploads, tells the server, and fetches the file straight from the store. `options` are curl's, for the last request.
std::string download_by_hand(const ByHand& where, const std::string& options = {});
/// The same by the server's own route. curl keeps the log-in to HOST when it follows.
std::string route_by_hand(const ByHand& where);

}  // namespace wbverify
