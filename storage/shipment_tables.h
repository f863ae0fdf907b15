// The tables of domain/shipments.
#ifndef OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_

namespace oms_connector::storage {

class ShipmentReader {
 public:
  virtual ~ShipmentReader() = default;
};

class ShipmentWriter : public ShipmentReader {};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_
