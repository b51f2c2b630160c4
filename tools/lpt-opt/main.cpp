// lpt-opt IN.xml -o OUT.xml: the command line of the main job.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "command_line.hpp"
#include "io/file.hpp"
#include "jobs/optimize.hpp"
#include "report/conversion_report.hpp"
#include "report/explanation.hpp"
#include "jobs/up_to_date.hpp"
#include "report/optimize_report.hpp"
#include "report/progress.hpp"

namespace {

struct Flags {
  lpt::OptimizeJob job;
  lpt::CommonFlags common;
  std::string target = "cpu", runs;
  std::vector<std::string> require;
  lpt::VerifyOptions verify;
  std::vector<std::string> print_after;
  std::vector<std::string> explain;  ///< as given: names of layers, or empty texts
  std::vector<std::filesystem::path> reports;
  bool check = false;
  lpt::ProgressMode progress = lpt::ProgressMode::automatic;
  bool list_passes = false;
  bool if_changed = false;
};

void add_files(CLI::App& app, Flags& flags) {
  app.add_option("model", flags.job.input, "the model to read, an OpenVINO IR of version 10 or 11")
      ->type_name("IN.xml")
      ->group("Files");
  app.add_option("-o,--output", flags.job.output, "the model to write; its weights go beside it, as OUT.bin")
      ->type_name("OUT.xml")
      ->group("Files");
  app.add_option("-w,--weights", flags.job.weights, "the weights to read; by default IN.bin beside IN.xml")
      ->type_name("IN.bin")
      ->group("Files");
  app.add_flag("--force", flags.job.force, "allow the output to replace the input, and write it though a check failed")
      ->group("Files");
  app.add_flag("--if-changed", flags.if_changed,
               "do nothing if the output was made of the same model, with the same options and version")
      ->group("Files");
  app.add_flag("--dry-run", flags.job.dry_run, "do everything but write")->group("Files");
}

void add_pipeline(CLI::App& app, Flags& flags) {
  auto& pipeline = flags.job.pipeline;
  lpt::add_choice(app, "--mode", flags.job.goal.mode, {{"full", lpt::Mode::full}, {"weights", lpt::Mode::weights}},
                  "full (the default): the whole pipeline; weights: fold quantized weights to integers, leave "
                  "activations as they are")
      ->type_name("MODE")
      ->group("Passes");
  lpt::add_choice(app, "--dialect", flags.job.goal.dialect,
                  {{"openvino", lpt::Dialect::openvino}, {"type-relaxed", lpt::Dialect::type_relaxed}},
                  "openvino (the default): standard operations, tried with OpenVINO 2023.3 to 2026.4; type-relaxed: "
                  "integers on edges, as OpenVINO prints its own passes' results")
      ->type_name("DIALECT")
      ->group("Passes");
  app.add_option("--target", flags.target,
                 "which operations take which types: cpu (the default), gpu, generic, or a JSON file")
      ->type_name("NAME|FILE.json")
      ->group("Passes");
  app.add_flag("--list-passes", flags.list_passes, "name the passes that would run, in their order, and stop")
      ->group("Passes");
  app.add_option("--disable-pass", pipeline.disable, "do not run this pass; may be repeated")
      ->type_name("P")
      ->allow_extra_args(false)
      ->group("Passes");
  app.add_option("--only-pass", pipeline.only, "run this pass and no other; may be repeated")
      ->type_name("P")
      ->allow_extra_args(false)
      ->group("Passes");
  app.add_option("--stop-after", pipeline.stop_after, "run no pass after this one")->type_name("P")->group("Passes");
  app.add_option("--print-after", flags.print_after, "print the graph after this pass, or after all; may be repeated")
      ->type_name("P|all")
      ->allow_extra_args(false)
      ->group("Passes");
}

void add_output(CLI::App& app, Flags& flags) {
  using enum lpt::ProgressMode;
  lpt::add_choice(app, "--progress", flags.progress, {{"auto", automatic}, {"always", always}, {"never", never}},
                  "a progress bar: auto (on a terminal, for work over half a second), always, never")
      ->type_name("WHEN")
      ->group("Running");
  app.add_flag("-v,--verbose", flags.common.verbose,
               "name the layers that each pass rewrote, and those that it left alone, with the reason")
      ->group("Running");
  lpt::add_common_flags(app, flags.common);
}

void add_checks(CLI::App& app, Flags& flags) {
  app.add_flag("--verify{2}", flags.runs,
               "run the model before and after on N random inputs, 2 by default, and fail unless the outputs agree")
      ->type_name("[=N]")
      ->group("Checks");
  app.add_flag("--verify-each", flags.job.verify_each,
               "the same after every pass, so that the one is named that broke it")
      ->group("Checks");
  app.add_option("--input", flags.verify.inputs.files,
                 "verify on this input, by a tensor name or its number; once for each input")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false)
      ->group("Checks");
  lpt::add_tolerance(app, flags.verify.tolerance, "Checks");
  app.add_option(
         "--require", flags.require,
         "fail unless this holds: int8=95% of the multiply-accumulates in integers, size=30% of the weights in f32 "
         "at most, sqnr=40dB of every output, saturation=0 channels; may be repeated")
      ->type_name("WHAT=BAR")
      ->allow_extra_args(false)
      ->group("Checks");
  app.add_flag("--check", flags.check,
               "say how the model is quantized and what will run in integers, and write nothing")
      ->group("Checks");
}

