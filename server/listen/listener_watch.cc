#include "server/listen/listener_watch.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace oms_connector::server {
namespace {

// Closes at the end of a scope.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  const int value_;
};

absl::Status Failed(absl::string_view step, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", step));
}

// How soon a dial that is cancelled ends.
constexpr absl::Duration kSlice = absl::Milliseconds(100);

absl::Status Await(int descriptor, short events, absl::Duration timeout,
                   const base::CancellationToken& cancellation,
                   absl::string_view step) {
  pollfd watched = {descriptor, events, 0};
  for (absl::Duration left = timeout; left > absl::ZeroDuration();
       left -= kSlice) {
    if (cancellation.cancelled()) return absl::CancelledError("not awaited");
    const int ready = poll(
        &watched, 1,
        static_cast<int>(absl::ToInt64Milliseconds(std::min(left, kSlice))));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Failed(step, errno);
  }
  return absl::DeadlineExceededError(
      absl::StrCat("cannot ", step, " within ", absl::FormatDuration(timeout)));
}

}  // namespace

absl::Status DialListener(const SocketAddress& address, absl::Duration timeout,
                          const base::CancellationToken& cancellation) {
  const SocketAddress target = DialableAddress(address);
  const Descriptor dialled(socket(
      target.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (dialled.get() < 0) return Failed("open a socket", errno);
  if (connect(dialled.get(), target.get(), target.length) != 0) {
    if (errno != EINPROGRESS) return Failed("connect", errno);
    OMS_RETURN_IF_ERROR(
        Await(dialled.get(), POLLOUT, timeout, cancellation, "connect"));
    int error = 0;
    socklen_t length = sizeof(error);
    getsockopt(dialled.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return Failed("connect", error);
  }
  // The system connects without the server; only the server sees the end of
  // what is sent and does something about it.
  shutdown(dialled.get(), SHUT_WR);
  return Await(dialled.get(), POLLIN, timeout, cancellation, "get an answer");
}

ListenerWatch::ListenerWatch(Options options, base::Sleeper* sleeper)
    : options_(std::move(options)), sleeper_(sleeper) {}

ListenerWatch::~ListenerWatch() { Stop(); }

void ListenerWatch::Start() {
  thread_ = std::thread([this] { Run(); });
}

void ListenerWatch::Stop() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

void ListenerWatch::Run() {
  const base::CallContext context(absl::InfiniteFuture(), stop_.token());
  int failures = 0;
  while (sleeper_->Sleep(options_.interval, context).ok()) {
    const absl::Status status =
        DialListener(options_.address, options_.dial_timeout, stop_.token());
    if (stop_.token().cancelled()) return;
    if (status.ok()) {
      failures = 0;
      continue;
    }
    ++failures;
    options_.on_failed_dial();
    base::LogWarning("the own listener does not answer",
                     {{"error", status}, {"in_a_row", failures}});
    if (failures < options_.failures) continue;
    lost_ = true;
    base::LogError("the own listener is given up");
    options_.on_lost();
    return;
  }
}

}  // namespace oms_connector::server
