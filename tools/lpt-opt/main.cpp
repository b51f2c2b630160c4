#include <cstdio>
#include "io/reader.hpp"
#include "io/writer.hpp"
#include "ir/error.hpp"
#include "ir/verify.hpp"
#include "passes/pass.hpp"
int main(int argc, char** argv) {
  try {
    lpt::ReadOptions o; o.warn = [](const std::string& s) { std::fprintf(stderr, "warning: %s\n", s.c_str()); };
    static auto& m = *new lpt::Model(lpt::read_model(argv[1], o));
    for (auto& r : lpt::run_pipeline(m, {})) { std::printf("%s %zu\n", r.pass.data(), r.rewritten); for (auto& f : r.refusals) std::printf("  %s: %s\n", f.layer.c_str(), f.reason.c_str()); }
    if (argc > 2) { lpt::OutputPair p(argv[2], lpt::default_weights_path(argv[2])); lpt::write_model(m, p, [](auto, auto) {}); }
  } catch (const lpt::Error& e) { std::fprintf(stderr, "%s\n", e.what()); return (int)e.code(); }
}
