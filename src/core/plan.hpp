#pragma once
#include <string>

namespace wbverify {

/// One thing that a probe will do to a service, for `wbverify plan`.
struct Touch {
  std::string target;    ///< `mysql.example.com:3306`
  std::string action;    ///< `SELECT 41 server variables`, `PUT object wbverify/<run>/plain.bin`
  bool writes = false;
  std::string bytes;     ///< `about 4 KiB`, or empty
};

}  // namespace wbverify
