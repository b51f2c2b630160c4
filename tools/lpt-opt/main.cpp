// lpt-opt IN.xml -o OUT.xml: the command line of the main job.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>
#include <string>

#include "command_line.hpp"
#include "report/optimize.hpp"

namespace {

struct Flags {
  lpt::OptimizeJob job;
  lpt::CommonFlags common;
  std::string input, output, weights, mode = "weights";
  bool list_passes = false;
};

void add_files(CLI::App& app, Flags& flags) {
  app.add_option("model", flags.input, "the model to read, an OpenVINO IR of version 10 or 11")
      ->type_name("IN.xml")
      ->group("Files");
  app.add_option("-o,--output", flags.output, "the model to write; its weights go beside it, as OUT.bin")
      ->type_name("OUT.xml")
      ->group("Files");
  app.add_option("-w,--weights", flags.weights, "the weights to read; by default IN.bin beside IN.xml")
      ->type_name("IN.bin")
      ->group("Files");
  app.add_flag("--force", flags.job.force, "allow the output to replace the input")->group("Files");
  app.add_flag("--dry-run", flags.job.dry_run, "do everything but write")->group("Files");
}

void add_pipeline(CLI::App& app, Flags& flags) {
  auto& pipeline = flags.job.pipeline;
  app.add_option("--mode", flags.mode, "weights: fold quantized weights to integers, leave activations as they are")
      ->check(CLI::IsMember({"weights"}))
      ->capture_default_str()
      ->group("Passes");
  app.add_flag("--list-passes", flags.list_passes, "name all passes in the order in which they run, and stop")
      ->group("Passes");
  app.add_option("--disable-pass", pipeline.disable, "do not run this pass; may be repeated")
      ->type_name("P")
      ->group("Passes");
  app.add_option("--only-pass", pipeline.only, "run this pass and no other; may be repeated")
      ->type_name("P")
      ->group("Passes");
  app.add_option("--stop-after", pipeline.stop_after, "run no pass behind this one")->type_name("P")->group("Passes");
  app.add_option("--print-after", flags.job.print_after,
                 "print the graph after this pass, or after all; may be repeated")
      ->type_name("P|all")
      ->group("Passes");
}

void add_output(CLI::App& app, Flags& flags) {
  static const std::map<std::string, lpt::ProgressMode> kModes{{"auto", lpt::ProgressMode::automatic},
                                                               {"always", lpt::ProgressMode::always},
                                                               {"never", lpt::ProgressMode::never}};
  app.add_option("--progress", flags.job.progress,
                 "a progress bar: auto (on a terminal, for work over half a second), always, never")
      ->type_name("WHEN")
      ->transform(CLI::CheckedTransformer(kModes).description(""))
      ->group("Running");
  lpt::add_common_flags(app, flags.common);
}

void list_passes() {
  for (const auto& pass : lpt::pipeline())
    std::printf("%-36s%s\n", std::string(pass.name).c_str(), std::string(pass.help).c_str());
}

bool run(Flags& flags) {
  if (flags.list_passes) {
    list_passes();
    return true;
  }
  if (flags.input.empty()) throw lpt::usage_error("lpt-opt: no model given; lpt-opt --help shows how it is called");
  if (flags.output.empty() && !flags.job.dry_run)
    throw lpt::usage_error("lpt-opt: no output given; add -o OUT.xml, or --dry-run to see what would be done");
  flags.job.quiet = flags.common.quiet;
  flags.job.input = flags.input;
  flags.job.output = flags.output;
  if (!flags.weights.empty()) flags.job.weights = flags.weights;
  return lpt::optimize(std::move(flags.job));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Reads a quantized OpenVINO IR and writes it with its weights stored as the integers that they are:\n"
      "about four times smaller, and the same to OpenVINO, bit for bit.\n",
      "lpt-opt");
  app.footer(
      "\nExit codes: 0 done, 2 wrong usage, 3 bad model, 4 cannot read or write, 5 internal error.\n\n"
      "  lpt-opt model.xml -o model_int8.xml");
  Flags flags;
  add_files(app, flags);
  add_pipeline(app, flags);
  add_output(app, flags);
  return lpt::run_command(app, argc, argv, flags.common, [&] { return run(flags); });
}
