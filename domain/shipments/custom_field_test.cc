#include "domain/shipments/custom_field.h"

#include "gtest/gtest.h"

namespace oms_connector::shipments {
namespace {

TEST(CustomField, KnowsItsThreeNames) {
  for (const char* name : {"customField1", "customField3", "CUSTOMFIELD2"}) {
    EXPECT_TRUE(IsCustomField(name)) << name;
  }
  for (const char* name : {"", "customField", "customField0", "customField4",
                           "customField11", "custom_field1", " customField1"}) {
    EXPECT_FALSE(IsCustomField(name)) << name;
  }
}

TEST(CustomField, GivesTrimmedText) {
  model::Order order;
  order.custom_fields = {"  Purolator\t", "", "a b"};
  EXPECT_EQ(CustomFieldText(order, "customField1"), "Purolator");
  EXPECT_EQ(CustomFieldText(order, "customField2"), "");
  EXPECT_EQ(CustomFieldText(order, "customfield3"), "a b");
  EXPECT_EQ(CustomFieldText(order, "customField4"), "");
  EXPECT_EQ(CustomFieldText(order, ""), "");
}

}  // namespace
}  // namespace oms_connector::shipments
