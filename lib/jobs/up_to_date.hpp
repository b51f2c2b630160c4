#pragma once

#include <filesystem>
#include <string>

#include "diff/contents.hpp"
#include "ir/model.hpp"

namespace lpt {

/// Of what a file holds; that of nothing if it does not exist. throws  Error (io)
Digest digest_of_file(const std::filesystem::path& path);

/// What a result is made of, to tell whether it has to be made again: the version of the program, the options, and the
/// files. The result keeps it in its rt_info as <lpt_opt> ... <source value="..." />. Sizes and times of the files are
/// kept beside the bytes, as an attribute of the output's file system, so that the bytes depend on contents alone. Where
/// they differ, or are not known, the contents decide.
class Source {
 public:
  /// options  those that decide about the result
  Source(const std::filesystem::path& xml, const std::filesystem::path& weights, std::string options);

  /// True if the output was made of this. Reads the files only if their sizes or times are others than then.
  bool made(const std::filesystem::path& output) const;
  /// Lets the model that becomes the output say what it is made of.
  void mark(Model& model) const;
  /// Remembers sizes and times. To be called when the output is in its place.
  void remember(const std::filesystem::path& output) const;

 private:
  const std::string& digest() const;

  std::filesystem::path xml_, weights_;
  std::string options_, state_;  ///< of the files, before they were read
  mutable std::string digest_;   ///< once somebody asked for it
};

}  // namespace lpt
