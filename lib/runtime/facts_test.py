"""What stock OpenVINO's CPU plugin makes of certain graph forms, and of the forms that are written instead.

Each test shows both: the form that comes out wrong, is refused or loses its integer kernel, and a form of the same
function that is right. A wheel that behaves otherwise turns the test red: its fact has then to be measured again."""
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import openvino as ov
import pytest
from openvino import opset14 as op

DEFAULT = {}
F32 = {"INFERENCE_PRECISION_HINT": "f32"}
OFF = {**F32, "LP_TRANSFORMS_MODE": "NO"}  # without the plugin's own low precision passes
CORE = ov.Core()

RIGHT = 1e-5  # largest distance of what differs in the order of sums only
ROUGH = 0.02  # the same where a CPU may compute in bf16


class Executed:
    """The outputs of a small model, and what it ran in. `build` makes the outputs from one Parameter for each array."""

    def __init__(self, build, *values, config=F32, shapes=None):
        shapes = shapes or [value.shape for value in values]
        inputs = [op.parameter(list(shape), value.dtype) for shape, value in zip(shapes, values)]
        built = build(*inputs)
        model = ov.Model([op.result(value) for value in (built if isinstance(built, list) else [built])], inputs, "m")
        compiled = CORE.compile_model(model, "CPU", config)
        results = compiled(list(values))
        self.outputs = [np.array(results[i]) for i in range(len(model.outputs))]
        self.nodes = [{key: node.get_rt_info()[key].astype(str) for key in ("layerType", "primitiveType", "originalLayersNames")}
                      for node in compiled.get_runtime_model().get_ordered_ops()]

    def distance(self, expected):
        """Of the first output, relative to the largest value; infinite between shapes, and where a value is not finite."""
        got = self.outputs[0].astype(np.float64)
        if got.shape != expected.shape or not np.isfinite(got).all():
            return np.inf
        return np.abs(got - expected).max() / np.abs(expected).max()

    def in_int8(self, *types):
        """For each node of these types whether its kernel computes in integers, in the order of execution."""
        return [node["primitiveType"].lower().endswith(("i8", "u8")) for node in self.nodes if node["layerType"] in types]


MAT_MUL = ("FullyConnected", "MatMul")

CPU_FLAGS = pathlib.Path("/proc/cpuinfo")
needs_avx512 = pytest.mark.skipif(not CPU_FLAGS.exists() or "avx512bw" not in CPU_FLAGS.read_text(), reason="a kernel for AVX-512")


def constant(value, kind=np.float32):
    return op.constant(np.array(value, kind))


def indices(*values):
    return constant(values, np.int64)


def quantize(x, low, high, levels=256, to=None):
    """FakeQuantize from low..high to the same range, or to another one."""
    return op.fake_quantize(x, *(constant(end) for end in (low, high, *(to or (low, high)))), levels)


def quantized(x, low, high, levels=256, to=None):
    """What quantize computes, in numpy."""
    low, high = np.float32(low), np.float32(high)
    to_low, to_high = (np.float32(end) for end in (to or (low, high)))
    steps = np.round((np.clip(x, low, high) - low) / (high - low) * (levels - 1))
    return (steps / (levels - 1) * (to_high - to_low) + to_low).astype(np.float32)


def in_steps(x, scale, low, high):
    """A FakeQuantize of scale*low..scale*high that gives the steps low..high."""
    return quantize(x, low * scale, high * scale, to=(low, high))


def dequantize(stored, scale, zero_point=None):
    """Const -> Convert [-> Subtract] -> Multiply."""
    real = op.convert(op.constant(stored), "f32")
    return op.multiply(real if zero_point is None else op.subtract(real, constant(zero_point)), constant(scale))


def guarded(stored, scale, zero_point=None):
    """The same with a FakeQuantize behind the Convert that gives each integer back."""
    real = quantize(op.convert(op.constant(stored), "f32"), -128, 127)
    return op.multiply(real if zero_point is None else op.subtract(real, constant(zero_point)), constant(scale))


def stored_as(x, kind):
    """Convert to integers and back."""
    return op.convert(op.convert(x, kind), "f32")


def convolve(x, weights, pad=0, stride=1):
    return op.convolution(x, weights, [stride] * 2, [pad] * 2, [pad] * 2, [1, 1])


def convolve_groups(x, weights):
    return op.group_convolution(x, weights, [1, 1], [0, 0], [0, 0], [1, 1])


def convolve_backwards(x, weights):
    return op.convolution_backprop_data(x, weights, [1, 1], None, [0, 0], [0, 0], [1, 1])


def convolved(x, weights):
    """GroupConvolution in numpy; weights of four axes are one group."""
    grouped = weights[None] if weights.ndim == 4 else weights
    groups, outputs, inputs, height, width = grouped.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), (2, 3))
    windows = windows.reshape(windows.shape[0], groups, inputs, *windows.shape[2:])
    result = np.einsum("ngihwyx,goiyx->ngohw", windows.astype(np.float64), grouped)
    return result.reshape(result.shape[0], groups * outputs, *result.shape[3:]).astype(np.float32)


def max_pool(x, rounding="floor"):
    return op.max_pool(x, [2, 2], [1, 1], [0, 0], [0, 0], [2, 2], rounding, "explicit", "i64", 0).output(0)


def average(x, pad=0):
    return op.avg_pool(x, [1, 1], [pad, pad], [pad, pad], [3, 3], False, "floor", "explicit")


def averaged(x):
    return np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3)).mean((-1, -2)).astype(np.float32)


def normal(*shape, seed=1):
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def uniform(*shape, high=2.5, seed=1):
    return np.random.default_rng(seed).uniform(0, high, shape).astype(np.float32)


def integers(*shape, seed=2):
    """Weights of 7 bits: without VNNI the sum of two products with u8 has room for no more."""
    return np.random.default_rng(seed).integers(-63, 64, shape).astype(np.int8)


