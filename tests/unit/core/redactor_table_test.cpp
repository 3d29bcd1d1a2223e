// Secrets in every encoding that software was seen to use, cut at every place by us and by others: nothing of them is readable.
#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <vector>

#include "core/display.hpp"
#include "core/redactor.hpp"
#include "core/redactor_views.hpp"
#include "core/secret.hpp"
#include "util/encoding.hpp"

namespace wbverify {
namespace {

const std::vector<std::string> secrets = {
    "wJalrXUtnFEMIK7MDENGbPxRfiCY/EXAMPLE", "correct  horse-battery", "P@ss w\xC3\xB6rd&<\"quoted\"'s>", "local-ec808acb34b228b086b0b3ade8e194273769a9de",
    "a+b/c=d%e\\f~g`h", "Zq8kV3lm9xW2trLong", "tab\tand blank\xE2\x82\xAC-secret", "x9$Kj#2m!Lq^8w*(Rt)"};

std::string each(std::string_view text, const std::function<std::string(unsigned char)>& write) {
  std::string out;
  for (const char c : text) out += write(static_cast<unsigned char>(c));
  return out;
}
bool is_plain(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
std::string number(std::string_view before, unsigned value, unsigned base, std::size_t digits, std::string_view after = "") {
  std::string out;
  for (; value > 0 || out.size() < digits; value /= base) out.insert(out.begin(), "0123456789abcdef"[value % base]);
  return std::string(before) + out + std::string(after);
}
std::string json(std::string_view text) {
  return each(text, [](unsigned char c) -> std::string {
    if (c == '"' || c == '\\') return std::string("\\") + static_cast<char>(c);
    if (c == '\t') return "\\t";
    return std::string(1, static_cast<char>(c));
  });
}
std::string folded(std::string_view text, std::size_t width, std::string_view fold) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && i % width == 0) out += fold;
    out += text[i];
  }
  return out;
}
std::string other_blanks(std::string_view text, std::string_view blank) {
  return each(text, [&](unsigned char c) { return c == ' ' || c == '\t' ? std::string(blank) : std::string(1, static_cast<char>(c)); });
}

struct Encoding {
  const char* name;
  std::function<std::string(const std::string&)> write;
};
const std::vector<Encoding> encodings = {
    {"plain", [](const std::string& s) { return s; }},
    {"base64", [](const std::string& s) { return base64_encode(s); }},
    {"base64 of api:", [](const std::string& s) { return base64_encode("api:" + s); }},
    {"hex", [](const std::string& s) { return hex_encode(s); }},
    {"UTF-16", [](const std::string& s) { return each(s, [](unsigned char c) { return std::string(1, static_cast<char>(c)) + '\0'; }); }},
    {"percent", [](const std::string& s) { return percent_encode(s); }},
    {"percent, all", [](const std::string& s) { return each(s, [](unsigned char c) { return number("%", c, 16, 2); }); }},
    {"percent twice", [](const std::string& s) { return percent_encode(percent_encode(s)); }},
    {"form", [](const std::string& s) { return each(s, [](unsigned char c) { return c == ' ' ? "+" : is_plain(c) ? std::string(1, static_cast<char>(c)) : number("%", c, 16, 2); }); }},
    {"JSON", json},
    {"JSON twice", [](const std::string& s) { return json(json(s)); }},
    {"Go", [](const std::string& s) { return each(json(s), [](unsigned char c) { return c == '&' || c == '<' || c == '>' ? number("\\u", c, 16, 4) : std::string(1, static_cast<char>(c)); }); }},
    {"\\xNN", [](const std::string& s) { return each(s, [](unsigned char c) { return is_plain(c) ? std::string(1, static_cast<char>(c)) : number("\\x", c, 16, 2); }); }},
    {"\\xNN, all", [](const std::string& s) { return each(s, [](unsigned char c) { return number("\\x", c, 16, 2); }); }},
    {"SQL", [](const std::string& s) { return each(s, [](unsigned char c) { return c == '\'' ? "''" : c == '\\' ? "\\\\" : std::string(1, static_cast<char>(c)); }); }},
    {"HTML", [](const std::string& s) { return each(s, [](unsigned char c) { return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : c == '\'' ? "&#39;" : std::string(1, static_cast<char>(c)); }); }},
    {"HTML decimal", [](const std::string& s) { return each(s, [](unsigned char c) { return c < 0x80 && !is_plain(c) ? number("&#", c, 10, 1, ";") : std::string(1, static_cast<char>(c)); }); }},
    {"HTML hexadecimal", [](const std::string& s) { return each(s, [](unsigned char c) { return c < 0x80 && !is_plain(c) ? number("&#x", c, 16, 1, ";") : std::string(1, static_cast<char>(c)); }); }},
    {"octal", [](const std::string& s) { return each(s, [](unsigned char c) { return is_plain(c) ? std::string(1, static_cast<char>(c)) : number("\\", c, 8, 3); }); }},
    {"octal, syslog", [](const std::string& s) { return each(s, [](unsigned char c) { return is_plain(c) ? std::string(1, static_cast<char>(c)) : number("#", c, 8, 3); }); }},
    {"folded", [](const std::string& s) { return folded(s, 11, "\n    "); }},
    {"folded, CRLF and tab", [](const std::string& s) { return folded(s, 7, "\r\n\t"); }},
    {"folded to a blank", [](const std::string& s) { return folded(s, 9, " "); }},
    {"folded base64", [](const std::string& s) { return folded(base64_encode(s), 16, "\n"); }},
    {"tab for blank", [](const std::string& s) { return other_blanks(s, "\t"); }},
    {"two blanks for one", [](const std::string& s) { return other_blanks(s, "  "); }},
    {"no-break space for blank", [](const std::string& s) { return other_blanks(s, "\xC2\xA0"); }},
};

