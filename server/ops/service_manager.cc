#include "server/ops/service_manager.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace oms_connector::server {
namespace {

// systemd compares it with the moment at which the reload was asked for.
std::string MonotonicMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::StrCat(int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000);
}

std::string WordsOf(ServiceState state) {
  switch (state) {
    case ServiceState::kReady:
      return "READY=1";
    case ServiceState::kReloading:
      return absl::StrCat("RELOADING=1\nMONOTONIC_USEC=",
                          MonotonicMicroseconds());
    case ServiceState::kStopping:
      return "STOPPING=1";
    case ServiceState::kAlive:
      return "WATCHDOG=1";
  }
  return "";
}

}  // namespace

void TellServiceManager(ServiceState state, absl::string_view text) {
  std::string words = WordsOf(state);
  if (!text.empty()) absl::StrAppend(&words, "\nSTATUS=", text);
  sd_notify(/*unset_environment=*/0, words.c_str());
}

absl::Duration WatchdogInterval() {
  uint64_t microseconds = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &microseconds) <= 0) {
    return absl::InfiniteDuration();
  }
  return absl::Microseconds(static_cast<int64_t>(microseconds)) / 2;
}

}  // namespace oms_connector::server