def rising(low, high, *shape):
    """One value for each element, all different."""
    return np.linspace(low, high, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def beside_quantized(output, x):
    """A second output, of a Convolution that runs in int8: the plugin starts its low precision passes for the whole model."""
    return [output, convolve(quantize(x, 0, 2.55), dequantize(integers(8, x.get_output_shape(0)[1], 1, 1), 0.01))]


# -- weights


@pytest.mark.parametrize("order", [(0, 1, 3, 2), (0, 2, 1, 3), (0, 3, 2, 1), (0, 2, 3, 1), (0, 3, 1, 2)])
@pytest.mark.parametrize("config, tolerance", [(DEFAULT, ROUGH), (F32, RIGHT)], ids=["default", "f32"])
def test_pointwise_weights_beside_transpose(order, config, tolerance):
    x, stored, scale = normal(1, 8, 8, 8), integers(8, 8, 1, 1), rising(0.01, 0.02, 8, 1, 1, 1)
    image = dequantize(stored, scale)
    matrix = op.reshape(dequantize(stored[:, :, 0, 0], scale[:, :, 0, 0]), indices(8, 8, 1, 1), False)
    turn = lambda value: op.transpose(value, indices(*order))
    real = stored * scale
    before, behind = convolved(x.transpose(order), real), convolved(x, real).transpose(order)

    def distances(weights):
        return (Executed(lambda p: convolve(turn(p), weights), x, config=config).distance(before),
                Executed(lambda p: turn(convolve(p, weights)), x, config=config).distance(behind))

    as_image = distances(image)
    assert (as_image[0] > 0.5) == (order != (0, 3, 1, 2)) and (as_image[1] > 0.5) == (order != (0, 2, 3, 1))
    assert max(distances(matrix)) < tolerance


def test_pointwise_stride_behind_transpose():
    x, stored = normal(1, 8, 6, 8), integers(8, 8, 1, 1)
    image = dequantize(stored, 0.01)
    matrix = op.reshape(dequantize(stored[:, :, 0, 0], 0.01), indices(8, 8, 1, 1), False)
    expected = convolved(x.transpose(0, 3, 1, 2), stored * np.float32(0.01))[:, :, ::2, ::2]
    run = lambda weights: Executed(lambda p: convolve(op.transpose(p, indices(0, 3, 1, 2)), weights, stride=2), x)
    assert run(image).outputs[0].shape == (1, 8, 8, 6) != expected.shape
    assert run(matrix).distance(expected) < RIGHT


def test_pointwise_matrix_keeps_int8():
    x, stored = uniform(1, 8, 8, 8), integers(8, 8, 1, 1)
    matrix = op.reshape(dequantize(stored[:, :, 0, 0], 0.01), indices(8, 8, 1, 1), False)
    run = Executed(lambda p: convolve(quantize(op.transpose(p, indices(0, 1, 3, 2)), 0, 2.55), matrix), x)
    assert run.in_int8("Convolution") == [True]
    assert run.distance(convolved(quantized(x, 0, 2.55).transpose(0, 1, 3, 2), stored * np.float32(0.01))) < RIGHT


CHANNELS = rising(1, 3, 1, 8, 1, 1)
NO_KERNEL = {"levels": lambda x: quantize(x, 0, 3, 4), "channels": lambda x: quantize(x, 0 * CHANNELS, CHANNELS),
             "Sigmoid": lambda x: op.sigmoid(quantize(x, 0, 3)), "real": op.relu}


@pytest.mark.parametrize("activations", NO_KERNEL.values(), ids=NO_KERNEL)
def test_fractional_weight_zero_point(activations):
    x, stored, scale, zero_point = uniform(1, 8, 8, 8), integers(8, 8, 3, 3), 1.4 / 255, -55.14
    real = ((stored - np.float32(zero_point)) * np.float32(scale)).astype(np.float32)
    build = lambda weights: lambda p: beside_quantized(convolve(activations(p), weights), p)
    expected = Executed(build(constant(real)), x, config=OFF).outputs[0]
    subtracted = Executed(build(dequantize(stored, scale, zero_point)), x)
    added = Executed(build(op.add(dequantize(stored, scale), constant(-zero_point * scale))), x)
    under_fake_quantize = Executed(build(quantize(constant(real), -(128 + zero_point) * scale, (127 - zero_point) * scale)), x)
    guard = Executed(build(guarded(stored, scale, zero_point)), x)
    assert sorted(subtracted.in_int8("Convolution")) == [False, True]
    assert 1e-3 < subtracted.distance(expected) < 1e-2
    assert max(run.distance(expected) for run in (added, under_fake_quantize, guard)) < RIGHT


def test_backprop_weights_with_zero_point():
    """The zero point is taken off in 8 bits: what leaves them is nonsense, and a fraction is rounded."""
    x, scale = uniform(1, 8, 6, 6), 0.005

    def distances(stored, zero_point):
        real = ((stored - np.float32(zero_point)) * np.float32(scale)).astype(np.float32)
        build = lambda weights: lambda p: convolve_backwards(quantize(p, 0, 3), weights)
        expected = Executed(build(constant(real)), x, config=OFF).outputs[0]
        weights = (dequantize(stored, scale, zero_point), op.add(dequantize(stored, scale), constant(-zero_point * scale)),
                   quantize(constant(real), -(128 + zero_point) * scale, (127 - zero_point) * scale),
                   guarded(stored, scale, zero_point))
        return [Executed(build(each), x).distance(expected) for each in weights]

    within = integers(8, 4, 3, 3)  # up to 63
    for stored, zero_point, least, most in ((2 * within, -43, 0.3, 9), (within, -43, 0, RIGHT), (within, -43.3, 1e-4, 1e-2)):
        subtracted, added, under_fake_quantize, guard = distances(stored, zero_point)
        assert least <= subtracted < most and least <= added < most
        assert under_fake_quantize < RIGHT and guard < RIGHT


def test_weights_with_zero_point():
    x, stored = uniform(1, 8, 8, 8), integers(8, 8, 3, 3)
    shifted = Executed(lambda p: convolve(quantize(p, 0, 2.55), dequantize(stored, 0.01, 5)), x)
    plain = Executed(lambda p: convolve(quantize(p, 0, 2.55), dequantize(stored, 0.01)), x)
    assert shifted.in_int8("Convolution") == [False] and plain.in_int8("Convolution") == [True]
    assert shifted.distance(convolved(quantized(x, 0, 2.55), (stored - np.float32(5)) * np.float32(0.01))) < RIGHT
    for zero_point in (1e-5, 0.4):
        rounded = Executed(lambda p: convolve(quantize(p, 0, 2.55), dequantize(stored, 0.01, zero_point)), x)
        assert rounded.in_int8("Convolution") == [True] and rounded.distance(plain.outputs[0]) < RIGHT
    x[:, 3] *= np.float32(0.3)
    beyond = stored.astype(np.float32)
    beyond[:, 3] = 200  # as if a zero point had been taken off
    split = np.concatenate([np.minimum(beyond, 127), beyond[:, 3:4] - 127], 1).astype(np.int8)

    def repeated(p):
        q = quantize(p, 0, 2.55)
        return op.concat([q, op.gather(q, indices(3), indices(1))], 1)

    def given_twice(p):
        channels = np.eye(8, dtype=np.float32)[[*range(8), 3], :, None, None]
        return quantize(convolve(p, constant(channels)), 0, 2.55)

    for data in (repeated, given_twice):
        run = Executed(lambda p: convolve(data(p), dequantize(split, 0.01)), x)
        assert run.in_int8("Convolution")[-1] and run.distance(convolved(quantized(x, 0, 2.55), beyond * np.float32(0.01))) < RIGHT


def test_mat_mul_weights_with_zero_point():
    x, stored = uniform(64, 256), (integers(32, 256).astype(np.int16) + 128).astype(np.uint8)
    expected = quantized(x, 0, 2.55) @ ((stored - np.float32(10)) * np.float32(0.01)).T

    def with_zero_point(p):
        return op.matmul(quantize(p, 0, 2.55), dequantize(stored, 0.01, 10), False, True)

    def sum_behind(p):
        q = quantize(p, 0, 2.55)
        product = op.matmul(q, dequantize((stored - 128.0).astype(np.int8), 0.01), False, True)
        return op.add(product, op.multiply(op.reduce_sum(q, indices(-1), True), constant((10 - 128) * -0.01)))

    before, after = Executed(with_zero_point, x), Executed(sum_behind, x)
    assert before.in_int8(*MAT_MUL) == [False] and after.in_int8(*MAT_MUL) == [True]
    assert before.distance(expected) > 1e-4 and after.distance(expected) < RIGHT


def test_weights_of_u8():
    x, stored = uniform(1, 8, 8, 8), np.abs(integers(8, 8, 3, 3)).astype(np.uint8)
    expected = convolved(quantized(x, 0, 2.55), stored * np.float32(0.01))
    under_fake_quantize = op.multiply(quantize(op.convert(op.constant(stored), "f32"), 0, 255), constant(0.01))
    for weights, in_int8 in ((dequantize(stored, 0.01), False), (under_fake_quantize, False), (dequantize(stored.astype(np.int8), 0.01), True)):
        run = Executed(lambda p: convolve(quantize(p, 0, 2.55), weights), x)
        assert run.in_int8("Convolution") == [in_int8] and run.distance(expected) < RIGHT
    for layer, kind in ((convolve_backwards, "Deconvolution"), (lambda p, w: op.matmul(op.reshape(p, indices(64, 8), False), op.reshape(w, indices(8, 72), False), False, False), "FullyConnected")):
        assert Executed(lambda p: layer(quantize(p, 0, 2.55), dequantize(stored, 0.01)), x).in_int8(kind) == [False]


def test_weights_convert_without_multiply():
    x, stored = uniform(1, 8, 8, 8), integers(8, 8, 3, 3)
    expected = convolved(quantized(x, 0, 2.55), stored.astype(np.float32))
    bare = Executed(lambda p: convolve(quantize(p, 0, 2.55), op.convert(op.constant(stored), "f32")), x)
    by_one = Executed(lambda p: convolve(quantize(p, 0, 2.55), dequantize(stored, 1)), x)
    assert bare.in_int8("Convolution") == [False] and by_one.in_int8("Convolution") == [True]
    assert bare.distance(expected) < RIGHT and by_one.distance(expected) < RIGHT


def test_shared_convert():
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 3, 3)

    def network(share_convert):
        def build(p):
            integer = op.constant(stored)
            convert = op.convert(integer, "f32")
            weights = lambda: op.multiply(convert if share_convert else op.convert(integer, "f32"), constant(0.0001))
            hidden = op.relu(convolve(in_steps(p, 0.01, 0, 255), weights()))
            return convolve(in_steps(hidden, 0.0137, 0, 255), weights())

        return Executed(build, x)

    sums = convolved(quantized(x, 0, 2.55), stored * np.float32(0.01))
    expected = convolved(quantized(sums, 0, 0.0137 * 255, to=(0, 255)), stored * np.float32(0.0001))
    assert network(True).in_int8("Convolution") == [False, False]
    assert network(False).in_int8("Convolution") == [True, True]
    assert network(False).distance(expected) < RIGHT


