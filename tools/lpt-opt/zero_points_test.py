"""Weights with a zero point, as TFLite models have them: what OpenVINO runs in integers behind a conversion."""
import numpy as np
import openvino as ov
import pytest
from openvino import opset14 as op

from lpt_opt import judge
from conftest import Compiled, convert, save

RNG = np.random.default_rng(7)


def constant(value, kind=np.float32):
    return op.constant(np.array(value, kind))


def quantized(x, high):
    ends = constant(0), constant(high)
    return op.fake_quantize(x, *ends, *ends, 256)


def weights(*shape, outliers=1, scale=0.004):
    """u8 with one zero point for the tensor; single values leave i8 without it."""
    stored = np.clip(RNG.normal(100, 20, shape), 0, 227).astype(np.uint8)
    flat = stored.reshape(-1)
    flat[RNG.choice(flat.size, outliers, replace=False)] = 255
    return op.multiply(op.subtract(op.convert(op.constant(stored), "f32"), constant(100)), constant(scale))


def convolve(x, w, stride=1, pad=0):
    return op.convolution(x, w, [stride] * 2, [pad] * 2, [pad] * 2, [1, 1])


def biased(x, channels):
    return op.add(x, constant(RNG.normal(0, 0.1, (1, channels, 1, 1))))


def network(x):
    """The first layer of a MobileNet, an inverted residual block, a head: 4 Convolutions, 2 depthwise ones, 1 MatMul."""
    x = quantized(op.clamp(biased(convolve(quantized(x, 2.55), weights(8, 3, 3, 3), 2, 1), 8), 0, 6), 6)
    block = quantized(op.relu(biased(convolve(x, weights(16, 8, 1, 1)), 16)), 4)
    for outliers in (0, 1):
        block = op.group_convolution(block, weights(16, 1, 1, 3, 3, outliers=outliers), [1, 1], [1, 1], [1, 1], [1, 1])
        block = quantized(op.clamp(biased(block, 16), 0, 6), 6)
    block = quantized(biased(convolve(block, weights(8, 16, 1, 1)), 8), 4)
    x = quantized(op.add(x, block), 8)
    x = quantized(op.relu(biased(convolve(x, weights(24, 8, 1, 1, outliers=2)), 24)), 4)
    x = quantized(op.reduce_mean(x, constant([2, 3], np.int64), False), 4)
    return op.matmul(x, weights(10, 24), False, True)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    x = op.parameter([1, 3, 16, 16], np.float32)
    return save(ov.Model([op.result(network(x))], [x], "m"), tmp_path_factory.mktemp("zero_points") / "model.xml")


def test_a_network_runs_in_int8_and_computes_the_same(original):
    result = original.with_name("result.xml")
    done = convert(original, result, "--verify")
    counts = [sum(Compiled(path).integer_layers().values()) for path in (original, result)]
    # All but the depthwise Convolution whose weights leave i8.
    assert counts == [0, 6] and "6 of 7 operations in low precision" in done.stdout
    inputs = [judge.inputs_for(judge.CORE.read_model(original), seed) for seed in range(judge.INPUTS)]
    before, after = judge.simulation(original), judge.simulation(result)
    assert np.median([judge.decibels(judge.run(before, values), judge.run(after, values)) for values in inputs]) > 100
