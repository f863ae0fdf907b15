#include "server/listen/reflection.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/server_callback.h"
#include "grpcpp/support/slice.h"

namespace oms_connector::server {
namespace {

namespace protobuf = ::google::protobuf;
// The messages of v1alpha are the same, byte for byte.
namespace v1 = ::grpc::reflection::v1;
namespace v1alpha = ::grpc::reflection::v1alpha;

// A google.protobuf.FileDescriptorSet; see BUILD.bazel.
constexpr char kDescribed[] =
#include "server/listen/described.inc"
    ;

constexpr const char* kServices[] = {
    "oms_connector.v1.ConnectionService",
    "oms_connector.v1.ConnectorService",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
};

// Answers requests. What it tells of a file is kept once for the whole process,
// and answers refer to it: one that nobody reads holds its own frame only.
class DescribedFiles {
 public:
  DescribedFiles() {
    protobuf::FileDescriptorSet set;
    set.ParseFromArray(kDescribed, sizeof(kDescribed) - 1);
    for (protobuf::FileDescriptorProto& file : *set.mutable_file()) {
      v1::FileDescriptorResponse piece;
      piece.add_file_descriptor_proto(file.SerializeAsString());
      pieces_[file.name()] = piece.SerializeAsString();
      // Only for those who read.
      file.clear_source_code_info();
      pool_.BuildFile(file);
    }
  }

  // `request` must outlive the call only.
  grpc::ByteBuffer Answer(v1::ServerReflectionRequest request) const {
    v1::ServerReflectionResponse response;
    response.set_valid_host(request.host());
    response.mutable_original_request()->Swap(&request);
    const v1::ServerReflectionRequest& asked = response.original_request();
    switch (asked.message_request_case()) {
      case v1::ServerReflectionRequest::kFileByFilename:
        return File(pool_.FindFileByName(asked.file_by_filename()),
                    asked.file_by_filename(), &response);
      case v1::ServerReflectionRequest::kFileContainingSymbol:
        return File(
            pool_.FindFileContainingSymbol(asked.file_containing_symbol()),
            asked.file_containing_symbol(), &response);
      case v1::ServerReflectionRequest::kFileContainingExtension:
        // Nothing that we describe has extensions.
        return File(nullptr,
                    asked.file_containing_extension().containing_type(),
                    &response);
      case v1::ServerReflectionRequest::kAllExtensionNumbersOfType:
        return Extensions(asked.all_extension_numbers_of_type(), &response);
      case v1::ServerReflectionRequest::kListServices:
        return List(&response);
      case v1::ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
        break;
    }
    return Error(grpc::StatusCode::INVALID_ARGUMENT,
                 "the request asks for nothing", &response);
  }

 private:
  using Response = v1::ServerReflectionResponse;

  static grpc::ByteBuffer Whole(const Response& response) {
    const grpc::Slice slice(response.SerializeAsString());
    return grpc::ByteBuffer(&slice, 1);
  }

  static grpc::ByteBuffer Error(grpc::StatusCode code, std::string message,
                                Response* response) {
    response->mutable_error_response()->set_error_code(code);
    response->mutable_error_response()->set_error_message(std::move(message));
    return Whole(*response);
  }

  static grpc::ByteBuffer List(Response* response) {
    for (const char* name : kServices) {
      response->mutable_list_services_response()->add_service()->set_name(name);
    }
    return Whole(*response);
  }

  grpc::ByteBuffer Extensions(const std::string& type,
                              Response* response) const {
    if (pool_.FindMessageTypeByName(type) == nullptr) {
      return File(nullptr, type, response);
    }
    response->mutable_all_extension_numbers_response()->set_base_type_name(
        type);
    return Whole(*response);
  }

  // The file and all that it imports.
  grpc::ByteBuffer File(const protobuf::FileDescriptor* file,
                        absl::string_view asked, Response* response) const {
    if (file == nullptr) {
      return Error(grpc::StatusCode::NOT_FOUND,
                   absl::StrCat("not found: ", asked), response);
    }
    absl::flat_hash_set<const protobuf::FileDescriptor*> seen;
    std::vector<grpc::Slice> slices(1);
    uint32_t size = 0;
    AddFile(file, &seen, &slices, &size);
    slices.front() = grpc::Slice(
        absl::StrCat(response->SerializeAsString(), OpeningOf(size)));
    return grpc::ByteBuffer(slices.data(), slices.size());
  }

  void AddFile(const protobuf::FileDescriptor* file,
               absl::flat_hash_set<const protobuf::FileDescriptor*>* seen,
               std::vector<grpc::Slice>* slices, uint32_t* size) const {
    if (!seen->insert(file).second) return;
    const std::string& piece = pieces_.at(file->name());
    slices->emplace_back(piece.data(), piece.size(), grpc::Slice::STATIC_SLICE);
    *size += static_cast<uint32_t>(piece.size());
    for (int i = 0; i < file->dependency_count(); ++i) {
      AddFile(file->dependency(i), seen, slices, size);
    }
  }

  // What goes before a file_descriptor_response of `size` bytes on the wire.
  static std::string OpeningOf(uint32_t size) {
    uint8_t bytes[10];
    uint8_t* end = protobuf::io::CodedOutputStream::WriteVarint32ToArray(
        Response::kFileDescriptorResponseFieldNumber << 3 | 2, bytes);
    end = protobuf::io::CodedOutputStream::WriteVarint32ToArray(size, end);
    return std::string(bytes, end);
  }

