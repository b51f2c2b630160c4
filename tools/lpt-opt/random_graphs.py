"""Random quantized models over the operations that low precision passes know: chains and branches of 5 to 15 layers between
FakeQuantizes of all kinds of ranges. Every model is one that OpenVINO's CPU plugin runs."""
import numpy as np
import openvino as ov
import openvino.opset14 as op
from openvino import opset1, opset8

F32 = np.float32


class Builder:
    """One model. Values of rank 4 (and a few of other ranks) wait in a pool until an operation takes them."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.pool = []
        self.parameters = []

    def chance(self, probability):
        return self.rng.random() < probability

    def pick(self, items):
        return items[int(self.rng.integers(len(items)))]

    # -- quantization

    def ranges(self, axes, levels):
        """Output ranges of one of several kinds, of the given shape."""
        rng, kind = self.rng, self.rng.integers(6)
        high = rng.uniform(0.5, 4, axes).astype(F32)
        if kind == 0:
            return -high * F32(levels // 2) / F32(levels - 1 - levels // 2), high
        if kind == 1:
            return np.zeros_like(high), high
        if kind == 2 and levels % 2 == 1:  # of an even number of levels 0 would lie between two steps
            return -high, high
        if kind == 3:
            return (-high * rng.uniform(0.1, 2, axes)).astype(F32), high
        if kind == 4:  # a whole zero point
            zero = rng.integers(1, levels - 1, axes)
            step = high / (levels - 1)
            return (-zero * step).astype(F32), ((levels - 1 - zero) * step).astype(F32)
        return (high * 0.1).astype(F32), high

    def levels(self):
        return int(self.pick([256, 256, 256, 255, 16, 15, 128, int(self.rng.integers(16, 257))]))

    def quantize(self, value, per_channel=None):
        shape = value.get_output_partial_shape(0) if isinstance(value, ov.Node) else value.get_partial_shape()
        rank = shape.rank.get_length()
        per_channel = self.chance(0.25) if per_channel is None else per_channel
        axes = [1] * rank if self.chance(0.5) else []
        if per_channel and rank >= 2 and shape[1].is_static:
            axes = [1, shape[1].get_length()] + [1] * (rank - 2)
        levels = self.levels()
        low, high = self.ranges(axes, levels)
        if self.chance(0.15):
            out_low, out_high = self.ranges(axes, levels)
        else:
            out_low, out_high = low, high
        if self.chance(0.1) and np.size(low) == 1 and levels == 256:
            return self.spelled_out(value, low, high)
        return op.fake_quantize(value, op.constant(low), op.constant(high), op.constant(out_low), op.constant(out_high), levels)

    def spelled_out(self, value, low, high):
        """FakeQuantize to integers, Convert there and back, Subtract and Multiply: what an ONNX model brings."""
        step = ((high - low) / 255).astype(F32)
        zero = np.clip(np.round(-low / step), 0, 255).astype(F32)
        signed = self.chance(0.4)
        shift = F32(128 if signed else 0)
        quantized = op.fake_quantize(value, op.constant(low), op.constant(high), op.constant(np.full_like(low, 0 - shift)),
                                     op.constant(np.full_like(low, 255 - shift)), 256)
        integers = op.convert(quantized, "i8" if signed else "u8")
        real = op.convert(integers, "f32")
        point = zero - shift
        if np.any(point != 0):
            real = op.subtract(real, op.constant(point.astype(F32)))
        return op.multiply(real, op.constant(step))

    def weights(self, shape, channel_axes, reshape_to=None):
        values = self.rng.normal(0, 0.5, shape).astype(F32)
        axes = [n if i in channel_axes and self.chance(0.6) else 1 for i, n in enumerate(shape)]
        levels = int(self.pick([255, 255, 255, 256, 16]))
        high = self.rng.uniform(0.3, 1.5, axes).astype(F32)
        low = -high if levels in (255, 15) else -high * F32(levels // 2) / F32(levels // 2 - 1)
        if self.chance(0.1):
            low = (-high * self.rng.uniform(0.2, 1, axes)).astype(F32)
        if self.chance(0.1):
            return op.constant(values)
        if self.chance(0.25):  # stored as integers already
            stored = self.rng.integers(-127, 128, shape).astype(np.int8)
            return op.multiply(op.convert(op.constant(stored), "f32"), op.constant((high / 127).astype(F32)))
        node = op.fake_quantize(op.constant(values), op.constant(low.astype(F32)), op.constant(high), op.constant(low.astype(F32)), op.constant(high), levels)
        return node

    # -- operations: each takes values from the pool and returns new ones, or None if it does not fit

    def shape(self, value):
        return [d.get_length() if d.is_static else -1 for d in value.get_partial_shape()]

    def take(self, rank=None):
        fitting = [v for v in self.pool if rank is None or v.get_partial_shape().rank.get_length() == rank]
        return self.pick(fitting) if fitting else None

    def image(self):
        return self.take(4)

    def convolution(self):
        x = self.image()
        if x is None:
            return None
        c, o, k = self.shape(x)[1], int(self.pick([3, 4, 6])), int(self.pick([1, 3]))
        if min(self.shape(x)[2:]) < k:
            return None
        y = op.convolution(x, self.weights([o, c, k, k], {0}), [1, 1], [k // 2] * 2, [k // 2] * 2, [1, 1])
        return op.add(y, op.constant(self.rng.normal(0, 0.3, [1, o, 1, 1]).astype(F32))) if self.chance(0.6) else y

    def group_convolution(self):
        x = self.image()
        if x is None:
            return None
        c = self.shape(x)[1]
        groups = c if self.chance(0.7) or c % 2 else 2
        per = int(self.pick([1, 2]))
        return op.group_convolution(x, self.weights([groups, per, c // groups, 1, 1], {0, 1}), [1, 1], [0, 0], [0, 0], [1, 1])

    def deconvolution(self):
        x = self.image()
        if x is None:
            return None
        c = self.shape(x)[1]
        return op.convolution_backprop_data(x, self.weights([c, 3, 2, 2], {1}), strides=[2, 2]) if max(self.shape(x)[2:]) <= 8 else None

    def mat_mul(self):
        x = self.take()
        if x is None or len(self.shape(x)) < 2:
            return None
        k, n = self.shape(x)[-1], int(self.pick([3, 5]))
        transposed = self.chance(0.5)
        w = self.weights([n, k] if transposed else [k, n], {0} if transposed else {1})
        y = op.matmul(x, w, False, transposed)
        if self.chance(0.4):
            y = op.add(y, op.constant(self.rng.normal(0, 0.3, [1] * (len(self.shape(x)) - 1) + [n]).astype(F32)))
        return y

    def mat_mul_of_two(self):
        x = self.image()
        if x is None:
            return None
        other = [v for v in self.pool if self.shape(v) == self.shape(x)]
        return op.matmul(x, self.pick(other), False, True)

    def binary(self):
        x = self.take()
        if x is None:
            return None
        make = self.pick([op.add, op.add, op.multiply, op.subtract])
        same = [v for v in self.pool if self.shape(v) == self.shape(x)]
        return make(x, self.pick(same))

    def binary_constant(self):
        x = self.take()
        if x is None or len(self.shape(x)) < 2 or self.shape(x)[1] < 0:
            return None
        axes = self.pick([[], [1, self.shape(x)[1]] + [1] * (len(self.shape(x)) - 2)])
        constant = op.constant(self.rng.uniform(0.3, 2, axes).astype(F32))
        make = self.pick([op.add, op.multiply, op.subtract])
        return make(x, constant) if self.chance(0.8) else make(constant, x)

    def concat(self):
        x = self.image()
        if x is None:
            return None
        fitting = [v for v in self.pool if len(self.shape(v)) == 4 and self.shape(v)[2:] == self.shape(x)[2:] and self.shape(v)[0] == self.shape(x)[0]]
        parts = [x] + [self.pick(fitting) for _ in range(int(self.rng.integers(1, 3)))]
        return op.concat(parts, self.pick([1, -3])) if sum(self.shape(v)[1] for v in parts) <= 16 else None

    def split(self):
        x = self.image()
        if x is None:
            return None
        c = self.shape(x)[1]
        if c % 2 == 0 and self.chance(0.5):
            return list(op.split(x, op.constant(np.int64(1)), 2).outputs())
        return list(op.variadic_split(x, op.constant(np.int64(1)), op.constant(np.array([1, c - 1], np.int64))).outputs()) if c > 1 else None

    def unary(self):
        x = self.take()
        if x is None:
            return None
        kind = self.rng.integers(7)
        if kind <= 2:
            return op.relu(x)
        if kind == 3:
            return op.clamp(x, 0.0, float(self.rng.uniform(0.5, 3)))
        if kind == 4:
            return op.prelu(x, op.constant(self.rng.uniform(0.1, 0.4, [1]).astype(F32)))
        return self.pick([op.sigmoid, op.tanh, op.abs])(x)

    def normalize(self):
        x = self.image()
        if x is None:
            return None
        if self.chance(0.5):
            return op.mvn(x, op.constant(np.array([2, 3], np.int64)), True, 1e-4, "inside_sqrt") if min(self.shape(x)[2:]) > 1 else None
        return op.normalize_l2(x, op.constant(np.array([1], np.int64)), 1e-4, "add")

    def pool_2d(self):
        x = self.image()
        if x is None or min(self.shape(x)[2:]) < 3:
            return None
        k, pad = int(self.pick([2, 3])), int(self.pick([0, 0, 1]))
        if self.chance(0.6):
            version = self.rng.integers(3)
            if version == 0:
                return opset1.max_pool(x, [2, 2], [pad] * 2, [pad] * 2, [k, k], "floor")
            make = opset8.max_pool if version == 1 else op.max_pool
            return make(x, [2, 2], [1, 1], [pad] * 2, [pad] * 2, [k, k], "ceil_torch" if version == 2 and self.chance(0.5) else "floor", None, "i64", 2).output(0)
        return self.pick([opset1.avg_pool, op.avg_pool])(x, [2, 2], [pad] * 2, [pad] * 2, [k, k], self.chance(0.5), "floor")

    def reduce(self):
        x = self.image()
        if x is None:
            return None
        make = self.pick([op.reduce_max, op.reduce_min, op.reduce_mean, op.reduce_sum])
        axes = self.pick([[2, 3], [3], [1], [2]])
        return make(x, op.constant(np.array(axes, np.int64)), True)

    def move(self):
        x = self.image()
        if x is None:
            return None
        n, c, h, w = self.shape(x)
        kind = self.rng.integers(14)
        i64 = lambda values: op.constant(np.array(values, np.int64))
        if kind == 0:
            return op.transpose(x, i64(self.pick([[0, 1, 3, 2], [0, 2, 3, 1], [0, 3, 1, 2]])))
        if kind == 1:
            return op.reshape(x, i64(self.pick([[0, c, h * w, 1], [0, 0, w, h]])), True)
        if kind == 2:
            return op.squeeze(op.unsqueeze(x, i64([2])), i64([2]))
        if kind == 3:
            return op.strided_slice(x, i64([0, 0, 0, 0]), i64([0, max(1, c - 1), 0, 0]), i64([1] * 4), [1, 0, 1, 1], [1, 0, 1, 1]) if c > 1 else None
        if kind == 4:
            return op.slice(x, i64([0]), i64([max(1, h // 2)]), i64([1]), i64([2]))
        if kind == 5:
            return op.gather(x, i64(self.rng.integers(0, c, int(self.rng.integers(1, 4)))), op.constant(np.int64(1)))
        if kind == 6:
            mode = self.pick(["constant", "edge", "reflect", "symmetric"])
            axis = int(self.pick([2, 3]))
            pads = [int(i == axis) if self.chance(0.5) else int(i > 1) for i in range(4)]
            if min(h, w) < 3:
                return None
            return op.pad(x, i64(pads), i64(pads), mode, op.constant(F32(0 if self.chance(0.7) else 1)))
        if kind == 7:
            return op.shuffle_channels(x, 1, 2) if c % 2 == 0 else None
        if kind == 8:
            return op.depth_to_space(x, "blocks_first", 2) if c % 4 == 0 else None
        if kind == 9 and n == 1 and h % 2 == 0 and w % 2 == 0:
            blocks = i64([1, 1, 2, 2])
            return op.batch_to_space(op.space_to_batch(x, blocks, i64([0] * 4), i64([0] * 4)), blocks, i64([0] * 4), i64([0] * 4))
        if kind == 10 and h * w <= 64:
            mode = self.pick(["nearest", "nearest", "linear_onnx"])
            return op.interpolate(x, i64([h * 2, w * 2]), mode, "sizes", axes=i64([2, 3]), coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        if kind == 11 and n == 1:
            return op.broadcast(op.reduce_max(x, i64([2, 3]), True), i64([1, c, 2, 3]))
        if kind == 12:
            return op.tile(x, i64([1, 1, 1, 2])) if w <= 8 else None
        return op.fake_quantize(x, *[op.constant(F32(v)) for v in (0, 2.5, 0, 2.5)], 256)

    OPERATIONS = ("convolution", "convolution", "group_convolution", "deconvolution", "mat_mul", "mat_mul_of_two", "binary", "binary",
                  "binary_constant", "concat", "concat", "split", "unary", "unary", "normalize", "pool_2d", "reduce", "move", "move", "move")

    def model(self):
        batch = ov.Dimension(-1) if self.chance(0.1) else 1
        for index in range(1 if self.chance(0.6) else 2):
            shape = ov.PartialShape([batch, int(self.pick([3, 4, 6])), 8, 8])
            parameter = op.parameter(shape, np.float32, name=f"x{index}")
            self.parameters.append(parameter)
            self.pool.append(self.quantize(parameter.output(0)).output(0))
        made = 0
        wanted = int(self.rng.integers(5, 16))
        for _ in range(60):
            if made == wanted:
                break
            results = getattr(self, self.pick(self.OPERATIONS))()
            if results is None:
                continue
            for result in results if isinstance(results, list) else [results]:
                value = result if isinstance(result, ov.Output) else result.output(0)
                if self.chance(0.55):
                    value = self.quantize(value).output(0)
                self.pool.append(value)
            made += 1
        read = {v for v in self.pool if v.get_target_inputs()}
        unread = [v for v in self.pool if v not in read] or [self.pool[-1]]
        return ov.Model([op.result(v) for v in unread], self.parameters, "random")


def random_model(seed):
    return Builder(seed).model()
