#include "storage/document.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/cord.h"
#include "google/protobuf/io/coded_stream.h"
#include "model/errors.h"

namespace oms_connector::storage {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

// Protobuf's wire types, of which three are used here.
enum WireType : uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kLengthDelimited = 2,
};
constexpr int kTagShift = 3;
constexpr uint32_t kTypeMask = 7;

uint32_t Key(int tag, WireType type) {
  return (static_cast<uint32_t>(tag) << kTagShift) | type;
}

// A varint has at most ten bytes; a key and a value are two.
constexpr size_t kLongestVarint = 10;
constexpr size_t kLongestPair = 2 * kLongestVarint;
// Lengths below this have one byte.
constexpr size_t kShort = 0x80;

// Protobuf's tags have 29 bits.
constexpr uint64_t kMaxTag = (uint64_t{1} << 29) - 1;
// A varint has at most ten bytes of seven bits.
constexpr int kVarintBits = 70;

// Takes a varint off the front; false where there is none. Written out, since
// a stream object for each would cost more than the reading.
bool TakeVarint(absl::string_view* bytes, uint64_t* value) {
  uint64_t result = 0;
  size_t used = 0;
  for (int shift = 0; shift < kVarintBits; shift += 7) {
    if (used == bytes->size()) return false;
    const auto byte = static_cast<unsigned char>((*bytes)[used++]);
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      bytes->remove_prefix(used);
      *value = result;
      return true;
    }
  }
  return false;
}

}  // namespace

uint8_t* DocumentWriter::Add(size_t count) {
  if (capacity_ - size_ < count) {
    const bool was_short = long_.empty();
    long_.resize(2 * (size_ + count));
    if (was_short) std::memcpy(long_.data(), short_.data(), size_);
    data_ = long_.data();
    capacity_ = long_.size();
  }
  size_ += count;
  return reinterpret_cast<uint8_t*>(data_ + size_ - count);
}

void DocumentWriter::EndAt(const uint8_t* end) {
  size_ = static_cast<size_t>(reinterpret_cast<const char*>(end) - data_);
}

void DocumentWriter::Integer(int tag, int64_t value) {
  uint8_t* to = Add(kLongestPair);
  to = CodedOutputStream::WriteVarint32ToArray(Key(tag, kVarint), to);
  EndAt(CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(value),
                                                to));
}

void DocumentWriter::Double(int tag, double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  uint8_t* to = Add(kLongestPair);
  to = CodedOutputStream::WriteVarint32ToArray(Key(tag, kFixed64), to);
  EndAt(CodedOutputStream::WriteLittleEndian64ToArray(bits, to));
}

void DocumentWriter::Bytes(int tag, absl::string_view value) {
  uint8_t* to = Add(kLongestPair + value.size());
  to = CodedOutputStream::WriteVarint32ToArray(Key(tag, kLengthDelimited), to);
  to = CodedOutputStream::WriteVarint64ToArray(value.size(), to);
  std::copy(value.begin(), value.end(), to);
  EndAt(to + value.size());
}

size_t DocumentWriter::Begin(int tag) {
  uint8_t* to = Add(kLongestPair);
  to = CodedOutputStream::WriteVarint32ToArray(Key(tag, kLengthDelimited), to);
  *to = 0;  // its length, known at the end
  EndAt(to + 1);
  return size_;
}

void DocumentWriter::End(size_t begin) {
  const size_t length = size_ - begin;
  if (length < kShort) {
    data_[begin - 1] = static_cast<char>(length);
    return;
  }
  uint8_t varint[kLongestVarint];
  const uint8_t* const end =
      CodedOutputStream::WriteVarint64ToArray(length, varint);
  const auto bytes = static_cast<size_t>(end - varint);
  Add(bytes - 1);
  std::memmove(data_ + begin - 1 + bytes, data_ + begin, length);
  std::memcpy(data_ + begin - 1, varint, bytes);
}

bool DocumentReader::Next() {
  if (rest_.empty() || damaged_) return false;
  uint64_t key = 0;
  uint64_t value = 0;
  bool good = TakeVarint(&rest_, &key) && key >> kTagShift != 0 &&
              key >> kTagShift <= kMaxTag;
  tag_ = static_cast<int>(key >> kTagShift);
  integer_ = 0;
  bytes_ = absl::string_view();
  switch (key & kTypeMask) {
    case kVarint:
      good = good && TakeVarint(&rest_, &value);
      break;
    case kFixed64:
      good = good && rest_.size() >= sizeof(value);
      if (good) {
        CodedInputStream::ReadLittleEndian64FromArray(
            reinterpret_cast<const uint8_t*>(rest_.data()), &value);
        rest_.remove_prefix(sizeof(value));
      }
      break;
    case kLengthDelimited:
      good = good && TakeVarint(&rest_, &value) && value <= rest_.size();
      break;
    default:
      good = false;
  }
  if (!good) {
    damaged_ = true;
    return false;
  }
  if ((key & kTypeMask) == kLengthDelimited) {
    bytes_ = rest_.substr(0, value);
    rest_.remove_prefix(value);
  } else {
    integer_ = static_cast<int64_t>(value);
  }
  return true;
}

double DocumentReader::real() const {
  double value = 0;
  std::memcpy(&value, &integer_, sizeof(value));
  return value;
}

namespace internal {
namespace {

// What of a status is kept; its payloads are the errors' details.
constexpr int kCode = 1;
constexpr int kMessage = 2;
constexpr int kPayloadUrl = 3;
constexpr int kPayload = 4;  // follows its url

}  // namespace

absl::Status DamagedDocument() {
  return model::Internal("a stored document is damaged");
}

void WriteStatus(DocumentWriter& writer, const absl::Status& status) {
  writer.Integer(kCode, static_cast<int64_t>(status.raw_code()));
  writer.Bytes(kMessage, status.message());
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    writer.Bytes(kPayloadUrl, url);
    writer.Bytes(kPayload, std::string(payload));
  });
}

bool DecodeStatus(absl::string_view bytes, absl::Status* status) {
  absl::StatusCode code = absl::StatusCode::kOk;
  absl::string_view message;
  absl::string_view url;
  std::vector<std::pair<absl::string_view, absl::string_view>> payloads;
  DocumentReader reader(bytes);
  while (reader.Next()) {
    switch (reader.tag()) {
      case kCode:
        code = static_cast<absl::StatusCode>(reader.integer());
        break;
      case kMessage:
        message = reader.bytes();
        break;
      case kPayloadUrl:
        url = reader.bytes();
        break;
      case kPayload:
        payloads.emplace_back(url, reader.bytes());
        break;
    }
  }
  if (reader.damaged()) return false;
  *status = absl::Status(code, message);
  for (const auto& [name, payload] : payloads) {
    status->SetPayload(name, absl::Cord(payload));
  }
  return true;
}

}  // namespace internal

}  // namespace oms_connector::storage
