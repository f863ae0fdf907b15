// What must hold of a store's file whatever has happened to it: SQLite finds it
// sound, no row has lost its parent, and what is kept twice (counts, heads)
// says the same.
#ifndef OMS_CONNECTOR_TESTS_FAULTS_STORE_CHECK_H_
#define OMS_CONNECTOR_TESTS_FAULTS_STORE_CHECK_H_

#include <string>

namespace oms_connector::testing_support {

// A line for each breach in the SQLite file at `path`; "" = it is sound. A
// server may have it open.
std::string Breaches(const std::string& path);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_FAULTS_STORE_CHECK_H_