def test_group_scale_for_several_outputs():
    x, stored, scale = normal(1, 6, 8, 8), integers(3, 2, 2, 3, 3), rising(0.01, 0.03, 3, 1, 1, 1, 1)
    build = lambda value: lambda p: convolve_groups(quantize(p, 0, 2.55), dequantize(stored, value))
    with pytest.raises(RuntimeError, match="incompatible with input shape"):
        Executed(build(scale), x)
    repeated = Executed(build(np.repeat(scale, 2, axis=1)), x)
    assert repeated.in_int8("Convolution") == [True]
    assert repeated.distance(convolved(quantized(x, 0, 2.55), stored * scale)) < RIGHT


SUMMED_AXIS = """
import sys
sys.path.insert(0, {folder!r})
from {module} import *
stored, scale = integers(16, 64), rising(0.01, 0.02, 1, 64)
x = normal(4, 64)
run = Executed(lambda p: op.matmul(p, dequantize(stored, scale), False, True), x, config=DEFAULT)
sys.exit(2 if run.distance(x @ (stored * scale).T) > 0.1 else 0)
"""


def test_weights_scale_along_the_summed_axis(request):
    x, stored, scale = normal(4, 64), integers(16, 64), rising(0.01, 0.02, 1, 64)
    real = (stored * scale).astype(np.float32)
    run = lambda weights: Executed(lambda p: op.matmul(p, weights, False, True), x).distance(x @ real.T)
    assert run(dequantize(stored, scale)) > 0.1
    assert run(quantize(constant(real), -127 * scale, 127 * scale, 255)) < RIGHT and run(guarded(stored, scale)) < RIGHT
    # In the default configuration the process dies, or is as wrong.
    script = SUMMED_AXIS.format(folder=str(request.path.parent), module=request.path.stem)
    code = subprocess.run([sys.executable, "-c", script], capture_output=True).returncode
    assert code == 2 or code < 0


def test_dynamic_quantization_of_folded_mat_mul():
    x, stored, scale = normal(4, 64), integers(64, 64), rising(0.01, 0.02, 64, 1)
    real = (stored * scale).astype(np.float32)
    build = lambda weights: lambda p: op.matmul(p, weights, False, True)
    folded, expected = build(dequantize(stored, scale)), x @ real.T
    assert Executed(folded, x).distance(expected) > 1e-3
    assert Executed(folded, x, config={**F32, "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}).distance(expected) < RIGHT
    assert Executed(build(quantize(constant(real), -127 * scale, 127 * scale, 255)), x).distance(expected) < RIGHT
    assert Executed(build(guarded(stored, scale)), x).distance(expected) < RIGHT
    # A kernel for integers still gets guarded weights.
    in_int8 = Executed(lambda p: build(guarded(stored, scale))(quantize(p, -1.28, 1.27)), x)
    assert in_int8.in_int8(*MAT_MUL) == [True] and in_int8.distance(quantized(x, -1.28, 1.27) @ real.T) < RIGHT


def test_last_fake_quantize_gone():
    x, stored = np.random.default_rng(1).integers(0, 256, (1, 8, 8, 8)).astype(np.uint8), integers(8, 8, 3, 3)
    real = (stored * np.float32(0.02)).astype(np.float32)
    layer = lambda p, weights: convolve(op.multiply(op.convert(p, "f32"), constant(0.01)), weights)
    folded = Executed(lambda p: layer(p, dequantize(stored, 0.02)), x)
    kept = Executed(lambda p: layer(p, quantize(constant(real), -2.54, 2.54, 255)), x)
    elsewhere = Executed(lambda p, other: [layer(p, dequantize(stored, 0.02)), quantize(other, 0, 2.55)], x, uniform(1, 4))
    guard = Executed(lambda p: layer(p, guarded(stored, 0.02)), x)
    assert [run.in_int8("Convolution") for run in (folded, kept, elsewhere, guard)] == [[False], [True], [True], [True]]
    assert max(run.distance(convolved(x * np.float32(0.01), real)) for run in (elsewhere, guard)) < RIGHT


# -- activations in front of a kernel


def test_scale_in_front_of_kernel():
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 3, 3)
    expected = convolved(quantized(x, -1.28, 1.27), stored * np.float32(0.02))
    steps = lambda p: in_steps(p, 0.01, -128, 127)
    in_front = Executed(lambda p: convolve(op.multiply(steps(p), constant(0.01)), dequantize(stored, 0.02)), x)
    in_weights = Executed(lambda p: convolve(steps(p), dequantize(stored, 0.0002)), x)
    behind = Executed(lambda p: op.multiply(convolve(steps(p), dequantize(stored, 0.02)), constant(0.01)), x)
    real = Executed(lambda p: convolve(quantize(p, -1.28, 1.27), dequantize(stored, 0.02)), x)
    assert in_front.in_int8("Convolution") == [False]
    for run in (in_weights, behind, real):
        assert run.in_int8("Convolution") == [True] and run.distance(expected) < RIGHT


def test_subtract_in_front_of_kernel():
    x, stored = normal(1, 8, 8, 8), integers(8, 4, 3, 3)
    layer = lambda steps: convolve_backwards(steps, dequantize(stored, 0.0002))
    expected = Executed(lambda p: convolve_backwards(quantize(p, -1.28, 1.27), dequantize(stored, 0.02)), x, config=OFF).outputs[0]
    shifted = lambda p: op.subtract(quantize(p, -1.28, 1.27, to=(0, 255)), constant(128))
    subtracted = Executed(lambda p: layer(shifted(p)), x)
    around_zero = Executed(lambda p: layer(in_steps(p, 0.01, -128, 127)), x)
    assert subtracted.in_int8("Deconvolution") == [False] and around_zero.in_int8("Deconvolution") == [True]
    assert subtracted.distance(expected) < RIGHT
    assert around_zero.distance(expected) < ROUGH  # 7 bits of the data where there is no VNNI
    # A Convolution takes either.
    forward = Executed(lambda p: convolve(shifted(p), dequantize(integers(8, 8, 3, 3), 0.0002)), x)
    assert forward.in_int8("Convolution") == [True]


def test_activations_convert_without_multiply():
    x, stored = uniform(1, 8, 8, 8), integers(8, 8, 3, 3)
    steps = lambda p: stored_as(in_steps(p, 0.01, 0, 255), "u8")
    bare = Executed(lambda p: convolve(steps(p), dequantize(stored, 0.0002)), x)
    scaled = Executed(lambda p: convolve(op.multiply(steps(p), constant(0.01)), dequantize(stored, 0.02)), x)
    assert bare.in_int8("Convolution") == [False] and scaled.in_int8("Convolution") == [True]
    assert scaled.distance(convolved(quantized(x, 0, 2.55), stored * np.float32(0.02))) < RIGHT


@pytest.mark.parametrize("zero_point, known", [(-1, False), (-0.4, True), (3, True), (255.4, True), (255.6, False), (1000, False)])
def test_zero_point_off_type(zero_point, known):
    x, stored = np.random.default_rng(1).integers(0, 256, (1, 8, 8, 8)).astype(np.uint8), integers(8, 8, 3, 3)
    run = lambda zero: Executed(lambda p: convolve(op.multiply(op.subtract(op.convert(p, "f32"), zero), constant(0.01)), guarded(stored, 0.01)), x)
    assert run(constant(zero_point)).in_int8("Convolution") == [known]
    if zero_point == 3:
        for kind in (np.uint8, np.int8):
            assert run(op.convert(constant(zero_point, kind), "f32")).in_int8("Convolution") == [kind is np.uint8]


@pytest.mark.parametrize("kind, zero_point, known", [(np.uint8, 3, True), (np.int8, 3, False), (np.int8, 0, True)])
def test_signed_data_with_zero_point(kind, zero_point, known):
    x, stored = integers(1, 8, 8, 8).astype(kind), integers(8, 8, 3, 3)
    real = lambda p: op.multiply(op.subtract(op.convert(p, "f32"), constant(zero_point)), constant(0.01))
    assert Executed(lambda p: convolve(real(p), guarded(stored, 0.01)), x).in_int8("Convolution") == [known]
    matrix = integers(8, 8)
    assert Executed(lambda p: op.matmul(real(p), guarded(matrix, 0.01), False, False), x).in_int8("FullyConnected") == [True]


@pytest.mark.parametrize("low, high, known", [(0.004, 2.554, True), (0.1, 2.65, False), (-2.55, 0, True), (-2.65, -0.1, False)])
def test_range_without_zero(low, high, known):
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 3, 3)
    run = Executed(lambda p: convolve(quantize(p, low, high), dequantize(stored, 0.01)), x)
    assert run.in_int8("Convolution") == [known]
    assert run.distance(convolved(quantized(x, low, high), stored * np.float32(0.01))) < (ROUGH if known else RIGHT)


