#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "server/ops/metrics.h"

namespace oms_connector::server {
namespace {

// Of the words in /proc/self/stat that follow the name in parentheses, see
// proc(5); its field 3 is the first.
constexpr size_t kUserTime = 14 - 3;
constexpr size_t kSystemTime = 15 - 3;
constexpr size_t kThreads = 20 - 3;
constexpr size_t kStartTime = 22 - 3;
constexpr size_t kVirtualBytes = 23 - 3;
constexpr size_t kResidentPages = 24 - 3;

std::string ReadText(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

double Number(absl::string_view word) {
  double number = 0;
  return absl::SimpleAtod(word, &number) ? number : 0;
}

// When the system was started, as Unix time.
double BootTime() {
  const std::string text = ReadText("/proc/stat");
  const std::vector<absl::string_view> parts = absl::StrSplit(text, "\nbtime ");
  if (parts.size() < 2) return 0;
  return Number(parts[1].substr(0, parts[1].find('\n')));
}

int64_t CountOpenFiles() {
  std::error_code error;
  int64_t count = 0;
  for (std::filesystem::directory_iterator file("/proc/self/fd", error), end;
       !error && file != end; file.increment(error)) {
    ++count;
  }
  return count;
}

}  // namespace

ProcessFigures ReadProcessFigures() {
  ProcessFigures figures;
  const std::string text = ReadText("/proc/self/stat");
  const size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return figures;
  const std::vector<absl::string_view> words =
      absl::StrSplit(absl::string_view(text).substr(name_end + 2), ' ');
  if (words.size() <= kResidentPages) return figures;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  figures.cpu_seconds =
      (Number(words[kUserTime]) + Number(words[kSystemTime])) / ticks;
  figures.threads = static_cast<int64_t>(Number(words[kThreads]));
  figures.start_time = BootTime() + Number(words[kStartTime]) / ticks;
  figures.virtual_bytes = static_cast<int64_t>(Number(words[kVirtualBytes]));
  figures.resident_bytes = static_cast<int64_t>(Number(words[kResidentPages])) *
                           sysconf(_SC_PAGESIZE);
  figures.open_files = CountOpenFiles();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    figures.max_files = static_cast<int64_t>(limit.rlim_cur);
  }
  return figures;
}

}  // namespace oms_connector::server
