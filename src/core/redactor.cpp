#include "core/redactor.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "core/redactor_patterns.hpp"
#include "core/redactor_shapes.hpp"
#include "core/secret.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using redaction::mark;
using redaction::Patterns;
using redaction::Range;
using redaction::Ranges;
using redaction::View;

void add(Ranges& hits, Range range, std::size_t shift) { hits.push_back({range.begin + shift, range.end + shift}); }

/// Whether any of the others, which are in order, has a byte of it.
bool touch(const Range& range, const Ranges& others) {
  const auto next = std::upper_bound(others.begin(), others.end(), range.begin, [](std::size_t at, const Range& other) { return at < other.end; });
  return next != others.end() && next->begin < range.end;
}

/// The shapes in the lines that hold anything of `where`. Where a line ends so does every escape, and every shape that ends at
/// all: false when one did not, so that all that follows was taken for a part of its line.
bool find_shapes(std::string_view text, const Ranges& where, redaction::Views& views, Ranges& hits) {
  constexpr std::size_t least = 256;   // bytes taken together: in many lines one odd place would make more views of all of them
  bool all_ended = true;
  for (Range part; part.begin < text.size(); part.begin = part.end) {
    part.end = part.begin + least < text.size() ? std::min(text.find('\n', part.begin + least), text.size() - 1) + 1 : text.size();
    for (bool again = touch(part, where); again;) {
      bool open = false;
      views.look_through(text.substr(part.begin, part.end - part.begin), redaction::inline_escapes, [&](const View& view) {
        Ranges found;
        open = redaction::find_shapes(view.bytes, found) || open;
        for (const auto& range : found) add(hits, view.origin(range), part.begin);
      });
      all_ended = all_ended && !open;
      again = open && part.end < text.size();
      part.end = again ? text.size() : part.end;
    }
  }
  return all_ended;
}

/// The secrets in a view of what stands at `shift` in the text; also those that stand there folded.
void find_in(const View& view, const Patterns& patterns, bool ends, std::size_t shift, Ranges& hits) {
  Ranges found;
  if (patterns.find(view.bytes, ends, found)) {
    View solid;
    Ranges without_blanks;
    if (redaction::decode(redaction::Escape::blank, view, solid)) patterns.find(solid.bytes, ends, without_blanks);
    for (const auto& range : without_blanks) add(hits, solid.origin(range), shift);
  }
  for (const auto& range : found) add(hits, view.origin(range), shift);
}

/// The secrets in what stands between the marks.
void find_secrets(std::string_view text, const Patterns& patterns, redaction::Views& views, Ranges& hits) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(mark, start), text.size());
    const std::string_view between = text.substr(start, end - start);
    Ranges found;
    if (patterns.find(between, end == text.size(), found)) {
      views.look_through(between, {}, [&](const View& view) { find_in(view, patterns, end == text.size(), start, hits); });
    }
    for (const auto& range : found) add(hits, range, start);
    for (const auto& part : patterns.escaped_parts(between)) {
      views.look_through(between.substr(part.begin, part.end - part.begin), redaction::every_escape,
                         [&](const View& view) { find_in(view, patterns, start + part.end == text.size(), start + part.begin, hits); });
    }
    start = end + mark.size();
  }
}

/// Everything in `hits` replaced by one mark each; ranges that touch become one. Then `hits` are the places of the marks.
std::string replace(std::string_view text, Ranges& hits) {
  std::sort(hits.begin(), hits.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::string out;
  std::size_t done = 0;
  Ranges marks;
  for (std::size_t i = 0; i < hits.size();) {
    Range whole = hits[i];
    for (++i; i < hits.size() && hits[i].begin <= whole.end; ++i) whole.end = std::max(whole.end, hits[i].end);
    out += text.substr(done, whole.begin - done);
    marks.push_back({out.size(), out.size() + mark.size()});
    out += mark;
    done = whole.end;
  }
  out += text.substr(done);
  hits = std::move(marks);
  return out;
}

}  // namespace

