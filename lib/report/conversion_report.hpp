#pragma once

#include <filesystem>
#include <string>

#include "jobs/optimize.hpp"

namespace lpt {

enum class ReportFormat { json, markdown, junit };

/// By the suffix: .json, .md, .junit.xml. throws  Error (usage) for any other
ReportFormat report_format(const std::filesystem::path& file);

/// What a conversion did, from its account; docs/report.md says what is in the JSON.
std::string conversion_report(const OptimizeJob& job, const Optimized& result, ReportFormat format);

/// Writes it beside its place and puts it there when it is complete. throws  Error (io)
void write_report(const OptimizeJob& job, const Optimized& result, const std::filesystem::path& file);

}  // namespace lpt
