// lpt-run MODEL.xml: the command line of the reference executor.
#include <CLI/CLI.hpp>

#include "command_line.hpp"
#include "report/run.hpp"

namespace {

struct Flags {
  lpt::RunJob job;
  lpt::CommonFlags common;
  std::string model, weights, archive, output, other;
};

void add_inputs(CLI::App& app, Flags& flags) {
  app.add_option("model", flags.model, "the model to run, an OpenVINO IR of version 10 or 11")
      ->type_name("MODEL.xml")
      ->group("Inputs");
  app.add_option("-w,--weights", flags.weights, "its weights; by default MODEL.bin beside MODEL.xml")
      ->type_name("MODEL.bin")
      ->group("Inputs");
  app.add_option("--input", flags.job.inputs, "an input, by a tensor name or its number; once for each input")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false)
      ->group("Inputs");
  app.add_option("--inputs", flags.archive, "all inputs, by the same names")->type_name("FILE.npz")->group("Inputs");
  app.add_option("--seed", flags.job.seed, "of the random values that inputs have if none are given")
      ->type_name("N")
      ->capture_default_str()
      ->group("Inputs");
}

void add_results(CLI::App& app, Flags& flags) {
  app.add_option("-o,--output", flags.output, "one array for each output, under its first tensor name or output_N")
      ->type_name("OUT.npz")
      ->group("Results");
  app.add_option("--compare", flags.other, "run this model on the same inputs, and say how far its outputs are")
      ->type_name("OTHER.xml")
      ->group("Results");
  app.add_option("--tolerance", flags.job.tolerance,
                 "the largest difference that counts as equal, in units of the largest magnitude of an output")
      ->type_name("T")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str()
      ->group("Results");
  app.add_flag("--per-layer", flags.job.per_layer,
               "with --compare: follow the layers of the same name, and say where they part")
      ->group("Results");
  app.add_flag("--profile", flags.job.profile, "the time by operation")->group("Results");
  app.add_flag("--check-accumulators", flags.job.accumulators,
               "say where sums of 8-bit products leave 32 bits, or pairs of them 16 bits, as older machines add them")
      ->group("Results");
  app.add_flag("--json", flags.job.json, "print JSON")->group("Results");
}

void add_running(CLI::App& app, Flags& flags) {
  app.add_option("--repeat", flags.job.repeat, "run as often, and tell the median time")
      ->type_name("N")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str()
      ->group("Running");
  app.add_option("--max-iterations", flags.job.most_iterations, "after as many iterations a Loop counts as endless")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group("Running");
  lpt::add_common_flags(app, flags.common);
}

bool run(Flags& flags) {
  if (flags.model.empty()) throw lpt::usage_error("lpt-run: no model given; lpt-run --help shows how it is called");
  auto& job = flags.job;
  job.model = flags.model;
  job.quiet = flags.common.quiet;
  if (!flags.weights.empty()) job.weights = flags.weights;
  if (!flags.archive.empty()) job.archive = flags.archive;
  if (!flags.output.empty()) job.output = flags.output;
  if (!flags.other.empty()) job.other = flags.other;
  return lpt::run_model(job);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs an OpenVINO IR on the CPU without OpenVINO, as its operation specifications say.\n", "lpt-run");
  app.footer(
      "\nExit codes: 0 done, 1 outside of the tolerance, 2 wrong usage, 3 bad model or input, 4 cannot read or write,\n"
      "5 internal error.\n\n"
      "  lpt-run model.xml --input image=cat.npy -o out.npz\n"
      "  lpt-run model.xml --compare model_int8.xml --per-layer");
  Flags flags;
  add_inputs(app, flags);
  add_results(app, flags);
  add_running(app, flags);
  return lpt::run_command(app, argc, argv, flags.common, [&] { return run(flags); });
}
