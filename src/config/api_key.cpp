#include "config/api_key.hpp"

#include <algorithm>

#include "config/jwt.hpp"
#include "config/url.hpp"
#include "config/variables.hpp"
#include "util/json.hpp"
#include "util/text.hpp"
#include "util/utf8.hpp"

namespace wbverify {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view key_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
constexpr std::string_view blanks = " \t\r\n\f\v";

// Keys of 40 are of before October 2025, with a prefix (mostly local-) on servers of one's own; since then about 86 are
// given out. Sources: wandb 0.28, wbauth/validation.py; W&B documentation, "Why does my API key fail with must be 40
// characters".
constexpr std::size_t legacy = 40;
constexpr std::size_t shortest_long = 81, longest_long = 100;

const std::string right_form =
    "The key alone, on one line: 40 characters, or a prefix such as local- and 40, or about 86; letters, digits, - and "
    "_.";
const std::string copy_key_again = "Copy the whole key again, or make another one, on the page /authorize of the server.";

bool only(std::string_view text, std::string_view set) { return text.find_first_not_of(set) == npos; }
bool is_blank(char c) { return blanks.find(c) != npos; }
std::string characters(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

/// What editors and web pages put around a text: a quote, straight or typographic; its length in bytes, 0 when there is
/// none.
std::size_t quote_at(std::string_view text, bool at_end) {
  constexpr std::string_view quotes[] = {"\"", "'", "`", "“", "”", "„", "‘", "’", "«", "»"};
  for (const std::string_view quote : quotes) {
    if (at_end ? text.ends_with(quote) : text.starts_with(quote)) return quote.size();
  }
  return 0;
}

/// The length of `export NAME=`, `NAME=` or `NAME: ` in front of the value, 0 when there is none.
std::size_t pasted_name(std::string_view value) {
  constexpr std::size_t longest_name = 32;
  const std::size_t start = value.starts_with("export ") ? 7 : 0;
  const std::size_t end =
      value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", start);
  if (end == npos || end < start + 3 || end > start + longest_name || (value[end] != '=' && value[end] != ':') ||
      value.substr(end, 3) == "://")
    return 0;
  const std::size_t key = value.find_first_not_of(" =:", end);
  return key == npos ? 0 : key;
}

/// The offset of a character that cannot be seen: a blank of typography, one without width, a mark of byte order.
std::size_t invisible(std::string_view value) {
  std::size_t first = npos;
  for (const std::string_view sign :
       {"\u00A0", "\u00AD", "\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u202F", "\u2060", "\uFEFF"})
    first = std::min(first, value.find(sign));
  return first;
}

/// Whether the key, another key, or its prefix follows it without a gap: the cause, or empty.
std::string_view pasted_twice(std::string_view value) {
  const std::size_t half = value.size() / 2;
  if (value.size() % 2 == 0 && half >= legacy && value.substr(0, half) == value.substr(half)) return "pasted-twice";
  if (value.size() == 2 * legacy && only(value, "0123456789abcdef")) return "two-keys";
  const std::size_t dash = value.find('-');
  constexpr std::size_t shortest_prefix = 4;  // a shorter one may come again by chance
  if (dash == npos || dash < shortest_prefix) return "";
  const std::string_view prefix = value.substr(0, dash + 1);
  const std::size_t again = value.find(prefix, 1);
  if (again == prefix.size()) return "prefix-twice";
  return again != npos && again >= legacy ? "two-keys" : "";
}

class KeyReader {
 public:
  explicit KeyReader(IssueList& issues) : issues_(issues), value_(issues.value()) {}

  std::string read() {
    if (value_.empty()) return refuse(IssueList::whole, "empty", "There is no key.", copy_key_again);
    if (!is_text() || is_wrapped() || is_broken()) return "";
    // The name of a host may have three parts as well.
    if (is_jwt_shape(value_) && (value_.starts_with("eyJ") || value_.size() >= legacy)) return "jwt";
    if (value_.starts_with("eyJ") && value_.find('.') != npos) {
      return refuse(IssueList::whole, "not-three-parts",
                    "The key begins as a token of three parts does, and has " +
                        std::to_string(split(value_, '.').size()) + ", or an empty one.",
                    copy_key_again);
    }
    if (const auto foreign = value_.find_first_not_of(key_characters); foreign != npos) {
      return refuse(foreign, "foreign-character", "A character stands there that no key has.", copy_key_again);
    }
    return shape();
  }

 private:
  std::string refuse(std::size_t offset, std::string_view cause, std::string observed, std::string fix) {
    issues_.malformed(offset, {cause, std::move(observed), right_form, std::move(fix), "KEY"});
    return "";
  }

  bool is_text() {
    if (value_.size() > longest_value) {
      refuse(IssueList::whole, "too-long", "The value is " + std::to_string(value_.size()) + " bytes long.",
             copy_key_again);
    } else if (const auto fault = utf8_fault(value_); fault != npos) {
      refuse(fault, "not-utf8", "A byte stands there that is not UTF-8, as in a file of another encoding.",
             "Save the key as plain ASCII.");
    } else {
      return true;
    }
    return false;
  }

  /// Something that does not belong to the key stands around it. The outermost is told.
  bool is_wrapped() {
    if (is_blank(value_.front()) || is_blank(value_.back())) {
      const bool front = is_blank(value_.front());
      const char blank = front ? value_.front() : value_.back();
      const std::string what = blank == '\n' || blank == '\r' ? "A line end" : blank == '\t' ? "A tab" : "A blank";
      refuse(front ? 0 : value_.size() - 1, "surrounding-blanks",
             what + " stands " + (front ? "before" : "after") + " the key and is sent as part of it.", "Remove it.");
    } else if (const auto name = pasted_name(value_); name > 0) {
      refuse(0, "name-pasted",
             "The value begins with a name and a sign, = or :, that were pasted together with the key.",
             "Keep only what follows the sign.");
    } else if (const std::size_t front = quote_at(value_, false), back = quote_at(value_, true); front + back > 0) {
      refuse(front > 0 ? 0 : value_.size() - back, "quoted",
             std::string(front > 0 && back > 0 ? "Quotes stand around the key and are"
                         : front > 0           ? "A quote stands before the key and is"
                                               : "A quote stands after the key and is") +
                 " sent as part of it.",
             front > 0 && back > 0 ? "Remove both quotes." : "Remove the quote.");
    } else if (std::string_view("<[{(").find(value_.front()) != npos) {
      refuse(0, "in-brackets", "The value begins with a bracket, as <api-key> of an example does.",
             "Remove the brackets.");
    } else {
      return false;
    }
    return true;
  }

  /// What stands there is not one piece, or not a key at all.
  bool is_broken() {
    if (value_.find("://") != npos) {
      refuse(0, "web-url", "The value is a URL: the address of a page, not the key that the page shows.", copy_key_again);
    } else if (const auto blank = value_.find_first_of(blanks); blank != npos) {
      const bool line_end = value_[blank] == '\n' || value_[blank] == '\r';
      refuse(blank, line_end ? "line-end" : "blank-inside",
             line_end ? "The key is broken over several lines." : "A blank stands within the key.",
             "Write the key on one line, without blanks.");
    } else if (const auto unseen = invisible(value_); unseen != npos) {
      refuse(unseen, "invisible-character",
             "A character that cannot be seen stands there, as web pages and editors put it in.",
             "Type the beginning and the end of the key by hand, or copy it as plain text.");
    } else if (const auto masked =
                   std::min({value_.find("***"), value_.find("…"), value_.find("..."), value_.find("••")});
               masked != npos) {
      refuse(masked, "masked-value", "A part of the key is masked, as lists and logs show it.", copy_key_again);
    } else {
      return false;
    }
    return true;
  }

  std::string shape() {
    const std::size_t dash = value_.find('-');
    const std::size_t rest = dash == npos ? value_.size() : value_.size() - dash - 1;
    if (const auto twice = pasted_twice(value_); !twice.empty()) {
      const std::string observed =
          twice == "two-keys"
              ? "Two keys stand there without anything between, together " + characters(value_.size()) + "."
          : twice == "prefix-twice" ? "The prefix in front of the key stands there twice."
                                    : "The key stands there twice, together " + characters(value_.size()) + ".";
      return refuse(0, twice, observed, twice == "prefix-twice" ? "Keep one prefix." : "Keep one key.");
    }
    if (rest < legacy) {
      return refuse(IssueList::whole, "truncated",
                    "The key has " + characters(rest) + (dash == npos ? "" : " after its prefix") +
                        ", where 40 is the least: it was cut off, or it is something else.",
                    copy_key_again);
    }
    if (rest == legacy) return dash == npos ? "legacy-40" : "local-40";
    if (value_.size() < shortest_long || value_.size() > longest_long) {
      issues_.suspicious(IssueList::whole, {"odd-length",
                                            "The key has " + characters(value_.size()) +
                                                ". Clients take it, but W&B gives out keys of 40 and of about 86: "
                                                "something was probably cut off or added.",
                                            right_form, copy_key_again, "KEY"});
    }
    return "long";
  }

  IssueList& issues_;
  std::string_view value_;
};

std::string ago(std::int64_t seconds) {
  const auto [unit, size] = seconds < 7200     ? std::pair(" minutes", 60)
                            : seconds < 172800 ? std::pair(" hours", 3600)
                                               : std::pair(" days", 86400);
  return std::to_string(seconds / size) + unit + " ago";
}

/// A stretch of a key's characters that is no word of a language.
bool is_telling(std::string_view run) {
  constexpr std::size_t shortest = 16;
  return run.size() >= shortest && run.find_first_of("0123456789") != npos;
}

}  // namespace

std::string parse_api_key(IssueList& issues) { return KeyReader(issues).read(); }

std::vector<std::string> secrets_in_key(std::string_view value) {
  const std::string_view whole = trim(value);
  if (whole.starts_with("eyJ") && is_jwt_shape(whole)) return {std::string(whole)};
  std::vector<std::string> out;
  const bool url = whole.find("://") != npos;
  if (url) out = possible_secrets(whole);
  for (std::size_t start = 0; start < whole.size();) {
    const std::size_t end = std::min(whole.find_first_not_of(key_characters, start), whole.size());
    if (is_telling(whole.substr(start, end - start))) out.emplace_back(whole.substr(start, end - start));
    start = std::max(end, start) + 1;
  }
  constexpr std::size_t shortest = 8;  // a shorter one opens nothing, and is too likely a word
  // A name before the key is no secret: hiding it would hide the setting of that name in every text.
  const std::string_view rest = whole.substr(pasted_name(whole));
  const std::string_view key = rest.size() >= shortest ? rest : whole;
  const bool word = key.size() < shortest || find_variable(key) != nullptr ||
                    (key.size() < 16 && key.find_first_of("0123456789") == npos);
  const bool host = out.empty() && key.find('.') != npos;
  if (!url && !word && !host) out.emplace_back(key);
  return out;
}

bool looks_like_key(std::string_view text) {
  return (text.size() >= legacy && only(text, key_characters) && is_telling(text)) ||
         (text.starts_with("eyJ") && is_jwt_shape(text));
}

bool check_identity_token(IssueList& issues, std::int64_t now) {
  const std::string_view value = issues.value();
  const std::string expected =
      "The token of the identity provider alone: three parts of base64url joined by dots, beginning with eyJ.";
  const auto refuse = [&](std::string_view cause, std::string observed, std::string fix) {
    issues.malformed(IssueList::whole, {cause, std::move(observed), expected, std::move(fix), ""});
    return false;
  };
  if (value.empty())
    return refuse("empty", "The file of the identity token is empty.",
                  "Have the identity provider's agent write the token again.");
  if (value.front() == '{')
    return refuse("json-document", "The file holds a JSON document, not the token in it.",
                  "Write the member id_token (or access_token) into the file, without quotes.");
  if (!is_jwt_shape(value)) {
    const auto parts = split(value, '.').size();
    return refuse(
        "not-a-token",
        "The file of the identity token has " + std::to_string(parts) + (parts == 1 ? " part" : " parts") +
            " where a token has three, or holds characters that a token has not.",
        "Put a token of the identity provider there; an API key goes into WANDB_API_KEY or a file for --api-key-file.");
  }
  const auto parts = split(value, '.');
  const auto claims = jwt_object(parts[1]);
  if (!jwt_object(parts[0]) || !claims)
    return refuse("not-a-token",
                  "A part of the identity token does not decode to a JSON object: some of it is missing.",
                  "Write the whole token again.");
  if (const std::int64_t ends = jwt_number(*claims, "exp"); ends > 0 && now > 0 && ends < now / 1000) {
    issues.suspicious(
        IssueList::whole,
        {"token-expired", "The identity token ended " + ago(now / 1000 - ends) + " by this machine's clock.",
         "A token that is valid now. The server takes no other in exchange.",
         "Have the identity provider's agent write a fresh token, and look why it stopped.", ""});
  }
  return true;
}

}  // namespace wbverify
