#include "quant/permuted_source.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace lpt {
namespace {

class PermutedSource final : public ByteSource {
 public:
  PermutedSource(const Blob& blob, const Shape& shape, const std::vector<std::size_t>& order, std::size_t element_size)
      : blob_(blob), element_size_(element_size), lengths_(shape.rank()), output_stride_(shape.rank()) {
    std::uint64_t stride = 1;
    for (std::size_t axis = order.size(); axis-- > 0;) {
      output_stride_[order[axis]] = stride;
      stride *= static_cast<std::uint64_t>(shape[order[axis]].min);
    }
    for (std::size_t axis = 0; axis < shape.rank(); ++axis)
      lengths_[axis] = static_cast<std::uint64_t>(shape[axis].min);
    // Axes of length 1 have no part in the order.
    leading_ = order.empty() ? 0 : order[0];
    for (const auto axis : order) {
      if (lengths_[axis] == 1) continue;
      leading_ = axis;
      break;
    }
    slice_ = lengths_.empty() || lengths_[leading_] == 0 ? 1 : stride / lengths_[leading_];
  }

  std::uint64_t size() const override { return blob_.size(); }

  /// Whole slices of the result along its first axis: their elements lie side by side in the input as well.
  std::uint64_t piece_size() const override {
    constexpr std::uint64_t kWanted = 1 << 20;
    const auto bytes = std::max<std::uint64_t>(slice_ * element_size_, 1);
    return std::max<std::uint64_t>(kWanted / bytes, 1) * bytes;
  }

  void visit(std::uint64_t offset, std::uint64_t size, const Visitor& visitor) const override {
    // The slices that hold the wanted bytes, gathered whole.
    const auto bytes_of_slice = slice_ * element_size_;
    const auto first = offset / bytes_of_slice;
    const auto last = (offset + size - 1) / bytes_of_slice;
    std::vector<std::byte> gathered((last - first + 1) * bytes_of_slice);
    gather(first, last - first + 1, gathered);
    visitor(std::span(gathered).subspan(offset - first * bytes_of_slice, size));
  }

 private:
  /// Walks the input in its own order, restricted to slices first ... first+count-1, and puts each element in place.
  void gather(std::uint64_t first, std::uint64_t count, std::span<std::byte> out) const {
    std::uint64_t run = count;  // elements that lie side by side in the input
    for (std::size_t axis = leading_ + 1; axis < lengths_.size(); ++axis) run *= lengths_[axis];
    const auto whole = run / count * lengths_[leading_];
    std::uint64_t blocks = 1;
    for (std::size_t axis = 0; axis < leading_; ++axis) blocks *= lengths_[axis];
    std::vector<std::byte> input(run * element_size_);
    for (std::uint64_t block = 0; block < blocks; ++block) {
      blob_.read((block * whole + run / count * first) * element_size_, input);
      scatter(block, input, out);
    }
  }

  /// Puts one run of the input, which starts at the leading axis, into the result.
  void scatter(std::uint64_t block, std::span<const std::byte> input, std::span<std::byte> out) const {
    std::uint64_t base = 0;
    for (std::size_t axis = leading_; axis-- > 0;) {
      base += block % lengths_[axis] * output_stride_[axis];
      block /= lengths_[axis];
    }
    const auto count = input.size() / element_size_;
    std::vector<std::uint64_t> index(lengths_.size());
    std::uint64_t to = base;
    for (std::size_t i = 0; i < count; ++i) {
      std::memcpy(out.data() + to * element_size_, input.data() + i * element_size_, element_size_);
      for (std::size_t axis = lengths_.size(); axis-- > leading_;) {
        to += output_stride_[axis];
        if (++index[axis] < lengths_[axis] || axis == leading_) break;
        to -= output_stride_[axis] * lengths_[axis];
        index[axis] = 0;
      }
    }
  }

  Blob blob_;
  std::size_t element_size_;
  std::vector<std::uint64_t> lengths_;        ///< of the input
  std::vector<std::uint64_t> output_stride_;  ///< of each input axis in the result, in elements
  std::size_t leading_ = 0;                   ///< the input axis that is first in the result
  std::uint64_t slice_ = 1;                   ///< elements of the result for one step of that axis
};

}  // namespace

Blob permuted(const Blob& blob, const Shape& shape, std::vector<std::size_t> order, std::size_t element_size) {
  return Blob(std::make_shared<PermutedSource>(blob, shape, order, element_size));
}

}  // namespace lpt
