#pragma once
// How a step of the round trip went wrong, in words.
#include <string>

#include "checks/bucket/facts.hpp"
#include "core/finding.hpp"

namespace wbverify::trip {

enum class Step { put, get, head, range, remove, large };

/// A failure with setting and the command that repeats the round trip.
Finding wrong(std::string cause, const BucketWriteFacts& facts);
/// A step that was not answered with success. Causes: <step>-denied body-too-large refused-by-proxy length-required signed-url-refused
/// store-full key-management not-stored store-busy store-error checksum-refused refused; without an answer those of HttpClient.
Finding refused(Step step, const S3Answer& answer, std::string what, const BucketWriteFacts& facts);
/// Other bytes came back than were sent.
Finding differs(const BucketObject& object, const BucketWriteFacts& facts);

}  // namespace wbverify::trip
