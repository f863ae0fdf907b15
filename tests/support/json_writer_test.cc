#include "tests/support/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace oms_connector::testing_support {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject();
  json.Key("a");
  json.Integer(1);
  json.Key("b");
  json.BeginArray();
  json.Boolean(true);
  json.Null();
  json.BeginObject();
  json.EndObject();
  json.Number(2.5);
  json.EndArray();
  json.Key("c");
  json.Text("x");
  json.EndObject();
  EXPECT_EQ(text, R"({"a":1,"b":[true,null,{},2.5],"c":"x"})");
}

TEST(JsonWriter, EscapesWhatJsonCannotHold) {
  const std::string hard = "quote \" slash \\ line \n tab \t bell \x07 é 水";
  std::string text;
  JsonWriter(&text).Text(hard);
  EXPECT_EQ(nlohmann::json::parse(text).get<std::string>(), hard);
}

}  // namespace
}  // namespace oms_connector::testing_support
