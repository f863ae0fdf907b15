#include "tests/support/server_group.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {

ServerGroup::ServerGroup(std::string store, std::vector<std::string> more)
    : store_(std::move(store)), more_(std::move(more)) {
  MakeKeyFile(directory_.File("key"));
}

void ServerGroup::Add() {
  std::vector<std::string> arguments = {
      "--listen=127.0.0.1:0",
      "--admin_listen=127.0.0.1:0",
      absl::StrCat("--store=", store_),
      absl::StrCat("--secret_key_file=", directory_.File("key")),
      "--allow_loopback_order_manager",
      "--background_sync=false",
      "--order_manager_requests_per_second=0",
      "--drain_delay=0s"};
  arguments.insert(arguments.end(), more_.begin(), more_.end());
  servers_.push_back(ServerProcess::Start(
      arguments, directory_.File(absl::StrCat("log", servers_.size()))));
  EXPECT_NE(servers_.back()->address(), "") << servers_.back()->Log();
}

}  // namespace oms_connector::testing_support
