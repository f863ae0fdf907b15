#!/usr/bin/python3
"""Runs the examples against a real server, and kills both with -9 on the way.

    examples/run_with_kills.py SERVER FAKE_ORDER_MANAGER [LANGUAGE ...]

For each language: a fresh store, an Order Manager with the demo's world, the
example in the middle of a batch killed, the server in the middle of a batch
killed, both started again, until the cart has every parcel. Then it counts:
each event once at the cart by its key, each parcel CONFIRMED at the connector.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORLD = "fake_order_manager/demo_world.json"
LIMIT = 60  # seconds for anything that is waited for


class Program:
    """A child process; `wait_for` reads its output up to a line."""

    def __init__(self, *command, **environment):
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, **environment})

    def wait_for(self, beginning):
        """The rest of the first line that begins so."""
        for line in self._process.stdout:
            if line.startswith(beginning):
                return line[len(beginning):].strip()
        raise RuntimeError(f"ended without a line {beginning!r}")

    def ended(self):
        return self._process.poll() is not None

    def kill(self):
        """With -9: it gets no chance to tidy up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process.stdout.close()


def wait_until(what, condition, program):
    """Waits while the program that is to bring it about runs."""
    end = time.monotonic() + LIMIT
    while not condition():
        if program.ended():
            raise RuntimeError(f"the example ended before {what}")
        if time.monotonic() > end:
            raise RuntimeError(f"in vain waited {LIMIT} s until {what}")
        time.sleep(0.02)


def example(language, work, port, delay):
    """Starts the example of a language against the server."""
    flags = ("--server", f"127.0.0.1:{port}", "--connection", "acme",
             "--cart", "shop", "--consumer", "example", "--wait", "1",
             "--max-results", "5", "--shop", f"{work}/shop",
             "--shop-delay", str(delay))
    if language == "python":
        return Program("/usr/bin/python3",
                       "examples/python/confirm_shipments.py", *flags,
                       PYTHONPATH=f"{work}/contract")
    if language == "node":
        return Program("node", "examples/node/confirm_shipments.js", *flags)
    return Program(f"{work}/go_example", *flags)


def prepare(language, work):
    """What a language needs before its example runs."""
    if language == "node" and not os.path.isdir(
            f"{ROOT}/examples/node/node_modules"):
        subprocess.run(["npm", "install", "--prefix", "examples/node",
                        "--no-audit", "--no-fund", "--no-package-lock",
                        "--loglevel=error"], cwd=ROOT, check=True)
    if language == "go":
        subprocess.run(["examples/go/build.sh", f"{work}/go_example"],
                       cwd=ROOT, check=True)


def run(language, server, fake_order_manager):
    work = tempfile.mkdtemp()
    running = []

    def start(*command):
        program = Program(*command)
        running.append(program)
        return program, program.wait_for("listening on ")

    def start_server(port):
        return start(server, f"--listen=127.0.0.1:{port}", "--admin_listen=",
                     f"--store=sqlite:{work}/store.db",
                     "--allow_loopback_order_manager",
                     "--background_sync=false")

    try:
        subprocess.run(["examples/generate.sh", f"{work}/contract"], cwd=ROOT,
                       check=True)
        prepare(language, work)
        _, order_manager = start(fake_order_manager, "--listen=127.0.0.1:0",
                                 f"--data={WORLD}")
        connector, address = start_server(0)
        port = address.rpartition(":")[2]
        sys.path.insert(0, f"{work}/contract")
        connections = connection_stub(address)
        create_connection(connections, order_manager)

        def taken():
            return len(os.listdir(f"{work}/shop"))

        os.makedirs(f"{work}/shop")
        def start_worker():
            program = example(language, work, port, delay=0.2)
            running.append(program)
            return program

        worker = start_worker()
        wait_until("a batch is half delivered", lambda: taken() >= 2,
                   worker)
        worker.kill()
        seen = taken()
        worker = start_worker()
        wait_until("another batch is half delivered",
                   lambda: taken() >= seen + 2, worker)
        connector.kill()
        connector, _ = start_server(port)
        states = lambda: delivery_states(connections)
        wait_until("every parcel is confirmed",
                   lambda: set(states()) == {"STATE_CONFIRMED"}, worker)
        worker.kill()
        parcels = len(states())
        files = os.listdir(f"{work}/shop")
        by_parcel = {name.partition("@")[0] for name in files}
        if len(by_parcel) != parcels or len(files) != parcels:
            raise RuntimeError(f"{parcels} parcels, {len(files)} at the cart")
        print(f"{language}: {parcels} parcels, each confirmed, each once by its "
              "key, through two kills")
    finally:
        for program in running:
            if not program.ended():
                program.kill()
        shutil.rmtree(work)


def connection_stub(address):
    import grpc
    from oms_connector.v1 import connection_service_pb2_grpc
    return connection_service_pb2_grpc.ConnectionServiceStub(
        grpc.insecure_channel(address))


def create_connection(connections, order_manager):
    from oms_connector.v1 import connection_service_pb2 as service
    request = service.CreateConnectionRequest(connection_id="acme")
    request.connection.order_manager.base_url = order_manager
    request.connection.order_manager.access_token = "any-token-will-do"
    request.connection.carts.add(id="shop", sales_channel="Northwind Shop")
    connections.CreateConnection(request)


def delivery_states(connections):
    """The state of each parcel of the cart that went out."""
    import grpc
    from oms_connector.v1 import shipment_requests_pb2 as requests
    from oms_connector.v1 import shipments_pb2 as shipments
    request = requests.ListShipmentsRequest(parent="connections/acme")
    request.filter.cart = "shop"
    request.filter.states.extend([shipments.Delivery.STATE_READY,
                                  shipments.Delivery.STATE_CONFIRMED,
                                  shipments.Delivery.STATE_REJECTED])
    try:
        answer = connections.ListShipments(request, timeout=10,
                                           wait_for_ready=True)
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.UNAVAILABLE:
            raise
        return []  # the connection was to the server that is gone
    return [shipments.Delivery.State.Name(shipment.delivery.state)
            for shipment in answer.shipments]


def main():
    server, fake_order_manager, *languages = sys.argv[1:]
    for language in languages or ["python", "node", "go"]:
        run(language, os.path.abspath(server),
            os.path.abspath(fake_order_manager))


if __name__ == "__main__":
    main()
