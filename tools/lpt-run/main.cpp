// lpt-run MODEL.xml: the command line of the reference executor.
#include <CLI/CLI.hpp>

#include <limits>

#include "command_line.hpp"
#include "jobs/run.hpp"
#include "report/run_report.hpp"

namespace {

struct Flags {
  lpt::RunJob job;
  lpt::CommonFlags common;
  bool json = false;
};

void add_inputs(CLI::App& app, Flags& flags) {
  app.add_option("model", flags.job.model, "the model to run, an OpenVINO IR of version 10 or 11")
      ->type_name("MODEL.xml")
      ->group("Inputs");
  app.add_option("-w,--weights", flags.job.weights, "its weights; by default MODEL.bin beside MODEL.xml")
      ->type_name("MODEL.bin")
      ->group("Inputs");
  app.add_option("--input", flags.job.inputs.files, "an input, by a tensor name or its number; once for each input")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false)
      ->group("Inputs");
  app.add_option("--inputs", flags.job.inputs.archive, "all inputs, by the same names")
      ->type_name("FILE.npz")
      ->group("Inputs");
  lpt::add_number(app, "--seed", flags.job.inputs.seed, 0, std::numeric_limits<std::uint64_t>::max(),
                  "of the random values that inputs have if none are given")
      ->type_name("N")
      ->group("Inputs");
}

void add_results(CLI::App& app, Flags& flags) {
  app.add_option("-o,--output", flags.job.output, "one array for each output, under its first tensor name or output_N")
      ->type_name("OUT.npz")
      ->group("Results");
  app.add_option("--compare", flags.job.other, "run this model on the same inputs, and say how far its outputs are")
      ->type_name("OTHER.xml")
      ->group("Results");
  lpt::add_tolerance(app, flags.job.tolerance, "Results");
  app.add_flag("--per-layer", flags.job.per_layer,
               "with --compare: list the layers of both models, each on the values of the first one, and star those "
               "that part by more than rounding")
      ->group("Results");
  app.add_option_function<std::string>(
         "--sort",
         [&flags](const std::string& order) {
           if (order != "loss") throw lpt::usage_error("--sort is '{}', should be loss", order);
           flags.job.by_loss = true;
         },
         "with --per-layer: by loss, the layer that parts furthest first")
      ->type_name("loss")
      ->group("Results");
  app.add_flag("--bisect", flags.job.bisect, "with --compare: name the first layer that parts by itself")
      ->group("Results");
  app.add_flag("--profile", flags.job.profile, "the time by operation, and the slowest layers")->group("Results");
  app.add_flag("--json", flags.json, "print JSON")->group("Results");
}

void add_running(CLI::App& app, Flags& flags) {
  lpt::add_number(app, "--repeat", flags.job.repeat, 1, 1'000'000, "run as often, and tell the median time")
      ->type_name("N")
      ->group("Running");
  lpt::add_number(app, "--max-iterations", flags.job.most_iterations, 1, std::numeric_limits<std::int64_t>::max(),
                  "after as many iterations a Loop counts as endless")
      ->type_name("N")
      ->group("Running");
  lpt::add_common_flags(app, flags.common);
}

bool run(Flags& flags) {
  auto& job = flags.job;
  if (job.model.empty()) throw lpt::usage_error("no model given; lpt-run --help shows how it is called");
  job.warn = lpt::log_warning;
  const auto ran = lpt::run_model(job);
  if (!flags.common.quiet) lpt::print(flags.json ? lpt::run_json(job, ran) : lpt::run_text(job, ran));
  return ran.agrees();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs an OpenVINO IR on the CPU without OpenVINO, as its operation specifications say.", "lpt-run");
  app.footer(
      "Exit codes: 0 done, 1 the outputs differ, 2 wrong usage, 3 bad model or input, 4 cannot read or write, 5 "
      "internal error.\n\n"
      "  lpt-run model.xml --input image=cat.npy -o out.npz\n"
      "  lpt-run model.xml --compare model_int8.xml --bisect");
  Flags flags;
  add_inputs(app, flags);
  add_results(app, flags);
  add_running(app, flags);
  return lpt::run_command(app, argc, argv, flags.common, [&] { return run(flags); });
}
