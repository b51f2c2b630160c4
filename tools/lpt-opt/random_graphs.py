"""Random quantized models over the operations that low precision passes know: chains and branches of 5 to 15 layers between
FakeQuantizes of all kinds of ranges, and short chains of the kinds that the runtime fuses or takes for something else.

usage: random_graphs.py SEED PATH.xml [KIND]      writes one model"""
import sys

import numpy as np
import openvino as ov
import openvino.opset14 as op
from openvino import opset1, opset8

F32 = np.float32


def i64(values):
    return op.constant(np.array(values, np.int64))


class Builder:
    """One model, of one of KINDS. Values of rank 4 (and a few of other ranks) wait in a pool until an operation takes them."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.pool = []
        self.parameters = []
        self.plain = self.chance(0.6)  # every FakeQuantize is one that the runtime takes for int8
        self.half = self.chance(0.15)  # constants are stored as f16 behind a Convert
        self.real = self.chance(0.25)  # some branches carry no FakeQuantize
        self.no_ops = 0.3 if self.chance(0.3) else 0.0  # how often an operation that does nothing comes between two

    def chance(self, probability):
        return self.rng.random() < probability

    def pick(self, items):
        return items[int(self.rng.integers(len(items)))]

    def constant(self, values):
        values = np.asarray(values, F32)
        return op.convert(op.constant(values.astype(np.float16)), "f32") if self.half else op.constant(values)

    # -- quantization

    def ranges(self, axes, levels):
        """Output ranges of one of several kinds, of the given shape."""
        rng, kind = self.rng, int(self.pick([0, 1, 1, 4] if self.plain else range(6)))
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
        return 256 if self.plain else int(self.pick([256, 256, 256, 255, 16, 15, 128, int(self.rng.integers(16, 257))]))

    def quantize(self, value, per_channel=None):
        shape = self.shape(value)
        rank = len(shape)
        per_channel = not self.plain and self.chance(0.25) if per_channel is None else per_channel
        axes = [1] * rank if self.chance(0.5) else []
        if per_channel and rank >= 2 and shape[1] > 0:
            axes = [1, shape[1]] + [1] * (rank - 2)
        levels = self.levels()
        low, high = self.ranges(axes, levels)
        if not self.plain and self.chance(0.15):
            out_low, out_high = self.ranges(axes, levels)
        else:
            out_low, out_high = low, high
        if self.chance(0.1) and np.size(low) == 1 and levels == 256:
            return self.spelled_out(value, low, high)
        return op.fake_quantize(value, *[self.constant(end) for end in (low, high, out_low, out_high)], levels)

    def maybe_quantize(self, value, probability=0.55):
        return self.quantize(value) if self.chance(probability) and not (self.real and self.chance(0.5)) else value

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

    def weights(self, shape, channel_axes, only_fake_quantize=False):
        values = self.rng.normal(0, 0.5, shape).astype(F32)
        axes = [n if i in channel_axes and self.chance(0.6) else 1 for i, n in enumerate(shape)]
        levels = 255 if self.plain else int(self.pick([255, 255, 255, 256, 16]))
        high = self.rng.uniform(0.3, 1.5, axes).astype(F32)
        low = -high if levels in (255, 15) else -high * F32(levels // 2) / F32(levels // 2 - 1)
        if not self.plain and self.chance(0.1):
            low = (-high * self.rng.uniform(0.2, 1, axes)).astype(F32)
        if not only_fake_quantize and self.chance(0.05 if self.plain else 0.1):
            return self.constant(values)
        if not only_fake_quantize and self.chance(0.25):  # stored as integers already
            stored = self.rng.integers(-127, 128, shape).astype(np.int8)
            return op.multiply(op.convert(op.constant(stored), "f32"), op.constant((high / 127).astype(F32)))
        return op.fake_quantize(self.constant(values), *[self.constant(end) for end in (low, high, low, high)], levels)

    # -- operations: each takes values from the pool and returns new ones, or None if it does not fit

    def shape(self, value):
        shape = value.get_output_partial_shape(0) if isinstance(value, ov.Node) else value.get_partial_shape()
        return [d.get_length() if d.is_static else -1 for d in shape]

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

    # -- what leaves values as they are, or only moves them

    def no_op(self, x):
        shape = self.shape(x)
        rank = len(shape)
        kind = self.rng.integers(6)
        if kind == 0:
            return op.convert(x, "f32")
        if kind == 1:
            return op.reshape(x, i64([0] * rank if self.chance(0.5) or shape.count(-1) > 1 else shape), True)
        if kind == 2:
            return op.transpose(x, i64(range(rank)))
        if kind == 3:
            return op.multiply(x, op.constant(F32(1)))
        if kind == 4:
            return op.squeeze(op.unsqueeze(x, i64([1])), i64([1]))
        return op.transpose(op.transpose(x, i64([0, *range(2, rank), 1])), i64([0, rank - 1, *range(1, rank - 1)])) if rank > 2 else op.add(x, op.constant(F32(0)))

    def maybe_no_op(self, x):
        return self.no_op(x) if self.chance(self.no_ops) else x

    def neighbour(self, x):
        """What may stand beside a Convolution of rank 4 and moves its data."""
        shape, kind = self.shape(x), self.rng.integers(7)
        if kind <= 1:
            return op.transpose(x, i64(self.pick([[0, 1, 3, 2], [0, 2, 3, 1], [0, 3, 1, 2], [0, 2, 1, 3]])))
        if kind == 2:
            return op.pad(x, i64([0, 0, 1, 1]), i64([0, 0, self.pick([0, 1]), 1]), "constant", op.constant(F32(0)))
        if kind == 3:
            return op.reshape(x, i64([0, 0, shape[3], shape[2]]), True)
        if kind == 4:
            return op.einsum([x, op.constant(self.rng.normal(0, 0.5, (shape[1], 4)).astype(F32))], "bchw,cd->bdhw")
        if kind == 5:
            return op.relu(x)
        return self.no_op(x)

    def beside(self, x, most):
        for _ in range(int(self.rng.integers(most + 1))):
            x = self.maybe_no_op(self.neighbour(x).output(0))
        return x

    def bias(self, x, axis):
        if self.chance(0.5):
            return x
        shape = self.shape(x)
        return op.add(x, self.constant(self.rng.normal(0, 0.3, [shape[i] if i == axis else 1 for i in range(len(shape))])))

    # -- kinds of models: each takes a Parameter, or makes its own, and returns its results

    def parameter(self, shape, kind=F32):
        self.parameters.append(op.parameter(ov.PartialShape(shape), kind, name=f"x{len(self.parameters)}"))
        return self.parameters[-1]

    def batch(self):
        return ov.Dimension(-1) if self.chance(0.1) else int(self.pick([1, 1, 2]))

    def channels(self):
        return int(self.pick([3, 8, 16, 32, 64]))

    def convolve(self, x, kernel, strides, pads):
        c, out = self.shape(x)[1], int(self.pick([4, 8, 16]))
        if kernel > 1 and self.chance(0.3):
            y = op.group_convolution(x, self.weights([c, 1, 1, kernel, kernel], {0}), strides, pads, pads, [1, 1])
        else:
            y = op.convolution(x, self.weights([out, c, kernel, kernel], {0}), strides, pads, pads, [1, 1])
        return self.bias(y, 1)

    def pointwise(self):
        """Convolutions 1x1 with strides, pads and what moves data beside them."""
        x = self.maybe_quantize(self.parameter([self.batch(), self.channels(), 8, 8]), 0.5)
        for _ in range(int(self.pick([1, 1, 2]))):
            x = self.maybe_quantize(self.beside(x, 2), 0.3)
            x = self.convolve(x, 1, self.pick([[1, 1], [1, 1], [2, 2], [1, 2]]), self.pick([[0, 0], [0, 0], [1, 1], [0, 1]]))
            x = self.maybe_quantize(self.beside(x, 2), 0.3)
        return [x]

    def dense(self):
        """MatMuls of data that is quantized or real, of many columns: from some on the runtime quantizes real data by itself."""
        k = int(self.pick([16, 32, 48, 64, 128, 256]))
        x = self.parameter([self.batch(), *self.pick([[], [8], [2, 8]]), k])
        for _ in range(int(self.pick([1, 2, 2, 3]))):
            x = self.maybe_no_op(self.maybe_quantize(x, 0.5))
            k, n, transposed = self.shape(x)[-1], int(self.pick([16, 40, 64, 128])), self.chance(0.6)
            x = op.matmul(x, self.weights([n, k] if transposed else [k, n], {0} if transposed else {1}), False, transposed)
            x = self.bias(self.maybe_no_op(x), len(self.shape(x)) - 1)
            act = self.pick([None, None, op.relu, lambda y: op.gelu(y, "erf"), op.sigmoid, lambda y: op.softmax(y, -1),
                             lambda y: op.mvn(y, op.constant(np.array([-1], np.int64)), True, 1e-5, "inside_sqrt")])
            x = act(x) if act else x
        return [x]

    def pools(self):
        """FakeQuantize, AvgPool, more that keeps the steps, a Convolution."""
        x = self.quantize(self.maybe_no_op(self.parameter([self.batch(), self.channels(), 16, 16])), self.chance(0.1))
        for index in range(int(self.pick([1, 2, 2, 3]))):
            kind = 0 if index == 0 and self.chance(0.8) else self.rng.integers(5)
            stride, k = [int(self.pick([1, 2]))] * 2, [int(self.pick([2, 3]))] * 2
            if kind == 0:
                x = op.avg_pool(x, stride, [0, 0], [0, 0], k, self.chance(0.5), "floor")
            elif kind == 1:
                x = op.max_pool(x, stride, [1, 1], [0, 0], [0, 0], k, "floor", None, "i64", 2).output(0)
            else:
                x = (op.relu(x), op.clamp(x, 0.0, 1.5), self.no_op(x))[kind - 2]
            x = self.maybe_no_op(x)
        k = int(self.pick([1, 3]))
        x = self.convolve(x, k, [1, 1], [k // 2] * 2)
        return [self.convolve(self.quantize(op.relu(x)), 1, [1, 1], [0, 0]) if self.chance(0.4) else x]

    def integers(self):
        """Activations that arrive as integers: Convert, Subtract, Multiply, and a layer whose weights may have the only FakeQuantize."""
        signed, dense = self.chance(0.5), self.chance(0.5)
        k = int(self.pick([16, 32, 64, 128])) if dense else self.channels()
        x = op.convert(self.parameter([self.batch(), *([8, k] if dense else [k, 8, 8])], np.int8 if signed else np.uint8), "f32")
        if self.chance(0.4):
            x = op.subtract(x, op.constant(F32(self.rng.integers(-5, 6) if signed else self.rng.integers(100, 140))))
        x = self.maybe_no_op(op.multiply(x, self.constant(self.rng.uniform(0.005, 0.05))))
        if dense:
            x = self.bias(op.matmul(x, self.weights([24, k], {0}), False, True), 2)
            return [op.matmul(self.maybe_quantize(op.relu(x)), self.weights([24, 10], {1}), False, False) if self.chance(0.5) else x]
        kernel = int(self.pick([1, 3]))
        x = self.convolve(x, kernel, [1, 1], [kernel // 2] * 2)
        return [self.convolve(self.maybe_quantize(op.relu(x)), 1, [1, 1], [0, 0]) if self.chance(0.5) else x]

    def recurrent(self):
        """One or two LSTM or GRU layers as torch and nncf bring them, the initial states zero."""
        lstm, n, layers = self.chance(0.6), int(self.pick([1, 2])), int(self.pick([1, 2]))
        k, hidden, steps = int(self.pick([16, 32])), int(self.pick([16, 32])), 6
        self.plain = self.plain or self.chance(0.6)
        # In int8 the plugin is right if data and state share one range that covers -1..1, and refuses some others.
        ends = [self.constant(end) for end in (-1.28, 1.27)] * 2
        make = (lambda value: op.fake_quantize(value, *ends, 256)) if self.chance(0.7) else (lambda value: self.quantize(value, False))
        x = make(self.parameter([n, steps, k]))
        zero = op.constant(F32(0))
        if self.chance(0.4):  # nncf quantizes the state, too
            zero = op.fake_quantize(zero, *[op.constant(F32(end)) for end in (-1e-6, 1e-6, -1e-6, 1e-6)], 255)
        ways = 2 if self.chance(0.25) else 1
        if self.chance(0.5):
            states = op.split(op.broadcast(zero, i64([layers * ways, n, hidden])), op.constant(np.int64(0)), layers).outputs()
            states = [op.transpose(state, i64([1, 0, 2])) if ways == 2 or self.chance(0.5) else op.reshape(state, i64([n, 1, hidden]), False) for state in states]
        else:
            states = [op.broadcast(zero, i64([n, ways, hidden]))] * layers
        for state in states:
            gates, k = 4 if lstm else 3, self.shape(x)[2]
            w, r = (self.weights([ways, gates * hidden, size], {0, 1}, only_fake_quantize=True) for size in (k, hidden))
            direction = "forward" if ways == 1 else "bidirectional"
            lengths = op.constant(np.full([n], steps, np.int32))
            bias = self.constant(self.rng.normal(0, 0.1, [ways, gates * hidden]))
            if lstm:
                y = op.lstm_sequence(x, state, state, lengths, w, r, bias, hidden, direction)
            else:
                y = op.gru_sequence(x, state, lengths, w, r, bias, hidden, direction)
            y = op.squeeze(y.output(0), i64([1])) if ways == 1 else op.reshape(op.transpose(y.output(0), i64([0, 2, 1, 3])), i64([0, 0, -1]), True)
            x = make(y)
        return [op.matmul(x, self.weights([10, self.shape(x)[2]], {0}), False, True) if self.chance(0.7) else x]

    def branches(self):
        for _ in range(1 if self.chance(0.6) else 2):
            x = self.parameter([ov.Dimension(-1) if self.chance(0.1) else 1, int(self.pick([3, 4, 6])), 8, 8]).output(0)
            self.pool.append(x if self.real and self.chance(0.5) else self.quantize(x).output(0))
        made = 0
        wanted = int(self.rng.integers(5, 16))
        for _ in range(60):
            if made == wanted:
                break
            results = getattr(self, self.pick(self.OPERATIONS))()
            if results is None:
                continue
            for result in results if isinstance(results, list) else [results]:
                value = self.maybe_quantize(self.maybe_no_op(result if isinstance(result, ov.Output) else result.output(0)))
                self.pool.append(value if isinstance(value, ov.Output) else value.output(0))
            made += 1
        read = {v for v in self.pool if v.get_target_inputs()}
        return [v for v in self.pool if v not in read] or [self.pool[-1]]

    KINDS = ("branches", "branches", "pointwise", "dense", "pools", "integers", "recurrent")

    def write(self, path, kind=None):
        """Writes the one model of this builder, which is one that a converter could write; the CPU plugin does not run all of
        them. Returns it."""
        self.kind = kind or self.pick(self.KINDS)
        model = ov.Model([op.result(value) for value in getattr(self, self.kind)()], self.parameters, "random")
        ov.save_model(model, path, compress_to_fp16=self.chance(0.1))
        return model


if __name__ == "__main__":
    Builder(int(sys.argv[1])).write(*sys.argv[2:])
