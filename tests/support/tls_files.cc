#include "tests/support/tls_files.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {
namespace {

std::string FileText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Makes PATH.crt and PATH.key.
TestKeyPair Make(const std::string& path, const std::string& common_name,
                 const std::string& further) {
  const std::string command = absl::StrCat(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
      "-nodes -days 2 -subj '/CN=",
      common_name, "' ", further, " -keyout ", path, ".key -out ", path,
      ".crt 2>/dev/null");
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return {FileText(path + ".crt"), FileText(path + ".key")};
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name)
    : path_(absl::StrCat(::testing::TempDir(), "/authority-", name)),
      own_(Make(path_, name, "")) {}

TestKeyPair TestAuthority::Issue(const std::string& common_name,
                                 const std::string& alternative_names) const {
  std::string further =
      absl::StrCat("-CA ", path_, ".crt -CAkey ", path_,
                   ".key -addext basicConstraints=critical,CA:FALSE");
  if (!alternative_names.empty()) {
    absl::StrAppend(&further, " -addext subjectAltName=", alternative_names);
  }
  return Make(absl::StrCat(path_, "-issued"), common_name, further);
}

void ReplaceFile(const std::string& path, const std::string& text) {
  const std::string next = path + ".next";
  std::ofstream(next, std::ios::binary) << text;
  EXPECT_EQ(std::rename(next.c_str(), path.c_str()), 0);
}

}  // namespace oms_connector::testing_support
