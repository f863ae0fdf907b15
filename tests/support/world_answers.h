// Answers the Order Manager's endpoints from a world, faultlessly: filters,
// pages, acknowledge marks, and a plain refusal of requests that make no
// sense.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_WORLD_ANSWERS_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_WORLD_ANSWERS_H_

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "tests/support/acknowledge_marks.h"
#include "tests/support/endpoint.h"
#include "tests/support/fake_world.h"
#include "tests/support/http_server.h"
#include "tests/support/prepared_rows.h"

namespace oms_connector::testing_support {

// Which rows a paged answer tells instead of those asked for.
struct PageShift {
  bool first_page_always = false;
  int64_t rows_per_page = 0;  // Page p starts rows_per_page × (p−1) later.
};

// An answer without rows: {"message": …}.
HttpAnswer Refusal(int status, absl::string_view message);

// Thread-safe.
class WorldAnswers {
 public:
  explicit WorldAnswers(FakeWorld world);

  // Changes the world between two answers. Must not call back.
  void Mutate(absl::FunctionRef<void(FakeWorld&)> change)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Must not call back.
  void Inspect(absl::FunctionRef<void(const FakeWorld&)> look) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  void ForgetAcknowledged() ABSL_LOCKS_EXCLUDED(mutex_);

  // 200 with a bare array (an object for a single order); 400 for parameters
  // or a body that the endpoint does not take; 404 for an order that is not
  // there. The account for acknowledge marks is the Authorization header.
  HttpAnswer Answer(const Route& route, const HttpRequest& request,
                    const PageShift& shift) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  HttpAnswer Rows(Endpoint endpoint, const HttpRequest& request,
                  const PageShift& shift) ABSL_LOCKS_EXCLUDED(mutex_);
  HttpAnswer SingleOrder(int64_t order_id) ABSL_LOCKS_EXCLUDED(mutex_);
  HttpAnswer Acknowledge(const HttpRequest& request)
      ABSL_LOCKS_EXCLUDED(mutex_);

  mutable absl::Mutex mutex_;
  FakeWorld world_ ABSL_GUARDED_BY(mutex_);
  PreparedRows prepared_ ABSL_GUARDED_BY(mutex_);
  AcknowledgeMarks marks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_WORLD_ANSWERS_H_
