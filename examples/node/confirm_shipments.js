#!/usr/bin/env node
// Confirms shipments to a cart: poll, deliver, acknowledge, again.
//
//   npm install --prefix examples/node
//   node examples/node/confirm_shipments.js --server 127.0.0.1:50051
//       --connection acme --cart shop --shop /tmp/shop
//
// May be killed at any moment, and so may the connector: it goes on where the
// connector knows it to be. Events that were delivered and not yet acknowledged
// come again; the cart knows them by their key.
'use strict';

const fs = require('fs');
const path = require('path');
const {parseArgs, promisify} = require('util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const protos = path.join(__dirname, '..', '..', 'protos');
// google/rpc/status.proto, which the contract imports, as Debian installs it.
const googleapis = '/usr/share/gocode/src/github.com/gogo/googleapis';

// What passes by itself: the connector is away, full, or slow.
const passing = [
  grpc.status.UNAVAILABLE, grpc.status.RESOURCE_EXHAUSTED,
  grpc.status.DEADLINE_EXCEEDED,
];

const sleep = (seconds) =>
    new Promise((resolve) => setTimeout(resolve, seconds * 1000));

// A made-up cart: a folder with one file for each event it has taken. One that
// it has taken already changes nothing.
class Shop {
  constructor(folder, delay) {
    this.folder = folder;
    this.delay = delay;
    fs.mkdirSync(folder, {recursive: true});
  }

  async confirm(event) {
    await sleep(this.delay);
    const key = `${event.shipment.shipmentId}@${event.sequence}`;
    try {
      fs.writeFileSync(path.join(this.folder, key),
                       event.shipment.trackingNumber, {flag: 'wx'});
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      console.log('again', key);
    }
  }
}

function connect(server) {
  const contract = grpc.loadPackageDefinition(protoLoader.loadSync(
      'oms_connector/v1/connector_service.proto',
      {includeDirs: [protos, googleapis], longs: String, enums: String}));
  const client = new contract.oms_connector.v1.ConnectorService(
      server, grpc.credentials.createInsecure(),
      {'grpc.max_reconnect_backoff_ms': 5000});
  const call = (method) => {
    const bound = promisify(client[method].bind(client));
    return (request, seconds) =>
        bound(request, new grpc.Metadata(),
              {deadline: Date.now() + seconds * 1000});
  };
  return {poll: call('pollShipments'), acknowledge: call('acknowledgeShipments')};
}

// Delivers one page of events and moves the consumer behind it.
async function workOnePage(connector, options, shop) {
  const connection = `connections/${options.connection}`;
  const wait = Number(options.wait);
  const page = await connector.poll({
    connection, cart: options.cart, consumer: options.consumer,
    maxResults: Number(options['max-results']), maxWait: {seconds: wait},
  }, wait + 30);
  const events = page.events || [];
  for (const event of events) await shop.confirm(event);
  await connector.acknowledge({
    connection, consumer: options.consumer, cursor: page.nextCursor,
    outcomes: events.map((event) => ({
      name: event.shipment.name, sequence: event.sequence,
      result: 'RESULT_CONFIRMED',
    })),
  }, 30);
  console.log('acknowledged', events.length);
}

async function main() {
  const text = (value) => ({type: 'string', default: value});
  const {values: options} = parseArgs({options: {
    'server': text('127.0.0.1:50051'),
    'connection': {type: 'string'},
    'cart': text(''),
    'consumer': text('node-example'),
    'shop': {type: 'string'},
    'shop-delay': text('0'),
    'max-results': text('100'),
    'wait': text('20'),
  }});
  const shop = new Shop(options.shop, Number(options['shop-delay']));
  const connector = connect(options.server);
  for (let failures = 0;;) {
    try {
      await workOnePage(connector, options, shop);
      failures = 0;
    } catch (error) {
      if (!passing.includes(error.code)) throw error;
      failures += 1;
      await sleep(Math.min(0.25 * 2 ** failures, 8));
    }
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
