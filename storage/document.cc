#include "storage/document.h"

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

// Varints of at most ten bytes each, for a key and a value.
constexpr size_t kLongestPair = 20;

template <typename Write>
void Append(std::string* bytes, Write write) {
  uint8_t buffer[kLongestPair];
  const uint8_t* end = write(buffer);
  bytes->append(reinterpret_cast<const char*>(buffer),
                static_cast<size_t>(end - buffer));
}

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

void DocumentWriter::Integer(int tag, int64_t value) {
  Append(&bytes_, [&](uint8_t* to) {
    to = CodedOutputStream::WriteVarint32ToArray(Key(tag, kVarint), to);
    return CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(value),
                                                   to);
  });
}

void DocumentWriter::Double(int tag, double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  Append(&bytes_, [&](uint8_t* to) {
    to = CodedOutputStream::WriteVarint32ToArray(Key(tag, kFixed64), to);
    return CodedOutputStream::WriteLittleEndian64ToArray(bits, to);
  });
}

void DocumentWriter::Bytes(int tag, absl::string_view value) {
  Append(&bytes_, [&](uint8_t* to) {
    to =
        CodedOutputStream::WriteVarint32ToArray(Key(tag, kLengthDelimited), to);
    return CodedOutputStream::WriteVarint64ToArray(value.size(), to);
  });
  bytes_.append(value.data(), value.size());
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

std::string EncodeStatus(const absl::Status& status) {
  DocumentWriter writer;
  writer.Integer(kCode, static_cast<int64_t>(status.raw_code()));
  writer.Bytes(kMessage, status.message());
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    writer.Bytes(kPayloadUrl, url);
    writer.Bytes(kPayload, std::string(payload));
  });
  return writer.Take();
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
