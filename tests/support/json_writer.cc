#include "tests/support/json_writer.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace oms_connector::testing_support {

void JsonWriter::Key(absl::string_view name) {
  Separate();
  absl::StrAppend(out_, "\"", name, "\":");
  needs_comma_ = false;
}

void JsonWriter::Integer(int64_t value) {
  Separate();
  absl::StrAppend(out_, value);
}

void JsonWriter::Number(double value) {
  Separate();
  absl::StrAppendFormat(out_, "%.15g", value);
}

void JsonWriter::Boolean(bool value) {
  Separate();
  out_->append(value ? "true" : "false");
}

void JsonWriter::Text(absl::string_view value) {
  Separate();
  out_->push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out_->push_back('\\');
      out_->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(out_, "\\u%04x", c);
    } else {
      out_->push_back(c);
    }
  }
  out_->push_back('"');
}

void JsonWriter::Null() {
  Separate();
  out_->append("null");
}

void JsonWriter::Open(char bracket) {
  Separate();
  out_->push_back(bracket);
  needs_comma_ = false;
}

void JsonWriter::Close(char bracket) {
  out_->push_back(bracket);
  needs_comma_ = true;
}

void JsonWriter::Separate() {
  if (needs_comma_) out_->push_back(',');
  needs_comma_ = true;
}

}  // namespace oms_connector::testing_support
