// Messages of a call on an arena of its own: a page of thousands of rows is
// made in a few blocks, and goes with them. For calls with large answers, and
// for those that are asked often: they keep what is to be given back when the
// answer has gone. Set when a service is made:
//
//   SetMessageAllocatorFor_SyncInventory(&sync_messages_);
#ifndef OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_
#define OMS_CONNECTOR_SERVER_RPC_ARENA_MESSAGES_H_

#include <optional>
#include <string>
#include <utility>

#include "google/protobuf/arena.h"
#include "google/protobuf/unknown_field_set.h"
#include "grpcpp/support/message_allocator.h"
#include "server/rpc/admission.h"

namespace oms_connector::server {

// gRPC keeps the messages until the last byte of the answer has gone, and rows
// take about seven times as much memory as their bytes.
class AnswerMessages {
 public:
  virtual ~AnswerMessages() = default;
  // Puts little more than its bytes in the place of the response, which is sent
  // as it would have been; what was read of the request goes. To be called when
  // both are complete and nobody holds them.
  virtual void Shrink() = 0;
  // The ticket goes with the messages.
  void Keep(std::optional<Admission::Ticket> ticket) {
    if (ticket.has_value()) ticket_.emplace(*std::move(ticket));
  }

 private:
  std::optional<Admission::Ticket> ticket_;
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
                       public AnswerMessages {
   public:
    Holder() : arena_(Blocks()) { MakeMessages(); }
    void Release() override { delete this; }

    // To protobuf the same bytes are fields that it does not know: one text
    // for each row.
    void Shrink() override {
      const std::string bytes = this->response()->SerializeAsString();
      arena_.Reset();
      MakeMessages();
      this->response()
          ->GetReflection()
          ->MutableUnknownFields(this->response())
          ->ParseFromString(bytes);
    }

   private:
    void MakeMessages() {
      using google::protobuf::Arena;
      this->set_request(Arena::CreateMessage<Request>(&arena_));
      this->set_response(Arena::CreateMessage<Response>(&arena_));
    }

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