void add_reports(CLI::App& app, Flags& flags) {
  app.add_flag(
         "--explain{}", flags.explain,
         "say for every operation that integer kernels exist for what it runs in, and if in float, why and what to do; "
         "or follow one layer")
      ->type_name("[=NAME]")
      ->group("Reports");
  app.add_option("--report", flags.reports,
                 "write what was done, as the suffix says: .json, .md (Markdown) or .junit.xml; may be repeated")
      ->type_name("FILE.json")
      ->allow_extra_args(false)
      ->group("Reports");
}

void list_passes(const lpt::OptimizeJob& job) {
  for (const auto* pass : lpt::selected_passes(lpt::pipeline(), job.pipeline, job.goal))
    lpt::print(fmt::format("{:<44}{}\n", pass->name, pass->help));
}

/// What is said of passes that do not run anyway would have no effect.
void expect_passes_run(const Flags& flags) {
  const auto& pipeline = flags.job.pipeline;
  const auto run = lpt::selected_passes(lpt::pipeline(), {}, flags.job.goal);
  const auto expect = [&](const char* option, const std::string& name) {
    if (name.empty() || name == "all") return;
    const auto& pass = lpt::find_pass(lpt::pipeline(), name);
    if (std::find(run.begin(), run.end(), &pass) != run.end()) return;
    const bool is_full = flags.job.goal.mode == lpt::Mode::full;
    throw lpt::usage_error("{} is '{}', which does not run in {}; --list-passes names those that do", option, name,
                           is_full ? "dialect openvino" : "mode weights");
  };
  for (const auto& name : pipeline.disable) expect("--disable-pass", name);
  for (const auto& name : pipeline.only) expect("--only-pass", name);
  expect("--stop-after", pipeline.stop_after);
  for (const auto& name : flags.print_after) expect("--print-after", name);
}

/// Whatever asks for a check asks for the runs that it needs.
void choose_checks(Flags& flags) {
  bool of_outputs = false;
  for (const auto& text : flags.require) {
    flags.job.gates.push_back(lpt::parse_gate(text));
    if (flags.job.gates.back().kind != lpt::Gate::sqnr) continue;
    flags.verify.least_sqnr_db = flags.job.gates.back().bar;
    of_outputs = true;
  }
  if (!flags.runs.empty()) flags.verify.runs = lpt::read_number("--verify", flags.runs, 1U, 1024U);
  const bool wanted = !flags.runs.empty() || flags.job.verify_each || of_outputs || !flags.verify.inputs.is_random();
  if (wanted) flags.job.verify = flags.verify;
}

/// throws  Error (usage) for a report that would replace a model
void choose_reports(Flags& flags) {
  auto& job = flags.job;
  if (flags.check) job.output.clear();
  job.dry_run = job.dry_run || flags.check || (!flags.explain.empty() && job.output.empty());
  if (!flags.explain.empty() && !flags.explain.back().empty()) job.layer = flags.explain.back();
  job.account = !flags.reports.empty();
  job.saturation = flags.check;
  for (const auto& report : flags.reports) {
    lpt::report_format(report);
    for (const auto& file : {job.input, job.output, lpt::default_weights_path(job.input)}) {
      if (report == file || lpt::FileIdentity(report).same_file(lpt::FileIdentity(file)))
        throw lpt::usage_error("--report is '{}', which is a model of this run", report.string());
    }
  }
}

