#pragma once
// Records of every probe in the catalogue, and a walk over each text in them. Nothing here names a facts type or a member: what a
// type has is found by decoding and encoding it, so that a new one is taken in by itself.
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/report.hpp"
#include "engine/plugin.hpp"

namespace wbverify::walk {

/// Every probe of the catalogue.
const std::vector<const ProbeSpec*>& probes();

/// What a facts type can hold.
struct Shape {
  std::string filled;                  ///< facts with something in every list, map and optional, as JSON text
  std::set<std::string> maps;          ///< paths of the maps, whose names are texts too; elements and names of maps stand as `*`
  std::vector<std::string> unfilled;   ///< paths of what stayed empty whatever was put there: the walk would not see it
};
Shape shape_of(const ProbeSpec& probe);

/// One text in facts: a string, or the name of a map's element.
struct Place {
  std::vector<std::string> path;
  bool is_name = false;
  std::string str() const;
};
std::vector<Place> texts(const Shape& shape, const nlohmann::json& facts);
/// Other text in that place. A name that changes moves its element.
void put(nlohmann::json& facts, const Place& place, const std::string& text);
/// Those of the places in which no list or map has given its like before: `seen` keeps them.
std::vector<Place> new_kinds(const Shape& shape, const nlohmann::json& facts, const std::vector<Place>& places, std::set<std::string>& seen);

/// The facts with text in some of the places: an eighth, a quarter or half of them, by the number of the try. Names stay.
nlohmann::json sprinkled(nlohmann::json facts, const std::vector<Place>& places, std::uint64_t number, const std::function<std::string()>& text);

/// Facts from which the probe's checks come to as many different verdicts as a search in fixed steps finds, the same ones each time. It
/// begins with the filled ones and with healthy ones, and tries words and numbers that stand in the sources of checks and clients.
std::vector<nlohmann::json> bases(const ProbeSpec& probe, const Shape& shape);

Scene scene();
/// What every check of that probe finds, each judged as if nothing stood in its way.
std::vector<CheckResult> judge(const ProbeSpec& probe, const std::string& facts, const Scene& scene);
/// The facts as a replay of their record reads them.
std::string replayed(const ProbeSpec& probe, const std::string& facts);
/// All that leaves of a run with these facts: terminal, JSON report and record.
std::string shown(const ProbeSpec& probe, const std::string& facts, const Scene& scene);

}  // namespace wbverify::walk
