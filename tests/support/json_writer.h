// Writes JSON straight into a string: the fake prepares pages of a thousand
// rows, and must never be what a benchmark of its reader waits for.
//
//   std::string text;
//   JsonWriter json(&text);
//   json.BeginObject();
//   json.Key("sku");
//   json.Text("TEE-RED");
//   json.EndObject();            // {"sku":"TEE-RED"}
//
// Commas are its business; that keys and values alternate is the caller's.
// Not thread-safe.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_JSON_WRITER_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_JSON_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::testing_support {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string* out) : out_(out) {}

  void BeginObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void BeginArray() { Open('['); }
  void EndArray() { Close(']'); }

  // `name` is written as it is: it must need no escaping.
  void Key(absl::string_view name);

  void Integer(int64_t value);
  void Number(double value);
  void Boolean(bool value);
  // Escapes quotes, back-slashes and control characters; the bytes are
  // otherwise passed on, so UTF-8 stays UTF-8.
  void Text(absl::string_view value);
  void Null();

 private:
  void Open(char bracket);
  void Close(char bracket);
  void Separate();

  std::string* out_;
  bool needs_comma_ = false;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_JSON_WRITER_H_
