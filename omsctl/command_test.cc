#include "omsctl/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "oms_connector/v1/connection_service.pb.h"

namespace oms_connector::omsctl {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A list of 2500 runs.
class RunList {
 public:
  absl::StatusOr<v1::ListSyncRunsResponse> operator()(
      const v1::ListSyncRunsRequest& request) {
    sizes.push_back(request.page_size());
    tokens.push_back(request.page_token());
    v1::ListSyncRunsResponse page;
    for (int i = 0; i < request.page_size() && next < 2500; ++i, ++next) {
      page.add_runs()->set_name(absl::StrCat("r", next));
    }
    if (next < 2500) page.set_next_page_token(absl::StrCat("t", next));
    return page;
  }

  std::vector<int> sizes;
  std::vector<std::string> tokens;
  int next = 0;
};

absl::StatusOr<v1::ListSyncRunsResponse> Read(RunList& list, int32_t limit) {
  return ReadPages<v1::ListSyncRunsRequest, v1::ListSyncRunsResponse>(
      {}, limit, [&list](const auto& request) { return list(request); },
      &v1::ListSyncRunsResponse::runs);
}

TEST(PageReader, ReadsUpToTheLimit) {
  RunList list;
  const auto runs = Read(list, 1200);
  ASSERT_TRUE(runs.ok());
  EXPECT_EQ(runs->runs_size(), 1200);
  EXPECT_EQ(runs->next_page_token(), "t1200");
  EXPECT_THAT(list.sizes, ElementsAre(1000, 200));
  EXPECT_THAT(list.tokens, ElementsAre("", "t1000"));
}

TEST(PageReader, StopsAtTheEnd) {
  RunList list;
  const auto runs = Read(list, 5000);
  ASSERT_TRUE(runs.ok());
  EXPECT_EQ(runs->runs_size(), 2500);
  EXPECT_EQ(runs->next_page_token(), "");
}

TEST(PageReader, PassesErrorsOn) {
  const auto runs =
      ReadPages<v1::ListSyncRunsRequest, v1::ListSyncRunsResponse>(
          {}, 10,
          [](const auto&) -> absl::StatusOr<v1::ListSyncRunsResponse> {
            return absl::NotFoundError("none");
          },
          &v1::ListSyncRunsResponse::runs);
  EXPECT_EQ(runs.status().code(), absl::StatusCode::kNotFound);
}

TEST(PageReader, SaysThatThereIsMore) {
  EXPECT_EQ(MoreText("", 100), "");
  EXPECT_THAT(MoreText("t", 100), HasSubstr("more than these 100"));
}

}  // namespace
}  // namespace oms_connector::omsctl
