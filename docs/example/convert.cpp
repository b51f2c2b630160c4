#include <iostream>
#include <lpt/convert.hpp>

int main(int argc, char** argv) try {
  if (argc != 3) throw lpt::Error(lpt::ExitCode::usage, "usage: convert IN.xml OUT.xml");
  lpt::ConvertOptions options;
  options.verify_runs = 1;
  options.warn = [](const std::string& message) { std::cerr << "warning: " << message << '\n'; };
  const auto done = lpt::convert(argv[1], argv[2], options);
  std::cout << done.in_low_precision << " of " << done.operations << " operations in low precision, "
            << done.weights_after << " bytes of weights instead of " << done.weights_before << '\n';
} catch (const lpt::Error& error) {
  std::cerr << error.what() << '\n';
  return static_cast<int>(error.code());
}
