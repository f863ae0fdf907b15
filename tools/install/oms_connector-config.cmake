# find_package(oms_connector CONFIG) brings the target oms_connector::client.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(Protobuf)
find_dependency(gRPC CONFIG)
find_dependency(absl CONFIG)
find_library(oms_connector_SODIUM sodium REQUIRED)

get_filename_component(_oms_connector_prefix
  "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET oms_connector::client)
  add_library(oms_connector::client STATIC IMPORTED)
  set_target_properties(oms_connector::client PROPERTIES
    IMPORTED_LOCATION "${_oms_connector_prefix}/lib/liboms_connector_client.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_oms_connector_prefix}/include"
    INTERFACE_COMPILE_FEATURES cxx_std_17
    INTERFACE_LINK_LIBRARIES "gRPC::grpc++;protobuf::libprotobuf;absl::cleanup;absl::any_invocable;absl::cord;absl::function_ref;absl::status;absl::statusor;absl::strings;absl::synchronization;absl::time;${oms_connector_SODIUM};Threads::Threads")
endif()
# For callers in other languages: protoc -I this folder.
set(oms_connector_PROTOS "${_oms_connector_prefix}/share/oms_connector/protos")
unset(_oms_connector_prefix)
