#include "base/sodium_ready.h"

#include <sodium.h>

#include <cstdio>
#include <cstdlib>

namespace oms_connector::base {

void EnsureSodiumReady() {
  if (sodium_init() >= 0) return;
  std::fputs("libsodium cannot be initialised\n", stderr);
  std::abort();
}

}  // namespace oms_connector::base
