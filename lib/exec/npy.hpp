#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.hpp"

namespace lpt {

/// An array under the name of an input or output.
using NamedTensor = std::pair<std::string, Tensor>;

/// The array in the bytes of an .npy file. numpy has no bf16: an array of its type V2 is taken for that.
/// origin  names the bytes in messages
/// throws  Error (bad_model) if the bytes are no such array, are cut, or hold a type or byte order that is not read
Tensor parse_npy(std::span<const std::byte> bytes, const std::string& origin);

/// The bytes of an .npy file. Types that numpy lacks are written as one that holds their values: f32, i8 or u8.
std::vector<std::byte> print_npy(const Tensor& tensor);

/// throws  Error as parse_npy, and as open_input
Tensor read_npy(const std::filesystem::path& path);

/// All bytes of a file. throws  Error as open_input
std::vector<std::byte> read_whole_file(const std::filesystem::path& path);

/// Arrays from words "NAME=FILE.npy". throws  Error (usage) for other words, and as read_npy
std::vector<NamedTensor> read_named_npy(const std::vector<std::string>& words);

}  // namespace lpt
