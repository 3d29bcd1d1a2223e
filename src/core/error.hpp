#pragma once
#include <string>
#include <tl/expected.hpp>

#include "core/status.hpp"

namespace wbverify {

/// Why an operation of a client did not succeed.
struct Error {
  std::string cause;        ///< stable kebab-case id, such as `refused`, `timed-out`, `access-denied-1045`
  std::string text;         ///< one sentence for people; bounded, valid UTF-8, no control characters, no secret
  Blame blame = Blame::target;
  bool transient = false;   ///< true when trying again soon may succeed
  bool operator==(const Error&) const = default;
};

/// A value or the reason why there is none. Clients return this and never throw.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace wbverify