@pytest.mark.parametrize("value", [0, 1])
def test_padded_with_a_value(value):
    x, stored = uniform(1, 8, 8, 8), integers(8, 8, 3, 3)
    padded = lambda p: op.pad(p, indices(0, 0, 1, 1), indices(0, 0, 1, 1), "constant", constant(value))
    run = Executed(lambda p: convolve(padded(quantize(p, 0, 2.55)), dequantize(stored, 0.01)), x)
    assert run.in_int8("Convolution") == [value == 0]


def test_mat_mul_of_two_activations():
    a, b = normal(1, 2, 8, 8), normal(1, 2, 8, 8, seed=3)
    ranges = {"from 0": (0, 2.55), "symmetric": (-1.28, 1.27), "shifted": (-1, 1.55)}
    for first in ranges:
        for second in ranges:
            run = Executed(lambda p, q: op.matmul(quantize(p, *ranges[first]), quantize(q, *ranges[second]), False, False), a, b)
            assert run.in_int8("MatMul") == [first != "shifted" and second == "symmetric"]
            assert run.distance(quantized(a, *ranges[first]) @ quantized(b, *ranges[second])) < RIGHT


@pytest.mark.parametrize("levels", [15, 16, 255, 256])
def test_odd_levels(levels):
    """Both inputs of the MatMul are the FakeQuantize, so that it runs in f32."""
    x, scale, last = uniform(1, 4, 8, 8), 0.01, levels - 1
    product = lambda q: op.matmul(q, q, False, True)
    real = Executed(lambda p: product(quantize(p, 0, last * scale, levels)), x)
    steps = Executed(lambda p: product(op.multiply(quantize(p, 0, last * scale, levels, to=(0, last)), constant(scale))), x)
    values = quantized(x, 0, last * scale, levels)
    expected = values @ values.swapaxes(2, 3)
    assert real.distance(expected) < RIGHT
    assert steps.distance(expected) > 1e-4 if levels % 2 else steps.distance(expected) < RIGHT


@pytest.mark.parametrize("levels", [4, 14, 15, 16, 17, 100, 128, 254, 255, 256, 257])
def test_levels_of_no_kernel(levels):
    x, stored = uniform(1, 8, 8, 8), integers(8, 8, 3, 3)
    run = Executed(lambda p: beside_quantized(convolve(quantize(p, 0, 2.55, levels), dequantize(stored, 0.01)), p), x)
    known = levels in (15, 16, 255, 256)
    assert sorted(run.in_int8("Convolution")) == [known, True]
    # Of 15 and 255 levels the runtime makes one more.
    assert run.distance(convolved(quantized(x, 0, 2.55, levels), stored * np.float32(0.01))) < (ROUGH if known else RIGHT)


def test_zero_between_steps():
    """The runtime rounds the zero point of activations itself, whether the range is in real units or in steps."""
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 1, 1)
    real = lambda p: convolve(quantize(p, -0.004, 2.546), dequantize(stored, 0.01))
    steps = lambda p: convolve(in_steps(p, 0.01, -0.4, 254.6), dequantize(stored, 0.0001))
    expected = convolved(quantized(x, -0.004, 2.546), stored * np.float32(0.01))
    for build in (real, steps):
        rounded = Executed(build, x)
        assert rounded.in_int8("Convolution") == [True] and 1e-3 < rounded.distance(expected) < 1e-2
        assert Executed(build, x, config=OFF).distance(expected) < RIGHT
    assert Executed(steps, x).distance(Executed(real, x).outputs[0]) < RIGHT


def test_channel_scales_in_front_of_convolution():
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 3, 3)
    by_channel = lambda p: quantize(p, -1.28 * CHANNELS, 1.27 * CHANNELS)
    layer = Executed(lambda p: convolve(by_channel(p), dequantize(stored, 0.01)), x)
    depthwise = Executed(lambda p: convolve_groups(by_channel(p), dequantize(integers(8, 1, 1, 3, 3), 0.01)), x)
    assert layer.in_int8("Convolution") == [False] and depthwise.in_int8("Convolution") == [True]
    assert layer.distance(convolved(quantized(x, -1.28 * CHANNELS, 1.27 * CHANNELS), stored * np.float32(0.01))) < RIGHT


def test_grouped_backprop():
    x, stored = uniform(1, 8, 6, 6), integers(2, 4, 4, 3, 3)
    backwards = lambda p, weights: op.group_convolution_backprop_data(p, weights, [1, 1], None, [0, 0], [0, 0], [1, 1])
    grouped = Executed(lambda p: backwards(quantize(p, 0, 2.55), dequantize(stored, 0.01)), x)
    single = Executed(lambda p: convolve_backwards(quantize(p, 0, 2.55), dequantize(integers(8, 4, 3, 3), 0.01)), x)
    assert grouped.in_int8("Deconvolution") == [False] and single.in_int8("Deconvolution") == [True]


def test_backprop_of_shifted_activations():
    x, stored = normal(1, 8, 6, 6), integers(8, 4, 3, 3)
    run = lambda low, high: Executed(lambda p: convolve_backwards(quantize(p, low, high), dequantize(stored, 0.01)), x)
    assert run(-1, 1.55).in_int8("Deconvolution") == [False]
    assert run(-1.28, 1.27).in_int8("Deconvolution") == run(0, 2.55).in_int8("Deconvolution") == [True]


