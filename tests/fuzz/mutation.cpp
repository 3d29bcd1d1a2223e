#include "mutation.hpp"

#include <algorithm>
#include <limits>

#include "util/json.hpp"

namespace wbverify::fuzz {
namespace {

using nlohmann::json;

constexpr std::size_t levels = 5000, digits = 4000;

struct StandIn {
  std::string_view text;
  std::string (*means)();
};

constexpr StandIn stand_ins[] = {
    {"\"@not-utf8@\"", [] { return std::string("\"\xff\xc3\x28\xed\xa0\x80\xf4\x90\x80\x80\""); }},
    {"\"@cut-sequence@\"", [] { return std::string("\"abc\xe2\x82\""); }},
    {"\"@half-surrogate@\"", [] { return std::string("\"\\ud800\""); }},
    {"\"@deep-list@\"", [] { return std::string(levels, '[') + std::string(levels, ']'); }},
    {"\"@deep-object@\"",
     [] {
       std::string out;
       for (std::size_t i = 0; i < levels; ++i) out += "{\"a\":";
       return out + "1" + std::string(levels, '}');
     }},
    {"\"@endless-number@\"", [] { return std::string(digits, '9'); }},
    {"\"@huge-exponent@\"", [] { return std::string("1e999999"); }},
    {"\"@nan@\"", [] { return std::string("NaN"); }},
    {"\"@raw-control@\"", [] { return std::string("\"a\x1b[31m\x07\x00z\"", 12); }},
};

void walk(const json& value, const std::string& place, std::vector<std::string>& out) {
  out.push_back(place);
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) walk(child, (json::json_pointer(place) / key).to_string(), out);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) walk(value[i], place + "/" + std::to_string(i), out);
  }
}

json nested(std::size_t depth) {
  json out = 1;
  for (std::size_t i = 0; i < depth; ++i) out = json{{"a", std::move(out)}};
  return out;
}

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::size_t Random::below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(next() % end); }

std::vector<std::string> places(const json& document) {
  std::vector<std::string> out;
  walk(document, "", out);
  return out;
}

const std::vector<json>& hostile_values() {
  static const std::vector<json> values = [] {
    std::vector<json> out = {nullptr,
                             true,
                             false,
                             0,
                             -1,
                             1,
                             0.5,
                             -1e300,
                             1e300,
                             std::numeric_limits<std::int64_t>::min(),
                             std::numeric_limits<std::int64_t>::max(),
                             std::numeric_limits<std::uint64_t>::max(),
                             "",
                             "0",
                             "-9223372036854775809",
                             "\x1b[2J\x1b[31mred\x07",
                             "line\r\nFAKE: header\n",
                             std::string("a\0b", 3),
                             "\u202egnp.exe",
                             "\u2028\u0085\u200b",
                             "{}",
                             "%s%n%x",
                             "</script>{{7*7}}",
                             "../../etc/passwd",
                             "http://user:secret@[::1]:99999/?X-Amz-Signature=0",
                             "file:///etc/passwd",
                             std::string(70000, 'A'),
                             json::array(),
                             json::object(),
                             json::array({json::array(), json::object(), nullptr, 1, "x"}),
                             json(std::vector<int>(3000, 7)),
                             nested(10),
                             nested(70)};
    for (const auto& [text, means] : stand_ins) out.push_back(parse_json(text));
    return out;
  }();
  return values;
}

json with(const json& document, const std::string& place, const json& value) {
  json out = document;
  out[json::json_pointer(place)] = value;
  return out;
}

std::string spell(const json& document) {
  std::string text = dump_json(document);
  for (const auto& [stand_in, means] : stand_ins) {
    for (std::size_t at = text.find(stand_in); at != std::string::npos; at = text.find(stand_in, at)) {
      const std::string meaning = means();
      text.replace(at, stand_in.size(), meaning);
      at += meaning.size();
    }
  }
  return text;
}

std::string broken(std::string text, Random& random) {
  constexpr char bits[] = {'{',    '}',    '[',    ']', '"', ':', ',', '\\', '\0', '\x1b',
                           '\xff', '\xc3', '\x80', 'e', '+', '-', '.', '0',  't',  'n'};
  for (std::size_t times = 1 + random.below(4); times > 0; --times) {
    const std::size_t at = random.below(text.size());
    switch (random.below(5)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.insert(at, 1, bits[random.below(std::size(bits))]);
        break;
      case 2:
        text.erase(at, 1 + random.below(8));
        break;
      case 3:
        text.insert(at, text.substr(random.below(text.size()), random.below(200)));
        break;
      default:
        if (!text.empty()) text[at] = static_cast<char>(random.next() & 0xff);
    }
  }
  return text;
}

json spoiled(json document, Random& random) {
  for (std::size_t times = 1 + random.below(4); times > 0; --times) {
    const auto all = places(document);
    const json::json_pointer place(all[random.below(all.size())]);
    json& value = document[place];
    switch (random.below(4)) {
      case 0:
        if (value.is_object() && !value.empty()) {
          auto member = value.begin();
          std::advance(member, static_cast<std::ptrdiff_t>(random.below(value.size())));
          value.erase(member);
          break;
        }
        [[fallthrough]];
      case 1:
        if (value.is_array() && !value.empty()) {
          for (std::size_t more = 1 + random.below(40); more > 0; --more)
            value.push_back(value[random.below(value.size())]);
          break;
        }
        [[fallthrough]];
      default:
        value = hostile_values()[random.below(hostile_values().size())];
    }
  }
  return document;
}

}  // namespace wbverify::fuzz
