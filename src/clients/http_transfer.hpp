#pragma once
// One request on its way. For http.cpp and http_transfer.cpp only: libcurl's handles are void pointers here.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clients/http.hpp"
#include "clients/http_error.hpp"

struct curl_slist;

namespace wbverify::http {

struct EasyCloser {
  void operator()(void* easy) const;
};
/// Header lines may carry credentials: they are wiped before they are freed.
struct ListWiper {
  void operator()(curl_slist* list) const;
};
using List = std::unique_ptr<curl_slist, ListWiper>;
void append(List& list, const std::string& line);

class Transfer {
 public:
  Transfer(const HttpRequest& request, const HttpOptions& options);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Sets all options that hang on the request; an error when it cannot be one.
  std::optional<Error> prepare();
  void* easy() const { return easy_.get(); }
  void end(int code) { code_ = code; }
  void end(Error error) { error_ = std::move(error); }
  bool ended() const { return code_.has_value() || error_.has_value(); }
  void mark(bool stranger) { stranger_ = stranger; }
  /// Whether an upload that broke off is set up for one more try. The server cannot have acted on it: it never had the whole body.
  /// Many a server refuses an upload and closes at once; the reset then overtakes the answer. Asked with `Expect: 100-continue`
  /// it refuses before the body is on its way.
  bool try_again(int code);
  /// Whether bytes of the request left.
  bool sent() const;
  /// Whether they left and its method is not one that only reads.
  bool may_change_something() const;
  /// How often bytes of it left.
  int round_trips() const;
  Stage stage() const;
  double seconds() const;
  /// To be called once, when it ended.
  Result<HttpResponse> result();

 private:
  static std::size_t header_line(char* data, std::size_t size, std::size_t count, void* user);
  static std::size_t body_part(char* data, std::size_t size, std::size_t count, void* user);
  static std::size_t fill(char* into, std::size_t size, std::size_t count, void* user);
  static int seek(void* user, std::int64_t offset, int origin);
  bool take_header(std::string_view line);
  std::uint64_t body_size() const;
  std::uint64_t uploaded() const;
  void set_method();
  bool set_headers(bool expecting);
  long number(int info) const;
  double milliseconds(int info) const;

  const HttpRequest& request_;
  const HttpOptions& options_;
  std::unique_ptr<void, EasyCloser> easy_;
  List headers_;
  HttpResponse response_;
  std::array<char, 256> message_{};
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  std::uint64_t filled_ = 0;
  int sent_before_ = 0;
  bool expecting_ = false;
  std::size_t header_lines_ = 0;
  bool stranger_ = false;
  bool headers_too_large_ = false;
  bool headers_complete_ = false;
  bool switched_ = false;   ///< 101: what follows is no HTTP
  std::optional<int> code_;
  std::optional<Error> error_;
};

}  // namespace wbverify::http