RECURRENT = {"LSTM": 4, "GRU": 3}


def sequence(kind, data, states, weights, bias, size, direction="forward"):
    """The output of an LSTMSequence or GRUSequence of two series of eight steps; `states` are one or two."""
    make = op.lstm_sequence if kind == "LSTM" else op.gru_sequence
    return make(data, *states, indices(8, 8), *weights, bias, size, direction).output(0)


def initial(kind, state):
    """One of it for each state of a sequence."""
    return [state] * (2 if kind == "LSTM" else 1)


def bias_near_1(kind, size):
    """Which brings the states near to 1."""
    bias = np.full((1, RECURRENT[kind] * size), 2, np.float32)
    if kind == "GRU":
        bias[:, :size] = -2
    return bias


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_ranges(kind):
    """States are stored in the range of the data, whatever the FakeQuantize of the state says."""
    size, gates = 8, RECURRENT[kind]
    x, zeros = uniform(2, 8, size, high=0.49), np.zeros((2, 1, size), np.float32)
    bias = bias_near_1(kind, size)
    weights = [dequantize(integers(1, gates * size, size, seed=seed), 0.004) for seed in (2, 3)]

    def run(of_data, of_state, config=F32):
        build = lambda data, state, *cell: sequence(kind, quantize(data, *of_data), [quantize(state, *of_state), *cell], weights, constant(bias), size)
        return Executed(build, x, *initial(kind, zeros), config=config)

    wide, narrow = (-1.28, 1.27), (-0.5, 0.496)
    for of_data, of_state in ((narrow, wide), (narrow, narrow)):
        exact = run(of_data, of_state, OFF).outputs[0]
        assert exact.max() > 0.9 and run(of_data, of_state).distance(exact) > 0.3
    covering = run(wide, wide)
    assert covering.in_int8("RNNSeq") == [True] and covering.distance(run(wide, wide, OFF).outputs[0]) < 0.02


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_weights(kind):
    size, gates = 8, RECURRENT[kind]
    x, stored = uniform(2, 8, size), [integers(1, gates * size, size, seed=seed) // 8 for seed in (2, 3)]
    zeros, bias = constant(np.zeros((2, 1, size))), constant(np.ones((1, gates * size)))
    half_bytes = op.convert(ov.op.Constant(ov.Type.i4, ov.Shape(stored[0].shape), stored[0].astype(int).ravel().tolist()), "f32")

    def run(weights, config=F32):
        def build(data):
            output = sequence(kind, data, initial(kind, zeros), weights, bias, size)
            return [output, op.matmul(quantize(data, 0, 2.55), dequantize(integers(size, size), 0.01), False, False)]

        return Executed(build, x, config=config)

    exact = run([constant(s * np.float32(0.05)) for s in stored], OFF).outputs[0]
    with pytest.raises(RuntimeError, match="expects Constant for port"):
        run([op.multiply(half_bytes, constant(0.05)), dequantize(stored[1], 0.05)])
    under = run([op.multiply(quantize(half_bytes, -8, 7, 16), constant(0.05)), guarded(stored[1], 0.05)])
    assert under.distance(exact) < RIGHT


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_of_both_directions(kind):
    size, gates = 8, RECURRENT[kind]
    x, stored = uniform(2, 8, size, high=1), [integers(2, gates * size, size, seed=seed) for seed in (2, 3)]
    zeros, bias = constant(np.zeros((2, 2, size))), constant(np.ones((2, gates * size)))

    def run(weights, config=F32):
        build = lambda data: sequence(kind, quantize(data, -1.28, 1.27), initial(kind, zeros), weights, bias, size, "bidirectional")
        return Executed(build, x, config=config)

    exact = run([constant(s * np.float32(0.004)) for s in stored], OFF).outputs[0]
    folded, under = run([dequantize(s, 0.004) for s in stored]), run([guarded(s, 0.004) for s in stored])
    assert all(folded.in_int8("RNNSeq")) and folded.distance(exact) > 0.005
    assert not any(under.in_int8("RNNSeq")) and under.distance(exact) < RIGHT


@pytest.mark.parametrize("kind", RECURRENT)
def test_stored_state(kind):
    """States are stored in the range of a constant of u8, also of one under a FakeQuantize, which begins at another zero."""
    size, gates = 8, RECURRENT[kind]
    x, cell_state = uniform(2, 8, size, high=0.49), np.zeros((2, 1, size), np.float32)
    bias = bias_near_1(kind, size)
    weights = [dequantize(integers(1, gates * size, size, seed=seed), 0.004) for seed in (2, 3)]
    stored = np.abs(integers(2, 1, size, seed=4)).astype(np.uint8)
    real = stored * np.float32(0.001)

    def run(state, config=F32):
        build = lambda data, *cell: sequence(kind, quantize(data, -1.28, 1.27), [state, *cell], weights, constant(bias), size)
        return Executed(build, x, *[cell_state] * (kind == "LSTM"), config=config)

    exact = run(constant(real), OFF).outputs[0]
    plain = run(constant(real))
    assert plain.in_int8("RNNSeq") == [True] and plain.distance(exact) < ROUGH
    for state in (dequantize(stored, 0.001), quantize(constant(real), 0, 0.255)):
        assert run(state).in_int8("RNNSeq") == [True] and run(state).distance(exact) > 0.1
    # With a zero point it is not compiled, while a FakeQuantize of that range, and signed integers, run in f32.
    with pytest.raises(RuntimeError, match="expects Constant for port"):
        run(dequantize(stored + np.uint8(128), 0.001, 128))
    for state in (quantize(constant(real), -0.128, 0.127), dequantize(stored.astype(np.int8), 0.001)):
        assert run(state).in_int8("RNNSeq") == [False] and run(state).distance(exact) < RIGHT


# -- parameters for each channel


@needs_avx512
def test_channel_parameters_behind_grouped_convolution():
    x, weights = normal(1, 8, 8, 8), normal(4, 2, 2, 3, 3, seed=2)
    low, high = 0 * CHANNELS, 2.55 * CHANNELS
    sums = convolved(x, weights)
    build = lambda grouped, to: lambda p: quantize(convolve_groups(p, constant(grouped)), low, high, to=to)
    for config in (F32, OFF):
        forgotten = Executed(build(weights, (0, 255)), x, config=config).outputs[0]
        assert np.abs(forgotten - np.round(forgotten)).max() > 0.4
        assert np.abs(forgotten - quantized(sums, low, high, to=(0, 255))).max() < 0.51
        assert Executed(build(weights, (0, 2.55)), x, config=config).distance(quantized(sums, low, high, to=(0, 2.55))) < RIGHT
    # One channel to a group, and one range for all of them, are rounded.
    depthwise = Executed(build(weights[:, :1, :1].repeat(2, 0), (0, 255)), x).outputs[0]
    uniform_range = Executed(lambda p: quantize(convolve_groups(p, constant(weights)), 0, 2.55, to=(0, 255)), x).outputs[0]
    assert np.abs(depthwise - np.round(depthwise)).max() < 1e-3 and np.abs(uniform_range - np.round(uniform_range)).max() < 1e-3


@pytest.mark.parametrize("batch", [(), (2,)], ids=["rank 3", "rank 4"])
def test_channel_parameters_behind_mat_mul(batch):
    a, b = normal(*batch, 3, 4, 8), normal(*batch, 3, 6, 8, seed=2)
    by_channel = 8 * rising(1, 2, 1, a.shape[1], *[1] * (a.ndim - 2))
    product = lambda p, q: op.matmul(p, q, False, True)
    for config in (F32, OFF):
        with pytest.raises(RuntimeError, match="scale.size"):
            Executed(lambda p, q: quantize(product(p, q), -by_channel, by_channel), a, b, config=config)
        one_range = Executed(lambda p, q: quantize(product(p, q), -8, 8), a, b, config=config)
        assert one_range.distance(quantized(a @ np.swapaxes(b, -1, -2), -8, 8)) < RIGHT


def test_channel_parameters_behind_square_mat_mul():
    """With as many columns as channels there is no refusal: the columns get the channels' parameters."""
    a, b, by_channel = normal(1, 8, 8, 8), normal(1, 8, 8, 8, seed=2), 2 * CHANNELS
    build = lambda low, high: lambda p, q: quantize(op.matmul(p, q, False, True), low, high)
    product = a @ np.swapaxes(b, -1, -2)
    for config in (F32, OFF):
        wrong = Executed(build(-by_channel, by_channel), a, b, config=config)
        assert wrong.distance(quantized(product, -by_channel, by_channel)) > 0.1
        assert wrong.distance(quantized(product, *(np.swapaxes(end, 1, 3) for end in (-by_channel, by_channel)))) < RIGHT
        assert Executed(build(-4, 4), a, b, config=config).distance(quantized(product, -4, 4)) < RIGHT


def test_channel_parameters_behind_biased_mat_mul():
    x, stored, bias = normal(2, 4, 8), integers(6, 8), rising(-1, 1, 6)
    sums = quantized(x, -2.56, 2.54) @ (stored * np.float32(0.01)).T + bias
    layer = lambda p: op.add(op.matmul(quantize(p, -2.56, 2.54), dequantize(stored, 0.01), False, True), constant(bias))
    rows = rising(1, 2, 1, 4, 1)
    by_row = Executed(lambda p: quantize(layer(p), -rows, rows), x)
    one_range = Executed(lambda p: quantize(layer(p), -1, 1), x)
    assert by_row.in_int8(*MAT_MUL) == one_range.in_int8(*MAT_MUL) == [True]
    assert by_row.distance(quantized(sums, -rows, rows)) > 0.1
    assert one_range.distance(quantized(sums, -1, 1)) < RIGHT


def test_mat_mul_scale_off_the_columns():
    a, b, rows = normal(3, 4, 8), normal(3, 6, 8, seed=2), rising(1, 3, 1, 4, 1)
    product = lambda p, q: op.matmul(in_steps(p, 0.02, -128, 127), in_steps(q, 0.02, -128, 127), False, True)
    build = lambda behind: lambda p, q: behind(op.multiply(product(p, q), constant(0.0004 * rows)))
    with pytest.raises(RuntimeError, match="scale.size"):
        Executed(build(lambda y: quantize(y, -20, 20)), a, b)
    alone = Executed(build(lambda y: y), a, b)
    assert alone.in_int8(*MAT_MUL) == [True]
    assert alone.distance((quantized(a, -2.56, 2.54) @ np.swapaxes(quantized(b, -2.56, 2.54), -1, -2)) * rows) < RIGHT


@needs_avx512
def test_mat_mul_scale_along_the_columns():
    """The kernel for two inputs reads beyond one scale: what comes out differs from run to run."""
    a, b, columns = normal(3, 4, 8), normal(3, 16, 8, seed=2), rising(1, 3, 1, 1, 16)
    steps = lambda p: in_steps(p, 0.02, -128, 127)
    run = lambda scale: Executed(lambda p, q: op.multiply(op.matmul(steps(p), steps(q), False, True), constant(0.0004 * scale)), a, b)
    product = quantized(a, -2.56, 2.54) @ np.swapaxes(quantized(b, -2.56, 2.54), -1, -2)
    ranges = -2.56 * np.swapaxes(columns, 1, 2), 2.54 * np.swapaxes(columns, 1, 2)
    in_front = lambda: Executed(lambda p, q: op.matmul(quantize(p, -2.56, 2.54), quantize(q, *ranges), False, True), a, b)
    exact = quantized(a, -2.56, 2.54) @ np.swapaxes(quantized(b, *ranges), -1, -2)
    assert max(run(columns).distance(product * columns) for _ in range(3)) > 0.1
    assert max(in_front().distance(exact) for _ in range(3)) > 0.1
    assert run(np.float32(1)).in_int8(*MAT_MUL) == [True] and run(np.float32(1)).distance(product) < RIGHT


@pytest.mark.parametrize("between", [lambda y: y, op.relu, lambda y: op.clamp(y, 0, 30), lambda y: op.add(y, constant(9))],
                         ids=["right behind", "ReLU", "Clamp", "Add"])
def test_channel_factors_on_unknown_lengths(between):
    x, top = uniform(1, 8, 6, 6, high=9), 27
    build = lambda factors: lambda p: quantize(between(op.multiply(p, constant(factors))), 0, top, 100)
    exact = Executed(build(CHANNELS), x).outputs[0]
    unknown = dict(shapes=[(1, 8, -1, -1)])
    for config in (DEFAULT, OFF):
        wrong = Executed(build(CHANNELS), x, config=config, **unknown)
        assert wrong.distance(exact) > 0.3
        first_for_all = Executed(build(np.full_like(CHANNELS, CHANNELS.flat[0])), x).outputs[0]
        assert wrong.distance(first_for_all) < RIGHT
    ranges = 0 * CHANNELS, top / CHANNELS
    in_range = Executed(lambda p: quantize(p, *ranges, 100, to=(0 * CHANNELS, 0 * CHANNELS + top)), x, **unknown)
    assert in_range.distance(quantized(x, *ranges, 100, to=(0, top))) < RIGHT


def test_range_ends_of_two_shapes():
    x = uniform(1, 8, 6, 6, high=3)
    build = lambda low: lambda p: quantize(p, 0, 3, to=(low, CHANNELS))
    expected = quantized(x, 0, 3, to=(0, CHANNELS))
    two_shapes = Executed(build(0), x)
    assert two_shapes.distance(expected) > 0.3
    assert two_shapes.distance(quantized(x, 0, 3, to=(0, CHANNELS.flat[0]))) < RIGHT
    assert Executed(build(0), x, config=OFF).distance(expected) < RIGHT
    assert Executed(build(0 * CHANNELS), x).distance(expected) < RIGHT


@pytest.mark.parametrize("name", ["DepthToSpace", "Broadcast"])
def test_equal_scales_where_the_shape_changes(name):
    x = uniform(1, 8, 8, 8) if name == "DepthToSpace" else uniform(1, 8)
    ones = [1, 8] + [1] * (x.ndim - 2)
    change = {"DepthToSpace": lambda y: op.depth_to_space(y, "blocks_first", 2),
              "Broadcast": lambda y: op.broadcast(y, indices(1, 8, 3, 3), indices(0, 1), "explicit")}[name]
    build = lambda shape: lambda p: change(quantize(p, np.zeros(shape), np.full(shape, 2.55)))
    expected = Executed(build(ones), x, config=OFF).outputs[0]
    with pytest.raises(RuntimeError, match="Argument shapes are inconsistent"):
        Executed(build(ones), x)
    assert Executed(build([]), x).distance(expected) < RIGHT


# -- steps on their way through an operation


@pytest.mark.parametrize("behind", [lambda y: y, op.relu, op.sigmoid], ids=["Result", "ReLU", "Sigmoid"])
def test_average_of_steps(behind):
    x = uniform(1, 8, 8, 8)
    expected = Executed(lambda p: behind(average(quantize(p, 0, 2.55))), x, config=OFF).outputs[0]
    scale_behind = Executed(lambda p: behind(op.multiply(average(in_steps(p, 0.01, 0, 255)), constant(0.01))), x)
    scale_in_front = Executed(lambda p: behind(average(op.multiply(in_steps(p, 0.01, 0, 255), constant(0.01)))), x)
    real = Executed(lambda p: behind(average(quantize(p, 0, 2.55))), x)
    assert 5e-4 < scale_behind.distance(expected) < 1e-2
    assert scale_in_front.distance(expected) < RIGHT and real.distance(expected) < RIGHT


def test_average_in_front_of_dequantization():
    x, stored = uniform(1, 8, 8, 8), integers(8, 8, 1, 1)
    weights, steps = lambda: dequantize(stored, 0.01), lambda p: in_steps(p, 0.01, 0, 255)
    behind = Executed(lambda p: convolve(op.multiply(average(steps(p)), constant(0.01)), weights()), x)
    in_front = Executed(lambda p: convolve(average(op.multiply(steps(p), constant(0.01))), weights()), x)
    assert behind.in_int8("Convolution") == [False] and in_front.in_int8("Convolution") == [True]
    assert in_front.distance(convolved(averaged(quantized(x, 0, 2.55)), stored * np.float32(0.01))) < 1e-2


SHIFTED = {"AvgPool": lambda y: average(y, pad=1),
           "SpaceToBatch": lambda y: op.space_to_batch(y, indices(1, 1, 2, 2), indices(0, 0, 1, 1), indices(0, 0, 1, 1))}


@pytest.mark.parametrize("pad", SHIFTED.values(), ids=SHIFTED)
def test_padding_of_shifted_steps(pad):
    """The padding counts as the stored 0, which is no real 0 where there is a zero point."""
    x = normal(1, 8, 8, 8)
    run = lambda low, high, config=F32: Executed(lambda p: pad(quantize(p, low, high)), x, config=config)
    assert run(-1, 1.55).distance(run(-1, 1.55, OFF).outputs[0]) > 0.1
    assert run(-1.28, 1.27).distance(run(-1.28, 1.27, OFF).outputs[0]) < RIGHT


def test_pad_value_between_steps():
    x = uniform(1, 8, 8, 8)
    build = lambda data, value: lambda p: op.pad(data(p), indices(0, 0, 0, 1), indices(0, 0, 0, 1), "constant", constant(value))
    padded = lambda value: np.pad(quantized(x, 0, 2.55, to=(0, 255)), ((0, 0), (0, 0), (0, 0), (1, 1)), constant_values=value)
    steps, real = lambda p: in_steps(p, 0.01, 0, 255), lambda p: quantize(p, 0, 2.55)
    assert Executed(build(steps, 7.6), x).distance(padded(7.6)) > 1e-3
    assert Executed(build(steps, 7.6), x).distance(padded(7)) < RIGHT
    assert Executed(build(real, 0.07), x).distance(padded(0) / 100) < RIGHT  # 7 steps, stored as the integer of 0.07
    with pytest.raises(RuntimeError, match="out of range for u8"):
        Executed(build(steps, -3.4), x)
    whole = Executed(build(steps, 7), x)
    assert whole.distance(padded(7)) < RIGHT
    assert Executed(lambda p: convolve(build(steps, 0)(p), dequantize(integers(8, 8, 3, 3), 0.01)), x).in_int8("Convolution") == [True]


def test_ceil_torch_pool():
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 1, 1)
    run = lambda rounding: Executed(lambda p: convolve(max_pool(quantize(p, -1.28, 1.27), rounding), dequantize(stored, 0.01)), x)
    torch, floor, ceil = run("ceil_torch"), run("floor"), run("ceil")
    assert torch.in_int8("Convolution") == [False] and floor.in_int8("Convolution") == ceil.in_int8("Convolution") == [True]
    assert floor.distance(torch.outputs[0]) < RIGHT and ceil.distance(torch.outputs[0]) < RIGHT


