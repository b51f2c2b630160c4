#pragma once

#include "exec/npy.hpp"

namespace lpt {

/// The arrays of an .npz file, a ZIP archive of .npy files, in its order.
std::vector<NamedTensor> read_npz(const std::filesystem::path& path);

/// Writes an .npz file beside its place and puts it there when it is complete. The same arrays give the same bytes.
/// throws  Error (io)
void write_npz(const std::filesystem::path& path, const std::vector<NamedTensor>& arrays);

}  // namespace lpt
