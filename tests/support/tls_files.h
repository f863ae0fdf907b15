// Certificates for tests, made by openssl's own program.
//
//   TestAuthority authority("callers");
//   const TestKeyPair pair = authority.Issue("ops", "DNS:ops.internal");
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_TLS_FILES_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_TLS_FILES_H_

#include <string>

namespace oms_connector::testing_support {

// PEM texts that belong together.
struct TestKeyPair {
  std::string certificate;
  std::string key;
};

// Vouches for certificates, all valid for two days from now. Its files stand in
// the test's directory; two authorities of one test need different names.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);

  const std::string& certificate() const { return own_.certificate; }

  // `alternative_names` as openssl writes them: "DNS:a.test,URI:spiffe://t/a";
  // empty = none.
  TestKeyPair Issue(const std::string& common_name,
                    const std::string& alternative_names = "") const;

 private:
  const std::string path_;
  const TestKeyPair own_;
};

// Replaces the file's text at once, as rename does.
void ReplaceFile(const std::string& path, const std::string& text);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_TLS_FILES_H_