def test_pool_of_indices():
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 1, 1)

    def build(p, read):
        pool = op.max_pool(quantize(p, -1.28, 1.27), [2, 2], [1, 1], [0, 0], [0, 0], [2, 2], "floor", "explicit", "i64", 0)
        y = convolve(pool.output(0), dequantize(stored, 0.01))
        return [y, pool.output(1)] if read else y

    read, plain = (Executed(lambda p: build(p, asked), x) for asked in (True, False))
    assert read.in_int8("Convolution") == [False] and plain.in_int8("Convolution") == [True]
    assert plain.distance(read.outputs[0]) < RIGHT


EPSILON = {"MVN": lambda y, epsilon: op.mvn(y, indices(2, 3), True, epsilon, "inside_sqrt"),
           "NormalizeL2": lambda y, epsilon: op.normalize_l2(y, indices(1), epsilon, "add")}


@pytest.mark.parametrize("normalize", EPSILON.values(), ids=EPSILON)
def test_epsilon_of_scaled_data(normalize):
    """The scale moves behind the operation, and eps stays what it was in front of it."""
    x, scale = 1e-3 * normal(1, 8, 8, 8), 1e-5
    real = lambda p: normalize(quantize(p, -128 * scale, 127 * scale), 1e-3)
    expected = Executed(real, x, config=OFF).outputs[0]
    assert Executed(real, x).distance(expected) > 1
    assert Executed(lambda p: normalize(in_steps(p, scale, -128, 127), 1e-3 / scale**2), x).distance(expected) < RIGHT
    steps = lambda p: quantize(p, -128 * scale, 127 * scale, to=(0, 255))
    shifted = lambda q: normalize(op.multiply(op.subtract(q, constant(128)), constant(scale)), 1e-3)
    for build in (lambda p: shifted(steps(p)), lambda p: shifted(op.convert(op.convert(steps(p), "u8"), "f32"))):
        assert Executed(build, x).distance(expected) < RIGHT


