// lpt-diff A.xml B.xml: the command line of the comparison of two models.
#include <CLI/CLI.hpp>

#include <unistd.h>

#include "command_line.hpp"
#include "jobs/diff.hpp"
#include "report/diff_report.hpp"

namespace {

enum class Format { text, json, md };

struct Flags {
  lpt::DiffJob job;
  lpt::CommonFlags common;
  Format format = Format::text;
};

void add_options(CLI::App& app, Flags& flags) {
  auto& job = flags.job;
  app.add_option("before", job.before, "a model, an OpenVINO IR of version 10 or 11")
      ->type_name("A.xml")
      ->group("Inputs");
  app.add_option("after", job.after, "the model that it is compared with")->type_name("B.xml")->group("Inputs");
  app.add_option("--weights-before", job.weights_before, "by default A.bin beside A.xml")
      ->type_name("A.bin")
      ->group("Inputs");
  app.add_option("--weights-after", job.weights_after, "by default B.bin beside B.xml")
      ->type_name("B.bin")
      ->group("Inputs");
  const auto ignore = [&job](const std::vector<std::string>& kinds) {
    using lpt::Ignored;
    for (const auto& kind : kinds) {
      job.ignored.*lpt::meaning<bool Ignored::*>("--ignore", kind,
                                                 {{"names", &Ignored::names},
                                                  {"rt_info", &Ignored::rt_info},
                                                  {"constants", &Ignored::constants},
                                                  {"order", &Ignored::order}}) = true;
    }
  };
  app.add_option_function<std::vector<std::string>>(
         "--ignore", ignore,
         "what does not count: names, rt_info, constants (their values), order (of inputs and outputs)")
      ->type_name("WHAT,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group("What counts");
  app.add_option("--layer", job.layer, "only what concerns this layer, with its neighbourhood in both models")
      ->type_name("NAME")
      ->group("What is shown");
  app.add_flag("--all", job.all, "cut no list; in JSON also every layer and every detail")->group("What is shown");
  lpt::add_choice(app, "--format", flags.format, {{"text", Format::text}, {"json", Format::json}, {"md", Format::md}},
                  "text (the default), json, or md for a pull request")
      ->type_name("FORMAT")
      ->group("What is shown");
  lpt::add_common_flags(app, flags.common);
}

bool run(Flags& flags) {
  auto& job = flags.job;
  if (job.before.empty() || job.after.empty())
    throw lpt::usage_error("two models are needed; lpt-diff --help shows how it is called");
  job.warn = lpt::log_warning;
  const auto diffed = lpt::diff_models(job);
  if (!flags.common.quiet) {
    lpt::print(flags.format == Format::json ? lpt::diff_json(job, *diffed)
               : flags.format == Format::md ? lpt::diff_markdown(job, *diffed)
                                            : lpt::diff_text(job, *diffed, isatty(STDOUT_FILENO) == 1));
  }
  return diffed->diff.is_same();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Says what changed from one OpenVINO IR to another, in terms of what it means: which weights became integers "
      "and whether they are equal when dequantized, which ranges moved, what was added, removed, folded, renamed.",
      "lpt-diff");
  app.footer(
      "Exit codes: 0 same, 1 different, 2 wrong usage, 3 bad model, 4 cannot read, 5 internal error.\n\n"
      "  lpt-diff model.xml model_int8.xml\n"
      "  lpt-diff model.xml model_int8.xml --layer conv1\n"
      "  lpt-diff old.xml new.xml --ignore names --format md >> $GITHUB_STEP_SUMMARY");
  Flags flags;
  add_options(app, flags);
  return lpt::run_command(app, argc, argv, flags.common, [&] { return run(flags); });
}
