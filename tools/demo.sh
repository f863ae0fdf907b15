#!/usr/bin/env bash
# Shows the main job from start to end: a made-up Order Manager, a server with a
# fresh store, two carts, default settings, then other settings, and what
# changes with them. Talks to loopback only, ends by itself, leaves nothing
# running and no file behind.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=(//server:oms_connector_server //omsctl:omsctl
  //fake_order_manager:fake_order_manager)
echo "building the server, omsctl and the made-up Order Manager;" \
  "the first time takes a few minutes" >&2
bazel build --curses=no --show_progress_rate_limit=10 \
  --ui_event_filters=-info "${targets[@]}"

work=$(mktemp -d)
after_remark=
# shellcheck source=tools/programs.sh
. tools/programs.sh

# A remark; the command that follows stands right below it.
say() {
  printf '\n'
  printf '# %s\n' "$@"
  after_remark=yes
}

# A word of a command line as people would type it.
quoted() {
  if [[ $1 =~ ^[A-Za-z0-9_./:=@-]+$ ]]; then
    printf ' %s' "$1"
  else
    printf " '%s'" "$1"
  fi
}

# Shows a command line of omsctl, carries it out and remembers the cursor that
# it answers with.
omsctl() {
  local word
  [ -n "$after_remark" ] || printf '\n'
  after_remark=
  printf '$ omsctl'
  for word in "$@"; do quoted "$word"; done
  printf '\n'
  bazel-bin/omsctl/omsctl "$@" | tee "$work/answer"
  cursor=$(sed -n 's/^next cursor: //p' "$work/answer")
}

# Lets something happen in the Order Manager: rows of a table, as JSON.
happens() { # TABLE ROWS
  python3 - "$order_manager/_control/world/$1" "$2" <<'PYTHON'
import sys, urllib.request
url, rows = sys.argv[1:]
urllib.request.urlopen(urllib.request.Request(url, rows.encode(), method="POST"))
PYTHON
}

start fake_order_manager bazel-bin/fake_order_manager/fake_order_manager \
  --listen=127.0.0.1:0 --data=fake_order_manager/demo_world.json
order_manager=$address
start oms_connector_server bazel-bin/server/oms_connector_server \
  --listen=127.0.0.1:0 --admin_listen= --store="sqlite:$work/store.db" \
  --allow_loopback_order_manager --background_sync=false
export OMSCTL_SERVER=$address
export ORDER_MANAGER_TOKEN=any-token-will-do

say 'Northwind sells in its own shop and on Amazon.ca. Both are fed from one' \
  'Order Manager: 40 products in 3 warehouses, 26 orders, 21 shipments.'
omsctl connections create northwind --base-url "$order_manager" \
  --token-env ORDER_MANAGER_TOKEN --cart 'id=shop,channel=Northwind Shop' \
  --cart 'id=amazon,channel=Amazon.ca,sku=listing,warehouses=2,custom-field=customField1'
omsctl settings get northwind

say 'Stock for the shop, as the Order Manager allots it to that channel. What' \
  'must not be published is withheld with its reason, never reported as 0.'
omsctl sync northwind --cart shop --rows 3
shop_cursor=$cursor
omsctl sync northwind --cart shop --only-withheld

say 'Shipments for Amazon. The Order Manager does not know these carriers.'
omsctl poll northwind --cart amazon --consumer amazon
omsctl ack northwind --consumer amazon --cursor "$cursor" --confirm 90007 \
  --reject '90011:carrier OTHER_CARRIER is not accepted'

say 'So: levels per warehouse, carriers found out, split orders kept together.'
omsctl settings set northwind inventory_sync_mode=per-warehouse \
  parse_carrier_fallback=yes split_order_handling=wait-for-all-records
omsctl sync northwind --cart shop --cursor "$shop_cursor" --sku NVY-S
shop_cursor=$cursor

say 'What would change if reserved pieces were not offered again?'
omsctl settings preview northwind subtract_locked_quantity=yes --cart shop \
  --limit 3
omsctl settings set northwind subtract_locked_quantity=yes
omsctl sync northwind --cart shop --cursor "$shop_cursor" --rows 4

say 'Meanwhile, in the Order Manager: a label is voided, Amazon parcels leave' \
  'by couriers it does not know, and one part of a split order leaves alone.'
happens orders '[
  {"orderId": 50026, "orderStatus": "SHIPPED", "modifiedDate": "-1m"},
  {"orderId": 50102, "orderNumber": "NW-50102", "orderStatus": "SHIPPED",
   "salesChannelId": 8, "createdDate": "-3m", "modifiedDate": "-1m",
   "customField1": "Canpar", "orderItems": [{"orderItemId": 501021,
   "listingSku": "AMZ-CA-9017", "quantityOrdered": 1}]},
  {"orderId": 50103, "orderNumber": "NW-50103", "orderStatus": "SHIPPED",
   "salesChannelId": 7, "createdDate": "-3m", "modifiedDate": "-1m",
   "relatedOrderIds": [50104], "orderItems": [{"orderItemId": 501031,
   "listingSku": "SMT-BAG-18", "quantityOrdered": 1}]},
  {"orderId": 50104, "orderNumber": "NW-50103-S1", "orderStatus": "ON_HOLD",
   "salesChannelId": 7, "createdDate": "-3m", "modifiedDate": "-1m",
   "relatedOrderIds": [50103], "orderItems": [{"orderItemId": 501041,
   "listingSku": "SMT-SOC-M", "quantityOrdered": 2}]}]'
happens shipments '[
  {"shipmentId": 90007, "deliveryStatus": "VOIDED"},
  {"shipmentId": 90101, "orderId": 50026, "orderNumber": "NW-50026",
   "created": "-2m", "warehouseId": 2, "trackingNumber": "331482067195",
   "shipMethod": {"shippingCarrier": "OTHER_CARRIER"}},
  {"shipmentId": 90102, "orderId": 50102, "orderNumber": "NW-50102",
   "created": "-2m", "warehouseId": 2, "trackingNumber": "LOCAL-90417",
   "shipMethod": {"shippingCarrier": "OTHER_CARRIER"}},
  {"shipmentId": 90103, "orderId": 50103, "orderNumber": "NW-50103",
   "created": "-2m", "warehouseId": 1, "trackingNumber": "1Z5A47390342919017",
   "shipMethod": {"shippingCarrier": "UPS"}}]'
omsctl poll northwind --cart amazon --consumer amazon --max-staleness 0s
shipment_cursor=$cursor
omsctl shipments list northwind --state held
omsctl shipments why northwind NW-50103

say 'The hold is lifted and the rest leaves: both parcels go out together.'
happens shipments '[{"shipmentId": 90104, "orderId": 50104,
  "orderNumber": "NW-50103-S1", "created": "-1m", "warehouseId": 3,
  "trackingNumber": "1Z5A47390342919124",
  "shipMethod": {"shippingCarrier": "UPS"}}]'
happens orders '[{"orderId": 50104, "orderStatus": "SHIPPED",
  "modifiedDate": "-1s"}]'
omsctl poll northwind --cart shop --cursor "$shipment_cursor" --max-staleness 0s
omsctl ack northwind --confirm 90103 --confirm 90104

say 'Who changed what, and how the connection is doing.'
omsctl settings history northwind
omsctl connections list
