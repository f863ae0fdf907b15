// The tables of domain/inventory.
#ifndef OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
#define OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_

namespace oms_connector::storage {

class InventoryReader {
 public:
  virtual ~InventoryReader() = default;
};

class InventoryWriter : public InventoryReader {};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_INVENTORY_TABLES_H_
