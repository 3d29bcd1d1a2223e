// The same as a target of libFuzzer: the first byte of the input chooses whose it is.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr const char* probes[] = {"wandb", "wandb.leftovers", "wandb.write"};
  const std::size_t choice = data[0] % 6;
  const std::string wrong = choice == 3   ? wbverify::fuzz::feed_answer(text)
                            : choice == 4 ? wbverify::fuzz::feed_parsers(text)
                            : choice == 5 ? wbverify::fuzz::feed_record(text)
                                          : wbverify::fuzz::feed_facts(probes[choice], text);
  if (wrong.empty()) return 0;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  std::abort();
}