  protobuf::DescriptorPool pool_;
  // The part of a FileDescriptorResponse that tells of one file; pieces follow
  // one another.
  absl::flat_hash_map<std::string, std::string> pieces_;
};

// Never destroyed: answers on their way refer to it.
const DescribedFiles& Files() {
  static const auto& files = *new DescribedFiles;
  return files;
}

}  // namespace

// The streams that are open.
class ReflectionService::Streams {
 public:
  explicit Streams(std::function<void()> on_refused)
      : on_refused_(std::move(on_refused)) {}

  // OK when `stream` has a place until Remove.
  grpc::Status Add(Stream* stream);
  void Remove(Stream* stream);
  // True for the first who asks: that one must finish the stream, which cannot
  // be gone before.
  bool ClaimEnd(Stream* stream);
  void Shutdown();
  size_t size() const;

 private:
  const std::function<void()> on_refused_;
  mutable absl::Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<Stream*> open_ ABSL_GUARDED_BY(mutex_);
};

// One question at a time; the next is read when the answer before is written.
class ReflectionService::Stream
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit Stream(Streams* streams) : streams_(streams) {
    const grpc::Status status = streams_->Add(this);
    if (status.ok()) {
      StartRead(&request_);
    } else {
      End(status);
    }
  }

  void End(const grpc::Status& status) {
    if (streams_->ClaimEnd(this)) Finish(status);
  }

  bool ended = false;  // the registry's

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return End(grpc::Status::OK);
    v1::ServerReflectionRequest request;
    if (request_.Length() > kMaxRequestBytes) {
      return End({grpc::StatusCode::INVALID_ARGUMENT,
                  "a reflection request has at most 4 KiB"});
    }
    grpc::ProtoBufferReader reader(&request_);
    if (!request.ParseFromZeroCopyStream(&reader)) {
      return End({grpc::StatusCode::INVALID_ARGUMENT,
                  "not a grpc.reflection.v1.ServerReflectionRequest"});
    }
    request_.Clear();
    answer_ = Files().Answer(std::move(request));
    StartWrite(&answer_);
  }

  void OnWriteDone(bool ok) override {
    answer_.Clear();
    if (!ok) return End(grpc::Status::CANCELLED);
    StartRead(&request_);
  }

  void OnDone() override {
    streams_->Remove(this);
    delete this;
  }

  Streams* const streams_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
};

grpc::Status ReflectionService::Streams::Add(Stream* stream) {
  {
    absl::MutexLock lock(&mutex_);
    if (shut_down_) return {grpc::StatusCode::UNAVAILABLE, "shutting down"};
    if (open_.size() < kMaxStreams) {
      open_.insert(stream);
      return grpc::Status::OK;
    }
  }
  on_refused_();
  return {grpc::StatusCode::RESOURCE_EXHAUSTED,
          "too many reflection streams are open; try again later"};
}

void ReflectionService::Streams::Remove(Stream* stream) {
  absl::MutexLock lock(&mutex_);
  open_.erase(stream);
}

bool ReflectionService::Streams::ClaimEnd(Stream* stream) {
  absl::MutexLock lock(&mutex_);
  return !std::exchange(stream->ended, true);
}

void ReflectionService::Streams::Shutdown() {
  std::vector<Stream*> claimed;
  {
    absl::MutexLock lock(&mutex_);
    shut_down_ = true;
    for (Stream* stream : open_) {
      if (!std::exchange(stream->ended, true)) claimed.push_back(stream);
    }
  }
  for (Stream* stream : claimed) {
    stream->Finish({grpc::StatusCode::UNAVAILABLE, "shutting down"});
  }
}

size_t ReflectionService::Streams::size() const {
  absl::MutexLock lock(&mutex_);
  return open_.size();
}

// The same under either name. The messages stay bytes here, so one kind of
// stream serves both.
template <typename Version>
class ReflectionService::Endpoint
    : public Version::template WithRawCallbackMethod_ServerReflectionInfo<
          typename Version::Service> {
 public:
  explicit Endpoint(Streams* streams) : streams_(streams) {}

 private:
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
  ServerReflectionInfo(grpc::CallbackServerContext* /*context*/) override {
    return new Stream(streams_);
  }

  Streams* const streams_;
};

struct ReflectionService::Endpoints {
  explicit Endpoints(Streams* streams) : current(streams), alpha(streams) {}
  Endpoint<v1::ServerReflection> current;
  Endpoint<v1alpha::ServerReflection> alpha;
};

ReflectionService::ReflectionService(std::function<void()> on_refused)
    : streams_(std::make_unique<Streams>(std::move(on_refused))),
      endpoints_(std::make_unique<Endpoints>(streams_.get())) {}

ReflectionService::~ReflectionService() = default;

std::vector<grpc::Service*> ReflectionService::services() {
  return {&endpoints_->current, &endpoints_->alpha};
}

void ReflectionService::Shutdown() { streams_->Shutdown(); }

size_t ReflectionService::streams() const { return streams_->size(); }

}  // namespace oms_connector::server
