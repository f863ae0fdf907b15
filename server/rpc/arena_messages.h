// Messages of a call on an arena of its own: a page of thousands of rows is
// made in a few blocks, and goes with them. For calls with large answers; what
// is small is not worth it. Set when a service is made:
//
//   SetMessageAllocatorFor_SyncInventory(&sync_messages_);
#ifndef OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_
#define OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_

#include "google/protobuf/arena.h"
#include "grpcpp/support/message_allocator.h"

namespace oms_connector::server {

// Thread-safe. Must outlive the server's calls.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    return new Holder();  // gRPC calls Release
  }

 private:
  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(Blocks()) {
      using google::protobuf::Arena;
      this->set_request(Arena::CreateMessage<Request>(&arena_));
      this->set_response(Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    static google::protobuf::ArenaOptions Blocks() {
      google::protobuf::ArenaOptions options;
      options.start_block_size = 1024;      // an answer without rows
      options.max_block_size = 128 * 1024;  // below what malloc maps by itself
      return options;
    }

    google::protobuf::Arena arena_;
  };
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_
