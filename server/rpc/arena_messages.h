// Messages of a call on an arena of its own: a page of thousands of rows is
// made in a few blocks, and all of it goes at once, as soon as gRPC has the
// answer's bytes. A service asks for them where it is made, for each RPC:
//
//   UseArenas(this, &ConnectorService::SetMessageAllocatorFor_SyncInventory);
#ifndef OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_
#define OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/message_allocator.h"

namespace oms_connector::server {

// Request and response of a call, whatever their types are. gRPC keeps them
// until the last byte of the answer has gone, and they take up to forty times
// as much memory as their bytes: who leaves answers unread must not have that
// kept as well.
class CallMessages {
 public:
  virtual ~CallMessages() = default;
  virtual const google::protobuf::Message& request_message() = 0;
  // What both are made of. They last as long as that; to be taken once.
  std::unique_ptr<google::protobuf::Arena> TakeMemory() {
    return std::move(arena_);
  }

 protected:
  explicit CallMessages(const google::protobuf::ArenaOptions& options)
      : arena_(std::make_unique<google::protobuf::Arena>(options)) {}
  google::protobuf::Arena* arena() { return arena_.get(); }

 private:
  std::unique_ptr<google::protobuf::Arena> arena_;
};

// Thread-safe. Must outlive the server's calls.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    return new Holder();  // gRPC calls Release
  }

 private:
  class Holder final : public grpc::MessageHolder<Request, Response>,
                       public CallMessages {
   public:
    Holder() : CallMessages(Blocks()) {
      using google::protobuf::Arena;
      this->set_request(Arena::CreateMessage<Request>(arena()));
      this->set_response(Arena::CreateMessage<Response>(arena()));
    }
    void Release() override { delete this; }
    const google::protobuf::Message& request_message() override {
      return *this->request();
    }

   private:
    static google::protobuf::ArenaOptions Blocks() {
      google::protobuf::ArenaOptions options;
      options.start_block_size = 1024;      // an answer without rows
      options.max_block_size = 128 * 1024;  // below what malloc maps by itself
      return options;
    }
  };
};

// `set` is what the generated service has for it.
template <typename Service, typename Request, typename Response>
void UseArenas(
    std::common_type_t<Service>* service,
    void (Service::*set)(grpc::MessageAllocator<Request, Response>*)) {
  static auto* const messages = new ArenaMessages<Request, Response>();
  (service->*set)(messages);
}

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_