# -- others


CUTS = {"ReLU": op.relu, "Clamp": lambda y: op.clamp(y, 0.0, 1.0)}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_clamp_behind_quantizer(cut):
    x, weights = normal(1, 8, 8, 8), integers(8, 8, 3, 3)
    behind = Executed(lambda p: convolve(cut(quantize(p, -1.28, 1.27)), dequantize(weights, 0.01)), x)
    in_front = Executed(lambda p: convolve(quantize(cut(p), -1.28, 1.27), dequantize(weights, 0.01)), x)
    assert behind.in_int8("Convolution") == [False] and in_front.in_int8("Convolution") == [True]
    assert in_front.distance(behind.outputs[0]) < RIGHT


def test_half_graph():
    """A FakeQuantize in f16 is computed in f32: in f16 some of the values would lie on another step."""
    x, half = uniform(1, 8, 16, 16).astype(np.float16), np.float16
    low, high, last_step = half(0), half(2.55), half(255)
    build = lambda p: op.fake_quantize(p, *(constant(end, half) for end in (low, high, low, high)), 256)
    step_by_step = np.round(((x - low) / (high - low)).astype(half) * last_step) / last_step * (high - low) + low
    for config in (F32, OFF):
        got = Executed(build, x, config=config).outputs[0].astype(np.float32)
        step = np.float32(high) / 255
        assert (np.abs(got - quantized(x.astype(np.float32), low, high)) < step / 2).mean() > 0.999
        assert (np.abs(got - step_by_step.astype(np.float32)) < step / 2).mean() < 0.99
    stored, data, scale = integers(8, 8, 3, 3), normal(1, 8, 8, 8), np.float16(0.01)
    end, bf16 = np.float16(127 * scale), ov.Type.bf16
    forms = {
        "quantizer": lambda w: op.fake_quantize(op.convert(w, "f16"), *(constant(e, half) for e in (-127, 127, -end, end)), 255),
        "multiply": lambda w: op.multiply(op.convert(w, "f16"), constant(end / half(127), half)),
    }
    expected = convolved(quantized(data, -1.28, 1.27), np.clip(stored, -127, 127) * (np.float32(end) / 127))
    far = {}
    for name, weights in forms.items():
        build = lambda p: op.convert(convolve(quantize(p, -1.28, 1.27), op.convert(weights(op.constant(np.clip(stored, -127, 127))), "f32")), "f32")
        far[name] = Executed(build, data).distance(expected)
    assert far["quantizer"] < 1e-5 < far["multiply"]


