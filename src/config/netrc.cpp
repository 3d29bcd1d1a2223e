#include "config/netrc.hpp"

#include <algorithm>

#include "core/secret.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

constexpr std::string_view blanks = " \t\r\n";

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text) {}

  Netrc read() {
    while (next()) {
      if (comment()) {
        skip_line();
      } else if (!quoted_ && word_ == "machine") {
        begin_machine();
      } else if (!quoted_ && word_ == "default") {
        // A password for every machine that has none is no key for this server: sending it there would give it away.
        into_ = &rest_;
      } else if (!quoted_ && word_ == "macdef") {
        skip_macro();
      } else if (!quoted_ && into_ != nullptr && word_ == "password") {
        wipe(into_->password);
        if (next()) into_->password = std::move(word_);
      } else if (!quoted_ && into_ != nullptr && (word_ == "login" || word_ == "user" || word_ == "account")) {
        next();
      } else {
        refuse("a word stands there that is neither machine, default, login, password, account nor macdef");
      }
    }
    wipe(word_);
    wipe(rest_.password);
    return std::move(out_);
  }

 private:
  char take() {
    if (text_[at_] == '\n') ++line_;
    return text_[at_++];
  }

  /// The next word of the file; false at its end.
  bool next() {
    wipe(word_);
    while (at_ < text_.size() && blanks.find(text_[at_]) != std::string_view::npos) take();
    if (at_ == text_.size()) return false;
    start_ = line_;
    quoted_ = text_[at_] == '"';
    if (quoted_) take();
    while (at_ < text_.size()) {
      if (!quoted_ && blanks.find(text_[at_]) != std::string_view::npos) break;
      char c = take();
      if (quoted_ && c == '"') break;
      if (c == '\\' && at_ < text_.size()) c = take();
      word_ += c;
    }
    return true;
  }

  bool comment() const { return !quoted_ && word_.starts_with('#'); }

  std::string_view skip_line() {
    const std::size_t start = at_;
    while (at_ < text_.size()) {
      if (take() == '\n') return text_.substr(start, at_ - 1 - start);
    }
    return text_.substr(start);
  }

  void begin_machine() {
    const int line = start_;
    into_ = nullptr;
    if (!next() || word_.empty()) {
      refuse("machine stands there without a name");
      return;
    }
    out_.machines.push_back({word_, "", line});
    into_ = &out_.machines.back();
  }

  void skip_macro() {
    next();
    skip_line();
    while (at_ < text_.size()) {
      if (trim(skip_line()).empty()) return;
    }
    refuse("the macro that begins there has no empty line at its end");
  }

  void refuse(const char* fault) {
    if (out_.fault_line > 0) return;
    out_.fault_line = start_;
    out_.fault = fault;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int start_ = 1;  ///< line on which the word begins
  std::string word_;
  bool quoted_ = false;  ///< a word in quotes is never a keyword or a comment
  NetrcMachine rest_;    ///< what belongs to `default`
  NetrcMachine* into_ = nullptr;
  Netrc out_;
};

}  // namespace

Netrc::~Netrc() {
  for (auto& machine : machines) wipe(machine.password);
}

const NetrcMachine* Netrc::find(std::string_view machine) const {
  const auto at = std::find_if(machines.rbegin(), machines.rend(),
                               [&](const NetrcMachine& one) { return iequals(one.name, machine); });
  return at == machines.rend() ? nullptr : &*at;
}

Netrc parse_netrc(std::string_view text) { return Reader(text).read(); }

}  // namespace wbverify
