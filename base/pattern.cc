#include "base/pattern.h"

#include <list>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "re2/re2.h"

namespace oms_connector::base {
namespace {

RE2::Options OptionsOfAPattern() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(static_cast<int64_t>(Pattern::kMemoryOfOne));
  return options;
}

// The patterns used last. Compiling is a pure function of the text, so one
// memory of it serves the whole process.
class Compiled {
 public:
  using Kept = std::shared_ptr<const Pattern>;

  // nullptr where it is not there.
  Kept Find(absl::string_view text) {
    absl::MutexLock lock(&mutex_);
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    last_used_.splice(last_used_.begin(), last_used_, found->second);
    return found->second->second;
  }

  void Put(absl::string_view text, const Kept& pattern) {
    absl::MutexLock lock(&mutex_);
    if (by_text_.contains(text)) return;
    last_used_.emplace_front(std::string(text), pattern);
    by_text_.emplace(last_used_.front().first, last_used_.begin());
    if (last_used_.size() <= Pattern::kKept) return;
    by_text_.erase(last_used_.back().first);
    last_used_.pop_back();
  }

 private:
  using Entries = std::list<std::pair<std::string, Kept>>;

  absl::Mutex mutex_;
  Entries last_used_ ABSL_GUARDED_BY(mutex_);  // newest first
  // By views of the texts in the list, whose entries stay where they are.
  absl::flat_hash_map<absl::string_view, Entries::iterator> by_text_
      ABSL_GUARDED_BY(mutex_);
};

Compiled& Cache() {
  static auto& cache = *new Compiled();
  return cache;
}

}  // namespace

Pattern::Pattern(absl::string_view text)
    : compiled_(std::make_unique<const RE2>(
          re2::StringPiece(text.data(), text.size()), OptionsOfAPattern())) {}

Pattern::~Pattern() = default;

absl::StatusOr<std::shared_ptr<const Pattern>> Pattern::Compile(
    absl::string_view text) {
  if (Compiled::Kept kept = Cache().Find(text)) return kept;
  auto pattern = std::make_shared<const Pattern>(text);
  const RE2& compiled = *pattern->compiled_;
  if (compiled.error_code() == RE2::ErrorPatternTooLarge ||
      (compiled.ok() && compiled.ProgramSize() > kMaxProgramSize)) {
    return absl::InvalidArgumentError(
        "is too large once compiled; use fewer or smaller repetitions");
  }
  if (!compiled.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is no regular expression (RE2): ", compiled.error()));
  }
  if (compiled.NumberOfCapturingGroups() < 1) {
    return absl::InvalidArgumentError(
        "must have a group that captures the key, as in \"^(\\d+)-\"");
  }
  Cache().Put(text, pattern);
  return pattern;
}

std::string Pattern::FirstGroup(absl::string_view text) const {
  std::string found;
  if (!RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_,
                         &found)) {
    return "";
  }
  return found;
}

}  // namespace oms_connector::base
