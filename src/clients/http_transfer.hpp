#pragma once
// One request on its way. For http.cpp and http_transfer.cpp only: libcurl's handles are void pointers here.
#include <array>
#include <cstddef>
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
  /// Whether bytes of the request left.
  bool sent() const;
  Stage stage() const;
  double seconds() const;
  /// To be called once, when it ended.
  Result<HttpResponse> result();

 private:
  static std::size_t header_line(char* data, std::size_t size, std::size_t count, void* user);
  static std::size_t body_part(char* data, std::size_t size, std::size_t count, void* user);
  bool take_header(std::string_view line);
  void set_method();
  long number(int info) const;

  const HttpRequest& request_;
  const HttpOptions& options_;
  std::unique_ptr<void, EasyCloser> easy_;
  List headers_;
  HttpResponse response_;
  std::array<char, 256> message_{};
  std::size_t header_bytes_ = 0;
  bool headers_too_large_ = false;
  bool headers_complete_ = false;
  bool switched_ = false;   ///< 101: what follows is no HTTP
  std::optional<int> code_;
  std::optional<Error> error_;
};

}  // namespace wbverify::http
