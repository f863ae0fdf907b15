// Stands in for libFuzzer's main in a plain test: hands over each file that is
// named, whole, cut at many places, and with single bytes changed.

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

// How many cuts and how many changes are tried of each file.
constexpr size_t kVariants = 64;

void Run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()),
                         text.size());
}

void RunWithVariants(const std::string& text) {
  Run(text);
  const size_t step = text.size() / kVariants + 1;
  for (size_t at = 0; at < text.size(); at += step) {
    Run(text.substr(0, at));
    std::string changed = text;
    for (const char byte : {'\0', '"', '\\', '{', ']', '\xFF', '9'}) {
      changed[at] = byte;
      Run(changed);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::cerr << "cannot read " << argv[i] << "\n";
      return 1;
    }
    RunWithVariants(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  std::cout << argc - 1 << " files replayed\n";
  return argc > 1 ? 0 : 1;
}