def test_levels_of_16_bits():
    """A FakeQuantize of 65536 levels in real units is taken off, and what it cut off comes back."""
    x, stored = normal(1, 8, 8, 8), integers(8, 8, 3, 3)
    build = lambda levels: lambda p: convolve(quantize(p, -1.28, 1.27, levels), dequantize(stored, 0.01))
    expected = lambda levels: convolved(quantized(x, -1.28, 1.27, levels), stored * np.float32(0.01))
    for config in (F32, OFF):
        assert Executed(build(65536), x, config=config).distance(expected(65536)) > 0.1
        assert Executed(build(65535), x, config=config).distance(expected(65535)) < 1e-4


def test_every_row_of_the_table_is_shown():
    rows = re.findall(r"^RUNTIME_FACT\((\w+),", pathlib.Path(__file__).with_name("facts.def").read_text(), re.M)
    shown = [name.removeprefix("test_") for name in globals() if name.startswith("test_")]
    assert sorted(rows) == sorted(set(shown) - {"every_row_of_the_table_is_shown"})


# -- CPUs without VNNI, which oneDNN can be told to take this one for


def cut_in_pairs(data, weights, shift):
    """Sums over the last axes, in pairs of products that are cut to 16 bits."""
    pairs = ((data[:, None] + shift) * weights.astype(np.int64)).reshape(len(data), len(weights), -1, 2).sum(-1)
    return (np.clip(pairs, -32768, 32767).sum(-1) - shift * weights.astype(np.int64).sum(-1)).astype(np.float32)


WITHOUT_VNNI = """
import sys
sys.path.insert(0, {folder!r})
from {module} import *
random = np.random.default_rng(1)
weights = random.integers(-127, 128, (5, 18), np.int8)
for low, shift in ((0, 0), (-128, 128)):
    x = random.integers(low, low + 256, (4, 18))
    exact, cut = x @ weights.T.astype(np.int64), cut_in_pairs(x, weights, shift)
    assert np.abs(exact - cut).max() > 1000
    data = lambda p: quantize(p, low, low + 255)
    run = Executed(lambda p: op.matmul(data(p), dequantize(weights, 1.0), False, True), x.astype(np.float32))
    assert run.in_int8(*MAT_MUL) == [True] and run.distance(cut) < RIGHT
    # Two channels under nine taps: pairs of the matrix [tap, channel].
    image = np.moveaxis(x.reshape(4, 3, 3, 2), 3, 1).astype(np.float32)
    kernel = np.moveaxis(weights.reshape(5, 3, 3, 2), 3, 1)
    run = Executed(lambda p: convolve(data(p), dequantize(kernel, 1.0)), image)
    assert run.in_int8("Convolution") == [True] and run.distance(cut[:, :, None, None]) < RIGHT
    depthwise = Executed(lambda p: convolve_groups(data(p), dequantize(kernel[:2, None, :1], 1.0)), image)
    assert depthwise.in_int8("Convolution") == [True]
    assert depthwise.distance(convolved(image, kernel[:2, None, :1].astype(np.float32))) < RIGHT
"""


def test_pair_sums_without_vnni(request):
    script = WITHOUT_VNNI.format(folder=str(request.path.parent), module=request.path.stem)
    done = subprocess.run([sys.executable, "-c", script], env={**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# -- what costs time while a model is loaded


def kernels(form):
    return [(node["layerType"], node["primitiveType"]) for node in form.nodes]


def test_zero_point_of_mat_mul():
    x, stored = normal(1, 8, 16), integers(16, 32)
    scale, bias = np.full((1, 32), 2e-4, np.float32), rising(0, 3, 1, 32)

    def product(low, bias):
        """Of -2.64..2.46, in steps that begin at `low`."""
        return Executed(lambda x: op.add(op.matmul(quantize(x, -2.64, 2.46, to=(low, low + 255)), dequantize(stored, scale), False, False), constant(bias)), x)

    shifted, moved = product(-132, bias), product(0, bias - 132 * scale * stored.sum(0, keepdims=True))
    assert moved.distance(shifted.outputs[0]) < RIGHT
    for form, count in ((shifted, 1), (moved, 0)):
        assert form.in_int8("FullyConnected") == [True]
        assert sum("DequantizationSubtract" in node["originalLayersNames"] for node in form.nodes) == count


def test_quantizer_copied_above_concat():
    x, weights, shift = normal(1, 8, 6, 6), dequantize(integers(8, 24, 3, 3), 0.01), constant(rising(-0.1, 0.1, 1, 24, 1, 1))

    def block(low):
        def build(x):
            joined = op.concat([quantize(op.relu(op.multiply(x, constant(factor))), 0, 2.55) for factor in (1, 2, 3)], 1)
            normalized = op.relu(op.add(op.multiply(joined, constant(np.full((1, 24, 1, 1), 0.5))), shift))
            return convolve(quantize(normalized, low, 1.5, to=(0, 1.5)), weights)
        return Executed(build, x)

    copied, kept = block(0), block(-1e-30)
    assert kept.distance(copied.outputs[0]) < ROUGH  # a step more or less
    for form, ranges, behind in ((copied, 4 * 3, 0), (kept, 2, 1)):
        assert form.in_int8("Convolution") == [True]
        kinds = [node["layerType"] for node in form.nodes]
        assert kernels(form).count(("Const", "unknown_f32")) == ranges
        assert kinds[kinds.index("Concatenation"):].count("Subgraph") == behind


def test_table_multiplied_out():
    rows, table, weights, scale = np.array([[1, 2, 3]]), integers(50, 16), dequantize(integers(16, 32), 0.01), rising(0.01, 0.02, 50, 1)
    gather = lambda data, rows: op.gather(data, rows, constant(0, np.int64))
    product = lambda data: op.matmul(quantize(data, -1.28, 1.27), weights, False, False)
    multiplied = Executed(lambda rows: product(gather(dequantize(table, scale), rows)), rows)
    gathered = Executed(lambda rows: product(op.multiply(op.convert(gather(op.constant(table), rows), "f32"), gather(constant(scale), rows))), rows)
    assert gathered.distance(multiplied.outputs[0]) == 0
    assert multiplied.in_int8("Gather") == [False] and gathered.in_int8("Gather") == [True, False]
    assert Executed(lambda rows: product(gather(dequantize(table, 0.01), rows)), rows).in_int8("Gather") == [True]


def test_clamp_in_front_of_quantizer():
    first, second = dequantize(integers(4, 3, 1, 1), 0.01), dequantize(integers(2, 4, 1, 1), 0.01)

    def clamped(clamp):
        return Executed(lambda x: convolve(quantize(clamp(convolve(quantize(x, -2.56, 2.54), first)), 0, 5.1), second), normal(1, 3, 8, 8))

    bare = clamped(lambda y: y)
    assert bare.in_int8("Convolution") == [True, True]
    for clamp in (op.relu, lambda y: op.clamp(y, 0, 6)):
        assert kernels(clamped(clamp)) == kernels(bare)
        assert clamped(clamp).distance(bare.outputs[0]) == 0


def test_equal_constants():
    stored, scale = integers(3, 3, 1, 1), np.full((3, 1, 1, 1), 0.01)

    def chain(shares):
        def build(x):
            one = {}
            value = lambda key: one.setdefault(key if shares else len(one), constant(scale if key == "scale" else key))
            for _ in range(3):
                weights = op.multiply(op.convert(op.constant(stored), "f32"), value("scale"))
                x = convolve(op.fake_quantize(x, value(0), value(2.55), value(0), value(2.55), 256), weights)
            return x
        return Executed(build, normal(1, 3, 8, 8))

    several, one = chain(False), chain(True)
    assert one.in_int8("Convolution") == [True] * 3
    assert kernels(one) == kernels(several)
    assert one.distance(several.outputs[0]) == 0
