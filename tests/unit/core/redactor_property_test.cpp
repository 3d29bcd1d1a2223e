// What must hold for any secret in any text, tried with a fixed seed.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "core/redactor.hpp"
#include "util/encoding.hpp"
#include "util/text.hpp"

namespace wbverify {
namespace {

using Dice = std::mt19937;

std::string word(Dice& dice, std::size_t least, std::size_t most, std::string_view alphabet) {
  std::string out(least + dice() % (most - least + 1), ' ');
  for (char& c : out) c = alphabet[dice() % alphabet.size()];
  return out;
}

constexpr std::string_view printable = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~\\ ";
constexpr std::string_view noise = "abcXYZ019 /:@?&=%\\\"'.,;<>[]+-_\n\t";

std::string json_escape(std::string_view text, Dice& dice) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || (c == '/' && dice() % 2 == 0)) {
      out += '\\';
      out += c;
    } else if (dice() % 8 == 0) {
      out += std::string("\\u00") + digits[static_cast<unsigned char>(c) >> 4] + digits[c & 0xF];
    } else {
      out += c;
    }
  }
  return out;
}

std::string html_escape(std::string_view text, Dice& dice) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"' || c == '\'' || dice() % 8 == 0) {
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    } else {
      out += c;
    }
  }
  return out;
}

/// Every escape by chance, as programs disagree on what needs one.
std::string percent_some(std::string_view text, Dice& dice) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || dice() % 3 == 0) {
      const std::string code = percent_encode(std::string_view(&c, 1));
      out += code.size() == 3 ? (dice() % 2 == 0 ? code : to_lower(code)) : std::string(1, c);
    } else {
      out += c;
    }
  }
  return out;
}

TEST(RedactorProperty, NoEncodingOfASecretSurvives) {
  Dice dice(20261126);   // NOLINT: the same texts at every run
  for (int round = 0; round < 1500; ++round) {
    const std::string secret = "Q" + word(dice, 7, 40, printable) + "Z";
    Redactor redactor;
    redactor.add(secret);
    redactor.add(word(dice, 4, 20, printable));
    const std::string before = word(dice, 0, 12, noise), after = word(dice, 0, 12, noise);
    const std::string shapes[] = {secret, percent_encode(secret), percent_some(secret, dice), percent_encode(percent_encode(secret)), json_escape(secret, dice),
                                  html_escape(secret, dice), percent_encode(json_escape(secret, dice)), hex_encode(secret)};
    for (const std::string& shape : shapes) {
      const std::string out = redactor.redact(before + "|" + shape + "|" + after);
      EXPECT_EQ(out.find(shape), std::string::npos) << "secret " << secret << "\nshape  " << shape << "\nout    " << out;
      EXPECT_NE(out.find("[redacted]"), std::string::npos);
      EXPECT_EQ(redactor.redact(out), out) << "twice is not as once for " << secret;
    }
    const std::string encoded = base64_encode(before + secret + after);
    const std::string out = redactor.redact(encoded);
    const std::string middle = base64_encode(std::string(before.size() % 3, '\0') + secret);
    EXPECT_EQ(out.find(middle.substr(4, middle.size() - 8)), std::string::npos) << out;
  }
}

TEST(RedactorProperty, TwiceIsAsOnceForAnyText) {
  Dice dice(7);   // NOLINT
  const std::string pieces[] = {"://", "user:", "@host", "password=", "Authorization: ", "Basic ", "[redacted]", "…", "...", "sig=", "%41", "%2540", "\\u0041", "&#65;", "''", "eyJhbGciOi.eyJhbGciOi.x", "\n"};
  for (int round = 0; round < 3000; ++round) {
    Redactor redactor;
    for (int i = 0; i < 3; ++i) redactor.add(word(dice, 4, 9, "ab[redacted]/:@%="));
    std::string text;
    for (int i = 0; i < 12; ++i) text += dice() % 2 == 0 ? pieces[dice() % std::size(pieces)] : word(dice, 0, 6, "ab[redacted]/:@%= ");
    const std::string once = redactor.redact(text);
    EXPECT_EQ(redactor.redact(once), once) << text;
  }
}

TEST(RedactorProperty, AnyBytesAreTaken) {
  Dice dice(11);   // NOLINT
  Redactor redactor;
  redactor.add("needle-in-the-hay");
  for (int round = 0; round < 500; ++round) {
    std::string bytes(dice() % 300, '\0');
    for (char& c : bytes) c = static_cast<char>(dice() & 0xFF);
    const std::string out = redactor.redact(bytes + "needle-in-the-hay" + bytes);
    EXPECT_EQ(out.find("needle"), std::string::npos);
  }
}

TEST(RedactorProperty, AMegabyteTakesNoTime) {
  Redactor redactor;
  for (int i = 0; i < 20; ++i) redactor.add("a-secret-of-middling-length-" + std::to_string(i));
  const auto timed = [&](const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    redactor.redact(text);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const std::string page = "<p class=\"x\">A line of a page &amp; more, 100 % of it, with a \\ and a ://.</p>\n";
  std::string big;
  while (big.size() < 1U << 20) big += page;
  // Generous: the sanitizers make it ten times slower.
  EXPECT_LT(timed(big), 20.0);
  EXPECT_LT(timed(std::string(1U << 20, '%')), 20.0);
  EXPECT_LT(timed(std::string(1U << 20, '\\')), 20.0);
  EXPECT_LT(timed(std::string(1U << 20, 'a')), 20.0);
  EXPECT_LT(timed(std::string(1U << 20, ':')), 20.0);
}

TEST(RedactorProperty, ManyThreadsReadWhileOneAdds) {
  Redactor redactor;
  redactor.add("known-from-the-start");
  std::atomic<bool> done{false};
  std::atomic<int> leaks{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([&] {
        while (!done) {
          if (redactor.redact("x known-from-the-start y") != "x [redacted] y") ++leaks;
        }
      });
    }
    for (int i = 0; i < 50; ++i) redactor.add("added-on-the-way-" + std::to_string(i));
    done = true;
  }
  EXPECT_EQ(leaks, 0);
  EXPECT_EQ(redactor.redact("added-on-the-way-49"), "[redacted]");
}

}  // namespace
}  // namespace wbverify
