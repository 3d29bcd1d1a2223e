#include "core/redactor.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <span>

#include "core/redactor_patterns.hpp"
#include "core/redactor_shapes.hpp"
#include "core/secret.hpp"

namespace wbverify {
namespace {

using redaction::mark;
using redaction::Patterns;
using redaction::Range;
using redaction::Ranges;
using redaction::View;

// Two layers are common (a JSON string within a log line, a signed URL within a query); a third is seen in Kubernetes
// events that quote a controller's error.
constexpr int layers = 3;

/// Calls `look` with the text and with everything that it reads as after undoing up to `layers` layers of escapes.
template <class Look>
void look_through(const View& view, std::span<const redaction::Escape> escapes, const Look& look, std::map<std::size_t, int>& seen, int depth) {
  // Escapes can mostly be undone in any order, with the same result.
  const auto [at, fresh] = seen.try_emplace(std::hash<std::string>{}(view.bytes), depth);
  if (!fresh && at->second >= depth) return;
  at->second = depth;
  if (fresh) look(view);
  if (depth == 0) return;
  for (const auto escape : escapes) {
    if (const auto inner = redaction::decode(escape, view)) look_through(*inner, escapes, look, seen, depth - 1);
  }
}

template <class Look>
void look_through(std::string_view text, std::span<const redaction::Escape> escapes, const Look& look) {
  std::map<std::size_t, int> seen;
  look_through(View{std::string(text), {}}, escapes, look, seen, layers);
}

/// Looks for secrets in what stands between the marks, for shapes in the whole.
Ranges find_all(std::string_view text, const Patterns& patterns) {
  Ranges hits;
  // A shape ends where its line does, so lines are not joined for it.
  look_through(text, redaction::inline_escapes, [&](const View& view) {
    Ranges found;
    redaction::find_shapes(view.bytes, found);
    for (const auto& range : found) hits.push_back(view.origin(range));
  });
  if (patterns.empty()) return hits;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(mark, start), text.size());
    look_through(text.substr(start, end - start), redaction::every_escape, [&](const View& view) {
      Ranges found;
      patterns.find(view.bytes, end == text.size(), found);
      for (const auto& range : found) {
        const Range place = view.origin(range);
        hits.push_back({place.begin + start, place.end + start});
      }
    });
    start = end + mark.size();
  }
  return hits;
}

/// Everything in `hits` replaced by one mark each; ranges that touch become one.
std::string replace(std::string_view text, Ranges& hits) {
  std::sort(hits.begin(), hits.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::string out;
  std::size_t done = 0;
  for (std::size_t i = 0; i < hits.size();) {
    Range whole = hits[i];
    for (++i; i < hits.size() && hits[i].begin <= whole.end; ++i) whole.end = std::max(whole.end, hits[i].end);
    out += text.substr(done, whole.begin - done);
    out += mark;
    done = whole.end;
  }
  out += text.substr(done);
  return out;
}

}  // namespace

struct Redactor::State {
  mutable std::shared_mutex mutex;
  std::set<std::string, std::less<>> secrets;
  std::shared_ptr<const Patterns> patterns;   ///< made when first needed, nothing after a secret was added

  std::shared_ptr<const Patterns> current() {
    {
      const std::shared_lock lock(mutex);
      if (patterns) return patterns;
    }
    const std::unique_lock lock(mutex);
    if (!patterns) {
      auto fresh = std::make_shared<Patterns>();
      for (const auto& secret : secrets) fresh->add_secret(secret);
      fresh->link();
      patterns = std::move(fresh);
    }
    return patterns;
  }
  ~State() {
    while (!secrets.empty()) {
      auto node = secrets.extract(secrets.begin());
      wipe(node.value());
    }
  }
};

Redactor::Redactor() : state_(std::make_unique<State>()) {}
Redactor::~Redactor() = default;

Redactor& Redactor::process() {
  // Never destroyed: a probe that was given up may still write an error text while the process ends.
  static Redactor* const redactor = new Redactor;
  return *redactor;
}

void Redactor::add(std::string_view secret) {
  const std::unique_lock lock(state_->mutex);
  if (state_->secrets.find(secret) != state_->secrets.end()) return;
  state_->secrets.emplace(secret);
  state_->patterns = nullptr;
}

std::string Redactor::redact(std::string_view text) const {
  const auto patterns = state_->current();
  std::string out(text);
  // A replacement can bring a new shape to light; each round makes the rest shorter, so this ends.
  for (;;) {
    Ranges hits = find_all(out, *patterns);
    if (hits.empty()) return out;
    std::string next = replace(out, hits);
    if (next == out) return out;
    out = std::move(next);
  }
}

}  // namespace wbverify
