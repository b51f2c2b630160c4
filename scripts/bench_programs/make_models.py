"""Writes the models that the benchmark generates. usage: make_models.py deep OUT.xml LAYERS | wide OUT.xml MEGABYTES"""
import sys

import numpy as np
import openvino as ov
import openvino.opset13 as op

rng = np.random.default_rng(0)


def constant(values):
    return op.constant(np.asarray(values, np.float32))


def activation(value):
    return op.fake_quantize(value, constant(-2), constant(1.984375), constant(-2), constant(1.984375), 256)


def weights(shape, axes):
    values = rng.normal(0, 0.1, shape).astype(np.float32)
    bound = np.abs(values).max(axes, keepdims=True)
    return op.fake_quantize(constant(values), constant(-bound), constant(bound), constant(-bound), constant(bound), 255)


def deep(layers, channels=16):
    """Blocks of FakeQuantize, Convolution, Add and ReLU with residual Adds; a block is about 15 layers of the file."""
    x = op.parameter([1, channels, 8, 8], np.float32, name="x")
    value, kept = x, None
    for i in range(layers * 4 // 61):
        y = op.convolution(activation(value), weights((channels, channels, 3, 3), (1, 2, 3)), [1, 1], [1, 1], [1, 1], [1, 1])
        y = op.add(y, constant(rng.normal(0, 0.1, (1, channels, 1, 1))))
        if i % 4 == 3:
            y = op.add(y, kept)
        value = op.relu(y)
        if i % 4 == 3 or kept is None:
            kept = value
    return ov.Model([op.result(value)], [x], "deep")


def wide(megabytes, size=5120):
    """Few MatMuls of large matrices."""
    x = op.parameter([1, size], np.float32, name="x")
    value = x
    for _ in range(max(1, round(megabytes * 1e6 / (size * size * 4)))):
        value = op.relu(op.matmul(activation(value), weights((size, size), 1), False, True))
    return ov.Model([op.result(value)], [x], "wide")


ov.save_model({"deep": deep, "wide": wide}[sys.argv[1]](int(sys.argv[3])), sys.argv[2], compress_to_fp16=False)
