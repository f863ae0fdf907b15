#!/usr/bin/python3
"""Confirms shipments to a cart: poll, deliver, acknowledge, again.

    examples/generate.sh /tmp/contract
    PYTHONPATH=/tmp/contract examples/python/confirm_shipments.py \
        --server 127.0.0.1:50051 --connection acme --cart shop --shop /tmp/shop

May be killed at any moment, and so may the connector: it goes on where the
connector knows it to be. Events that were delivered and not yet acknowledged
come again; the cart knows them by their key.
"""

import argparse
import os
import sys
import time

import grpc
from google.rpc import error_details_pb2, status_pb2
from oms_connector.v1 import connector_service_pb2 as service
from oms_connector.v1 import connector_service_pb2_grpc
from oms_connector.v1 import shipments_pb2 as shipments

# What passes by itself: the connector is away, full, or slow.
PASSING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED,
           grpc.StatusCode.DEADLINE_EXCEEDED)


class Shop:
    """A made-up cart: a folder with one file for each event it has taken."""

    def __init__(self, folder, delay):
        self._folder = folder
        self._delay = delay
        os.makedirs(folder, exist_ok=True)

    def confirm(self, event):
        """Takes an event; one that it has taken already changes nothing."""
        time.sleep(self._delay)
        key = f"{event.shipment.shipment_id}@{event.sequence}"
        try:
            with open(os.path.join(self._folder, key), "x",
                      encoding="utf-8") as file:
                file.write(event.shipment.tracking_number)
        except FileExistsError:
            print("again", key, flush=True)


def reason_of(error):
    """The connector's reason, for example CONNECTION_NOT_FOUND."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info.reason
    return error.code().name


def work_one_page(connector, arguments, shop):
    """Delivers one page of events and moves the consumer behind it."""
    connection = f"connections/{arguments.connection}"
    poll = service.PollShipmentsRequest(
        connection=connection, cart=arguments.cart,
        consumer=arguments.consumer, max_results=arguments.max_results)
    poll.max_wait.FromSeconds(arguments.wait)
    page = connector.PollShipments(poll, timeout=arguments.wait + 30)
    acknowledge = service.AcknowledgeShipmentsRequest(
        connection=connection, consumer=arguments.consumer,
        cursor=page.next_cursor)
    for event in page.events:
        shop.confirm(event)
        acknowledge.outcomes.add(
            name=event.shipment.name, sequence=event.sequence,
            result=shipments.ShipmentOutcome.RESULT_CONFIRMED)
    connector.AcknowledgeShipments(acknowledge, timeout=30)
    print("acknowledged", len(page.events), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--server", default="127.0.0.1:50051")
    parser.add_argument("--connection", required=True)
    parser.add_argument("--cart", default="")
    parser.add_argument("--consumer", default="python-example")
    parser.add_argument("--shop", required=True, help="folder of the cart")
    parser.add_argument("--shop-delay", type=float, default=0)
    parser.add_argument("--max-results", type=int, default=100)
    parser.add_argument("--wait", type=int, default=20)
    arguments = parser.parse_args()
    shop = Shop(arguments.shop, arguments.shop_delay)
    channel = grpc.insecure_channel(arguments.server, [
        ("grpc.max_reconnect_backoff_ms", 5000)])
    connector = connector_service_pb2_grpc.ConnectorServiceStub(channel)
    failures = 0
    while True:
        try:
            work_one_page(connector, arguments, shop)
            failures = 0
        except grpc.RpcError as error:
            if error.code() not in PASSING:
                sys.exit(f"{reason_of(error)}: {error.details()}")
            failures += 1
            time.sleep(min(0.25 * 2 ** failures, 8))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # it goes on where it stopped
        sys.exit(130)
