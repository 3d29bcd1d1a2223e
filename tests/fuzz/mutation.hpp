#pragma once
// Hostile versions of JSON texts, the same ones for the same seed on every machine.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wbverify::fuzz {

/// SplitMix64: the standard library's distributions differ from one library to the next.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 ≤ result < end; 0 when end is 0.
  std::size_t below(std::size_t end);

 private:
  std::uint64_t state_;
};

/// Every place in the document, the root first, as JSON pointers (RFC 6901).
std::vector<std::string> places(const nlohmann::json& document);

/// Values of every type that stand where another is expected: wrong types, extremes, control characters, deep and wide
/// ones. Texts that stand for what JSON text alone can say (bytes that are no UTF-8, numbers without end) become that
/// in spell().
const std::vector<nlohmann::json>& hostile_values();

/// The document with that value in that place.
nlohmann::json with(const nlohmann::json& document, const std::string& place, const nlohmann::json& value);
/// As text, with the stand-ins of hostile_values() replaced by what they stand for.
std::string spell(const nlohmann::json& document);

/// The text cut, doubled, with bytes changed or put in: one to four times.
std::string broken(std::string text, Random& random);
/// The document with one to four values replaced, members removed, or lists grown.
nlohmann::json spoiled(nlohmann::json document, Random& random);

}  // namespace wbverify::fuzz
