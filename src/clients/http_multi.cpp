#include "clients/http_multi.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <new>

namespace wbverify::http {
namespace {

constexpr long most_connections = 8;

}  // namespace

void MultiCloser::operator()(void* multi) const { curl_multi_cleanup(multi); }

Multi::Multi() {
  static std::once_flag initialised;
  std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  multi_.reset(curl_multi_init());
  if (!multi_) throw std::bad_alloc();
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, most_connections);
  // By itself curl keeps four for each request on its way, and closes the others when a single one follows on many.
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, most_connections);
}

void Multi::run(std::deque<Transfer>& transfers, Deadline deadline, const std::stop_token& stop) {
  Call call{deadline, stop};
  for (auto& transfer : transfers) {
    if (!transfer.ended()) call.open.push_back(&transfer);
  }
  // No lock in there: it may run inside request_stop() of any thread, and here at once.
  const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
  std::unique_lock lock(mutex_);
  calls_.push_back(&call);
  if (led_) curl_multi_wakeup(multi_.get());
  while (!call.open.empty()) {
    if (!led_) {
      lead(call, lock);
    } else {
      changed_.wait(lock, [&] { return call.open.empty() || !led_; });
    }
  }
  std::erase(calls_, &call);
}

void Multi::lead(const Call& own, std::unique_lock<std::mutex>& lock) {
  led_ = true;
  for (;;) {
    turn();
    if (own.open.empty()) break;
    const int patience = patience_ms();
    lock.unlock();
    curl_multi_poll(multi_.get(), nullptr, 0, patience, nullptr);
    lock.lock();
  }
  led_ = false;
  changed_.notify_all();
}

void Multi::turn() {
  for (Call* call : calls_) {
    if (call->deadline.expired()) {
      give_up(*call, [](const Transfer&) { return true; });
    } else if (call->stop.stop_requested()) {
      stop(*call);
    } else if (!call->begun) {
      begin(*call);
    }
  }
  int count = 0;
  curl_multi_perform(multi_.get(), &count);
  take_ended();
}

void Multi::begin(Call& call) {
  call.begun = true;
  for (Transfer* transfer : call.open) curl_multi_add_handle(multi_.get(), transfer->easy());
}

void Multi::stop(Call& call) {
  if (!call.last_word) call.last_word = call.deadline.within(HttpClient::last_word);
  const bool waits = call.begun && !call.last_word->expired();
  give_up(call, [waits](const Transfer& transfer) { return !waits || !transfer.may_change_something(); });
}

template <class Which>
void Multi::give_up(Call& call, Which which) {
  const auto gone = std::partition(call.open.begin(), call.open.end(), [&](const Transfer* transfer) { return !which(*transfer); });
  std::for_each(gone, call.open.end(), [&](Transfer* transfer) {
    transfer->end(call.stop.stop_requested() ? stopped_at(transfer->stage())
                                             : too_late(transfer->stage(), elapsed_ms(call.started) / 1000));
    if (call.begun) curl_multi_remove_handle(multi_.get(), transfer->easy());
  });
  call.open.erase(gone, call.open.end());
  if (call.open.empty()) changed_.notify_all();
}

void Multi::take_ended() {
  int count = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &count)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    const int code = message->data.result;  // gone with its handle
    curl_multi_remove_handle(multi_.get(), transfer->easy());
    if (transfer->try_again(code)) {
      curl_multi_add_handle(multi_.get(), transfer->easy());
      continue;
    }
    transfer->end(code);
    for (Call* call : calls_) {
      if (std::erase(call->open, transfer) > 0 && call->open.empty()) changed_.notify_all();
    }
  }
}

/// Until the first deadline of all calls; who waits for nobody else need not be woken more often than once a second.
int Multi::patience_ms() const {
  Deadline::Milliseconds least(1000);
  for (const Call* call : calls_) {
    if (!call->open.empty()) least = std::min(least, call->last_word.value_or(call->deadline).remaining());
  }
  return static_cast<int>(least.count());
}

}  // namespace wbverify::http