const lpt::Optimized& optimized(const Flags& flags) {
  lpt::Progress progress(flags.common.quiet ? lpt::ProgressMode::never : flags.progress, "writing");
  auto job = flags.job;
  job.progress = [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); };
  // Never destroyed: the process ends with it, and giving back a large graph piece by piece takes longer than that.
  static const auto& result = *new lpt::Optimized(lpt::optimize(job));
  return result;
}

/// returns  false if a check failed
bool convert(const Flags& flags) {
  const auto& job = flags.job;
  if (!flags.print_after.empty())
    lpt::print_after(job, flags.print_after, [](std::string_view pass, const std::string& text) {
      lpt::print(fmt::format("# after {}\n{}\n", pass, text));
    });
  const auto& result = optimized(flags);
  if (result.up_to_date) {
    if (!flags.common.quiet) lpt::print(lpt::summary(job, result));
    return true;
  }
  if (flags.common.verbose) {
    for (const auto& line : lpt::pass_lines(result)) lpt::log_detail(line);
  }
  if (!result.is_verified()) lpt::log_error("lpt-opt: " + lpt::failure(job, result));
  const auto missed = lpt::missed_gates(result);
  for (const auto& line : missed)
    lpt::log_error(
        fmt::format("lpt-opt: {}{}", line, result.is_verified() && missed.size() == 1 ? "; nothing else failed" : ""));
  for (const auto& file : flags.reports) lpt::write_report(job, result, file);
  if (flags.common.quiet) return result.passed();
  if (!flags.explain.empty()) lpt::print(job.layer ? lpt::story(result) : lpt::explanation(job, result));
  if (flags.check) lpt::print(lpt::check_text(job, result));
  const bool was_asked = flags.check || (!flags.explain.empty() && job.output.empty());
  if ((result.passed() || job.force) && !was_asked) lpt::print(lpt::summary(job, result));
  return result.passed();
}

/// What of the command line decides about the result, or whether there is one. Files count by what they hold.
std::string deciding_options(const CLI::App& app) {
  lpt::Digester digester;
  for (const auto* option : app.get_options()) {
    const auto name = option->get_name();
    if (option->count() == 0 || option->get_group() == "Running" || option->get_group() == "Reports" ||
        option->get_positional() || name == "--output" || name == "--weights" || name == "--if-changed")
      continue;
    digester.add(name);
    for (const auto& value : option->results()) {
      const std::filesystem::path file = value.substr(value.find('=') + 1);
      if (std::filesystem::is_regular_file(file))
        digester.add(lpt::digest_of_file(file));
      else
        digester.add(value);
    }
  }
  return to_string(digester.digest());
}

bool run(const CLI::App& app, Flags& flags) {
  expect_passes_run(flags);
  if (flags.list_passes) {
    list_passes(flags.job);
    return true;
  }
  if (flags.job.input.empty()) throw lpt::usage_error("no model given; lpt-opt --help shows how it is called");
  choose_reports(flags);
  if (flags.job.output.empty() && !flags.job.dry_run)
    throw lpt::usage_error("no output given; add -o OUT.xml, or --dry-run to see what would be done");
  flags.job.goal.target = lpt::find_target(flags.target);
  choose_checks(flags);
  flags.job.warn = lpt::log_warning;
  const bool has_reports =
      std::ranges::all_of(flags.reports, [](const auto& file) { return std::filesystem::exists(file); });
  if (flags.if_changed && has_reports) flags.job.if_changed = deciding_options(app);
  return convert(flags);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Reads a quantized OpenVINO IR and writes it in low precision: weights stored as the integers that they are, "
      "activations as integers with their scales behind the operations that take them. The same function, int8 in "
      "OpenVINO, and about four times smaller where the weights are still floats.",
      "lpt-opt");
  app.footer(
      "Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 bad model, 4 cannot read or write, 5 internal "
      "error.\n\n"
      "  lpt-opt model.xml -o model_int8.xml");
  Flags flags;
  add_files(app, flags);
  add_pipeline(app, flags);
  add_checks(app, flags);
  add_reports(app, flags);
  add_output(app, flags);
  return lpt::run_command(app, argc, argv, flags.common, [&] { return run(app, flags); });
}
