#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.hpp"

namespace lpt {

/// An array under its name in an .npz file.
using NamedTensor = std::pair<std::string, Tensor>;

/// The array in the bytes of an .npy file. numpy has no bf16: an array of its type V2 is taken for that.
/// origin  names the bytes in messages
/// throws  Error (bad_model) if the bytes are no such array, are cut, or hold a type or byte order that is not read
Tensor parse_npy(std::span<const std::byte> bytes, const std::string& origin);

/// The bytes of an .npy file. Types that numpy lacks are written as one that holds their values: f32, i8 or u8.
std::vector<std::byte> print_npy(const Tensor& tensor);

/// throws  Error as parse_npy, and as open_input
Tensor read_npy(const std::filesystem::path& path);

/// The arrays of an .npz file, a ZIP archive of .npy files, in its order.
std::vector<NamedTensor> read_npz(const std::filesystem::path& path);

/// Writes an .npz file beside its place and puts it there when it is complete. The same arrays give the same bytes.
/// throws  Error (io)
void write_npz(const std::filesystem::path& path, const std::vector<NamedTensor>& arrays);

}  // namespace lpt
