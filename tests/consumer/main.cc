// consumer ENDPOINT CONNECTION CART: talks to a server.

#include <iostream>

#include "consumer.h"
#include "oms_connector/client/rpc_status.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  oms_connector::client::ClientOptions options;
  options.endpoint = argv[1];
  const auto client = oms_connector::client::ConnectorClient::Create(options);
  if (!client.ok()) return 2;
  const auto text = consumer::Describe(*client, argv[2], argv[3]);
  if (!text.ok()) {
    std::cout << oms_connector::client::ReasonOf(text.status()) << "\n";
    return 1;
  }
  std::cout << *text << "\n";
}