struct Redactor::State {
  mutable std::shared_mutex mutex;
  std::map<std::string, bool, std::less<>> secrets;   ///< and whether each is weak
  std::string own;                                    ///< in lower case
  std::vector<std::string_view> program;
  /// Made when first needed, nothing after a secret was added: of all secrets, and of the strong ones. Where none is weak the
  /// strong ones are all: no second copy of them is made.
  std::shared_ptr<const Patterns> all, strong;
  bool any_weak = false;

  std::shared_ptr<const Patterns>& patterns_for(Wrote who) { return who == Wrote::others && any_weak ? all : strong; }

  std::shared_ptr<const Patterns> current(Wrote who) {
    {
      const std::shared_lock lock(mutex);
      if (const auto& patterns = patterns_for(who)) return patterns;
    }
    const std::unique_lock lock(mutex);
    auto& patterns = patterns_for(who);
    if (!patterns) {
      auto fresh = std::make_shared<Patterns>();
      for (const auto& [secret, weak] : secrets) {
        if (!weak || who == Wrote::others) fresh->add_secret(secret, weak);
      }
      fresh->link();
      patterns = std::move(fresh);
    }
    return patterns;
  }
  /// Those of the secrets that stand in own text, or are short, are marked as weak.
  void weigh(std::map<std::string, bool, std::less<>>& some, const std::vector<std::string_view>& texts) const {
    constexpr std::size_t shortest_strong = 8;
    std::vector<std::pair<std::string, bool*>> open;
    for (auto& [secret, weak] : some) {
      std::string lower = to_lower(secret);
      weak = weak || secret.size() < shortest_strong || own.find(lower) != std::string::npos;
      if (!weak) open.emplace_back(std::move(lower), &weak);
    }
    // One text in lower case at a time: together they are some hundred KiB.
    for (const std::string_view text : texts) {
      if (open.empty()) break;
      const std::string lower = to_lower(text);
      for (const auto& [secret, weak] : open) *weak = *weak || lower.find(secret) != std::string::npos;
    }
    for (auto& [secret, weak] : open) wipe(secret);
  }
  /// When what is secret, or weak, has changed.
  void forget_patterns() {
    all = strong = nullptr;
    any_weak = std::any_of(secrets.begin(), secrets.end(), [](const auto& secret) { return secret.second; });
  }
  ~State() {
    while (!secrets.empty()) {
      auto node = secrets.extract(secrets.begin());
      wipe(node.key());
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
  std::map<std::string, bool, std::less<>> one{{std::string(secret), false}};
  state_->weigh(one, state_->program);
  state_->secrets.merge(one);
  state_->forget_patterns();
}

void Redactor::know_own(std::string_view text) {
  const std::unique_lock lock(state_->mutex);
  // A line end keeps two texts apart: no secret reaches from one into the other.
  state_->own += to_lower(text) + "\n";
  state_->weigh(state_->secrets, {});
  state_->forget_patterns();
}

void Redactor::know_program(std::vector<std::string_view> texts) {
  const std::unique_lock lock(state_->mutex);
  state_->program = std::move(texts);
  state_->weigh(state_->secrets, state_->program);
  state_->forget_patterns();
}

std::string Redactor::redact(std::string_view text, Wrote who) const {
  const auto patterns = state_->current(who);
  std::string out(text);
  redaction::Views views;
  Ranges changed = {{0, out.size()}};
  // A replacement can bring a new shape to light; each round makes the rest shorter, so this ends.
  for (;;) {
    Ranges hits;
    const bool all_ended = find_shapes(out, changed, views, hits);
    if (!patterns->empty()) find_secrets(out, *patterns, views, hits);
    if (hits.empty()) return out;
    std::string next = replace(out, hits);
    if (next == out) return out;
    out = std::move(next);
    changed = all_ended ? std::move(hits) : Ranges{{0, out.size()}};
  }
}

}  // namespace wbverify