std::string without_blanks(std::string_view text) {
  return each(text, [](unsigned char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0' ? "" : std::string(1, static_cast<char>(c)); });
}

/// Whether eight characters in a row of the secret can be read off the text: as they are, after undoing escapes, or in base64 or hex.
bool is_readable(const std::string& shown, const std::string& secret) {
  constexpr std::size_t telling = 8;
  std::vector<std::string> texts;
  redaction::Views views;
  views.look_through(shown, redaction::every_escape, [&](const redaction::View& view) { texts.push_back(without_blanks(view.bytes)); });
  const auto any_piece = [&](const std::string& whole, std::size_t size) {
    for (std::size_t i = 0; i + size <= whole.size(); ++i) {
      for (const auto& text : texts) {
        if (text.find(whole.substr(i, size)) != std::string::npos) return true;
      }
    }
    return false;
  };
  if (any_piece(without_blanks(secret), telling) || any_piece(hex_encode(secret), 2 * telling)) return true;
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const std::string encoded = base64_encode(std::string(shift, 'x') + secret);
    if (any_piece(encoded.substr(shift == 0 ? 0 : 4, encoded.size() - (shift == 0 ? 0 : 4) - 3), telling * 4 / 3 + 1)) return true;
  }
  return false;
}

class RedactorTable : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& secret : secrets) Secret{std::string(secret)};
  }
  void look(const std::string& shown, const std::string& secret, const std::string& what) {
    ++inputs_;
    if (!is_readable(shown, secret)) return;
    if (++readable_ <= 20) ADD_FAILURE() << what << ": " << shown;
  }
  ~RedactorTable() override { EXPECT_EQ(readable_, 0) << "of " << inputs_; }
  int inputs_ = 0, readable_ = 0;
};

TEST_F(RedactorTable, NothingIsReadableWhereverWeCut) {
  for (const auto& secret : secrets) {
    for (const auto& encoding : encodings) {
      for (const std::string before : {"", "upstream said: next="}) {
        const std::string text = before + encoding.write(secret) + " and more of it, which is not secret";
        for (std::size_t limit = before.size(); limit <= text.size(); ++limit) {
          look(for_display(text, limit), secret, std::string(encoding.name) + ", cut by us at " + std::to_string(limit));
        }
      }
    }
  }
  EXPECT_GE(inputs_, 20000);
}

TEST_F(RedactorTable, NothingIsReadableWhereverAnotherCut) {
  for (const auto& secret : secrets) {
    for (const auto& encoding : encodings) {
      const std::string before = "log: ", written = encoding.write(secret);
      for (std::size_t length = 0; length <= written.size(); ++length) {
        for (const std::string sign : {"\xE2\x80\xA6", "...", ""}) {
          for (const std::string after : {"", " (cut)"}) {
            if (sign.empty() && !after.empty()) continue;
            look(for_display(before + written.substr(0, length) + sign + after), secret, std::string(encoding.name) + ", cut by another at " + std::to_string(length) + " with '" + sign + "'");
          }
        }
      }
    }
  }
  EXPECT_GE(inputs_, 15000);
}

}  // namespace
}  // namespace wbverify
