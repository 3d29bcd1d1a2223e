#pragma once
// What is fed with hostile input, and what must hold of whatever comes out.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "engine/plugin.hpp"

namespace wbverify::fuzz {

/// The checks of the W&B API, as the catalogue has them.
const Plugin& wandb();

const ProbeSpec& probe(std::string_view id);

/// Reads the body as an answer of the API and everything in it as every reader of json does. Empty, or what did not
/// hold.
std::string feed_answer(std::string_view body);
/// Decodes it as facts of that probe, with the texts cleaned as every probe does, and lets every check of them judge.
/// Empty, or what did not hold. Wrong types are refused by an exception of the decoder, which a replay tells as a
/// malformed record.
std::string feed_facts(std::string_view probe, std::string_view text);

/// Every reader of text in the program. Empty, or what did not hold.
std::string feed_parsers(std::string_view text);
/// Reads the text as a record and judges it by the whole catalogue. Empty, or what did not hold.
std::string feed_record(std::string_view text);

/// Lets every check of that probe judge the facts, twice. Empty, or what did not hold.
std::string judge(const ProbeSpec& spec, const Facts& facts);

/// What is wrong with the findings of a check, or empty: none at all, control characters, no UTF-8, no end, a status
/// that contradicts its cause or blame.
std::string complaint(const Findings& findings, const CheckSpec& spec);

/// Facts with one to four values replaced by others of the same type: extremes, causes, codes and states that occur,
/// and texts as hostile as sanitize() lets through.
nlohmann::json other_facts(nlohmann::json facts, class Random& random);

}  // namespace wbverify::fuzz
