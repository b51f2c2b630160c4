"""Models of one operation each, over attributes, shapes, element types and broadcast forms: what operations_test.py runs.

A case is (name, build, judge, tolerance): build() returns an openvino Model and its inputs; the judge is "plugin", the CPU
plugin, or "reference", Model.evaluate; tolerance is the largest difference allowed, in units of the largest magnitude, 0 for
bit-equal."""
import itertools

import numpy as np
import openvino as ov
import openvino.opset1 as o1
import openvino.opset3 as o3
import openvino.opset4 as o4
import openvino.opset5 as o5
import openvino.opset7 as o7
import openvino.opset8 as o8
import openvino.opset13 as op
import openvino.opset14 as o14
import openvino.opset15 as o15
from openvino.utils.node_factory import NodeFactory

F32, F64, F16, I8, U8, I16, I32, I64, BOOL = np.float32, np.float64, np.float16, np.int8, np.uint8, np.int16, np.int32, np.int64, bool
CASES = []
REAL_TOLERANCE = 2e-6


def values(shape, dtype, seed=0, low=None, high=None):
    rng = np.random.default_rng([seed, *map(int, shape)])
    if dtype == BOOL:
        return rng.integers(0, 2, shape).astype(bool)
    if np.issubdtype(dtype, np.integer):
        info = np.iinfo(dtype)
        low = max(info.min, -9) if low is None else low
        high = 10 if high is None else high
        return rng.integers(low, high, shape).astype(dtype)
    if low is not None:
        return rng.uniform(low, high, shape).astype(dtype)
    return rng.normal(0, 1.5, shape).astype(dtype)


def case(name, arrays, build, tolerance=REAL_TOLERANCE):
    """build(*parameters) gives an output or a node; every output of it is compared."""

    def make():
        parameters = [op.parameter(list(a.shape), a.dtype) for a in arrays]
        node = build(*parameters)
        node = node.node if isinstance(node, ov.Output) else node
        results = [op.result(o) for o in node.outputs()]
        return ov.Model(results, parameters, "one"), arrays

    judge, allowed = tolerance if isinstance(tolerance, tuple) else ("plugin", tolerance)
    CASES.append((name, make, judge, allowed))


def const(a, dtype=None):
    return op.constant(np.asarray(a, dtype))


def ints(*a):
    return const(a, I64)


def interpolate4(x, size, mode, coordinates, nearest="round_prefer_floor", antialias=False):
    attributes = dict(mode=mode, shape_calculation_mode="sizes", coordinate_transformation_mode=coordinates, nearest_mode=nearest, antialias=antialias, cube_coeff=-0.75, pads_begin=[0, 0], pads_end=[0, 0])
    scales = const([o / i for o, i in zip(size, x.get_shape()[2:])], F32)
    return NodeFactory("opset4").create("Interpolate", [x.output(0), ints(*size).output(0), scales.output(0), ints(2, 3).output(0)], attributes)


# -- element-wise

SHAPES = [(), (1,), (7,), (3, 5), (2, 3, 4, 5), (33, 1, 17)]
UNARY = {
    "relu": (op.relu, None), "sigmoid": (op.sigmoid, None), "tanh": (op.tanh, None), "exp": (op.exp, None), "log": (op.log, (0.01, 9)), "sqrt": (op.sqrt, (0, 9)),
    "erf": (op.erf, None), "abs": (op.abs, None), "negative": (op.negative, None), "sign": (op.sign, None), "floor": (op.floor, None), "ceiling": (op.ceiling, None),
    "sin": (op.sin, None), "cos": (op.cos, None), "tan": (op.tan, (-1.3, 1.3)), "asin": (op.asin, (-1, 1)), "acos": (op.acos, (-1, 1)), "atan": (op.atan, None),
    "sinh": (op.sinh, None), "cosh": (op.cosh, None), "asinh": (op.asinh, None), "acosh": (op.acosh, (1, 9)), "atanh": (op.atanh, (-0.95, 0.95)),
    "softplus": (op.softplus, None), "softsign": (op.softsign, None), "hswish": (op.hswish, (-5, 5)), "hsigmoid": (op.hsigmoid, (-5, 5)), "mish": (op.mish, None),
    "gelu_erf": (lambda x: op.gelu(x, "erf"), None), "gelu_tanh": (lambda x: op.gelu(x, "tanh"), None), "swish": (op.swish, None),
    "swish_beta": (lambda x: op.swish(x, const(1.7, F32)), None), "elu": (lambda x: op.elu(x, 0.7), None),
    "selu": (lambda x: op.selu(x, const(1.67, F32), const(1.05, F32)), None), "hard_sigmoid": (lambda x: op.hard_sigmoid(x, const(0.2, F32), const(0.5, F32)), None),
    "clamp": (lambda x: op.clamp(x, -0.5, 1.25), None), "round_even": (lambda x: op.round(x, "half_to_even"), None),
    "round_away": (lambda x: op.round(x, "half_away_from_zero"), None),
}
for (name, (f, span)), shape in itertools.product(UNARY.items(), SHAPES):
    x = values(shape, F32, 1, *(span or (None, None)))
    if name.startswith("round"):
        x = np.round(x * 2).astype(F32) / 2
    case(f"{name}_{shape}", [x], f, 1e-5)
for name in ("relu", "abs", "negative", "sign", "floor", "ceiling", "clamp"):
    f = UNARY[name][0]
    if name == "clamp":
        f = lambda x: op.clamp(x, -3.0, 4.0)
    case(f"{name}_i32", [values((3, 4), I32, 2)], f, 0)
for name in ("relu", "sigmoid", "exp", "abs", "floor", "gelu_erf", "clamp", "tanh"):
    case(f"{name}_f16", [values((3, 4), F16, 2)], UNARY[name][0], 2e-3)
case("logical_not", [values((3, 4), BOOL, 3)], op.logical_not, 0)
specials = np.array([0, 1.5, np.nan, np.inf, -np.inf], F32)
for name in ("is_nan", "is_finite"):
    case(name, [specials], getattr(op, name), 0)

PAIRS = [((), ()), ((3, 4), (3, 4)), ((3, 4), ()), ((), (3, 4)), ((3, 4), (4,)), ((4,), (3, 4)), ((2, 3, 4, 5), (3, 1, 1)), ((2, 3, 4, 5), (1, 3, 4, 1)), ((5, 1, 3), (1, 4, 1)), ((1, 1, 1, 1), (2, 1, 3, 1)),
         ((2, 1, 3, 1, 2), (1, 4, 1, 2, 1)), ((0, 3), (1, 3))]
BINARY = {"add": op.add, "subtract": op.subtract, "multiply": op.multiply, "maximum": op.maximum, "minimum": op.minimum, "squared_difference": op.squared_difference, "divide": op.divide}
COMPARISONS = {"equal": op.equal, "not_equal": op.not_equal, "less": op.less, "less_equal": op.less_equal, "greater": op.greater, "greater_equal": op.greater_equal}
for (name, f), (a, b) in itertools.product(BINARY.items(), PAIRS):
    case(f"{name}_{a}_{b}", [values(a, F32, 4), values(b, F32, 5) + F32(0.01)], f)
for (name, f), (a, b) in itertools.product(COMPARISONS.items(), PAIRS):
    case(f"{name}_{a}_{b}", [values(a, I32, 4, 0, 3), values(b, I32, 5, 0, 3)], f, 0)
    case(f"{name}_f32_{a}_{b}", [values(a, I32, 4, 0, 3).astype(F32), values(b, I32, 5, 0, 3).astype(F32)], f, 0)
for (name, f), dtype in itertools.product(BINARY.items(), (I32, F16)):
    if name == "divide" and dtype == I32:
        continue
    case(f"{name}_{dtype.__name__}", [values((3, 4), dtype, 6), values((4,), dtype, 7)], f, 0 if dtype == I32 else 2e-3)
for a, b in PAIRS:
    case(f"power_{a}_{b}", [values(a, F32, 8, 0.1, 3), values(b, F32, 9, -2, 2)], op.power, 1e-5)
    case(f"mod_{a}_{b}", [values(a, F32, 8), values(b, F32, 9, 0.5, 2)], op.mod, 1e-5)
    case(f"floor_mod_{a}_{b}", [values(a, F32, 8), values(b, F32, 9, 0.5, 2)], op.floor_mod, 1e-5)
    case(f"mod_i32_{a}_{b}", [values(a, I32, 8), values(b, I32, 9, 1, 5)], op.mod, 0)
    case(f"floor_mod_i32_{a}_{b}", [values(a, I32, 8), values(b, I32, 9, 1, 5)], op.floor_mod, 0)
    case(f"divide_i32_{a}_{b}", [values(a, I32, 8, 0, 30), values(b, I32, 9, 1, 5)], op.divide, 0)
    for name in ("logical_and", "logical_or", "logical_xor"):
        case(f"{name}_{a}_{b}", [values(a, BOOL, 1), values(b, BOOL, 2)], getattr(op, name), 0)
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
        case(f"{name}_{a}_{b}", [values(a, I32, 1, 0, 50), values(b, I32, 2, 0, 50)], getattr(op, name), 0)
    case(f"select_{a}_{b}", [values(a, BOOL, 1), values(b, F32, 2), values(b, F32, 3)], op.select, 0)
    case(f"select_cond_{a}_{b}", [values(b, BOOL, 1), values(a, F32, 2), values((), F32, 3)], op.select, 0)
for exponent in (2.0, 0.5, 3.0, -1.0):
    case(f"power_constant_{exponent}", [values((3, 4), F32, 3, 0.1, 3)], lambda x, e=exponent: op.power(x, const(e, F32)), 1e-5)
for shape, slope in [((2, 3, 4), (3,)), ((2, 3, 4, 5), (1,)), ((2, 3, 4, 5), (3,)), ((2, 3, 4, 5), (1, 3, 1, 1)), ((2, 3), (3,)), ((2, 3, 4), (1, 1, 1))]:
    case(f"prelu_{shape}_{slope}", [values(shape, F32, 1)], lambda x, s=slope: op.prelu(x, const(values(s, F32, 2))))

# Integers over their whole range, where the reference computes them: they wrap around.
ALL = ("add", "subtract", "multiply", "maximum", "minimum", "divide", "mod", "floor_mod", "equal", "less", "greater_equal", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod")
REFERENCE = {I8: ("add", "subtract", "mod", "floor_mod", "equal", "reduce_max", "reduce_min"), U8: ("add", "subtract", "mod", "floor_mod", "equal", "reduce_max", "reduce_min"),
             I16: ("add", "mod", "equal"), I32: ALL, I64: ALL}
for dtype, names in REFERENCE.items():
    info = np.iinfo(dtype)
    for name in names:
        if name.startswith("reduce"):
            case(f"{name}_whole_{dtype.__name__}", [values((3, 4), dtype, 1, 0, 4)], lambda x, f=getattr(op, name): f(x, ints(1), False), ("reference", 0))
            continue
        low, high = (1, 100) if name in ("divide", "mod", "floor_mod") else (info.min, info.max)
        # The reference computes FloorMod in double.
        limit = 2**50 if name == "floor_mod" else info.max
        a = values((200,), dtype, 6, max(info.min, -limit), min(info.max, limit))
        case(f"{name}_whole_{dtype.__name__}", [a, values((200,), dtype, 7, low, high)], getattr(op, name), ("reference", 0))
for name in ("add", "multiply", "divide", "maximum"):
    case(f"{name}_f16_reference", [values((3, 4), F16, 6), values((4,), F16, 7)], BINARY[name], ("reference", 2e-3))

CONVERTED = {"f32": F32, "i32": I32, "u8": U8, "i8": I8, "i64": I64, "boolean": BOOL, "f16": F16}
for (a, dtype), (b, _) in itertools.product(CONVERTED.items(), CONVERTED.items()):
    low, high = (0, 100) if "u8" in (a, b) or "i8" in (a, b) else (None, None)
    case(f"convert_{a}_{b}", [values((3, 5), dtype, 1, low, high)], lambda x, t=b: op.convert(x, t), 0)
for name, t in (("u8", U8), ("i8", I8)):
    case(f"convert_trunc_{name}", [np.array([0.9, 1.5, 2.999, 100.49, 127.0], F32)], lambda x, n=name: op.convert(x, n), 0)
case("convert_like", [values((3, 5), F32, 1), values((2,), I32, 2)], lambda a, b: op.convert_like(a, b), 0)

# -- FakeQuantize

for levels, shape, axis in itertools.product((2, 15, 16, 255, 256), ((2, 3, 4, 5), (3, 7), (40,)), (None, 0, 1)):
    if axis is not None and axis >= len(shape):
        continue
    for seed in range(2):
        rng = np.random.default_rng([levels, seed, len(shape)])
        size = [1] * len(shape)
        if axis is not None:
            size[axis] = shape[axis]
        size = size if axis is not None else []
        low, width = rng.uniform(-3, 0.5, size).astype(F32), rng.uniform(0.1, 4, size).astype(F32)
        out_low, out_width = (low, width) if seed == 0 else (rng.uniform(-3, 0.5, size).astype(F32), rng.uniform(0.1, 4, size).astype(F32))
        case(f"fake_quantize_{levels}_{shape}_{axis}_{seed}", [values(shape, F32, seed)],
             lambda x, a=low, b=low + width, c=out_low, d=out_low + out_width, n=levels: op.fake_quantize(x, const(a), const(b), const(c), const(d), n), ("reference", 0))

# -- convolution


def spatial(n, *choices):
    return [c[:n] for c in choices]


CONVOLUTIONS = []
for rank, kernel, stride, dilation, pad in itertools.product((1, 2, 3), (1, 2, 3), (1, 2), (1, 2), (0, 1)):
    CONVOLUTIONS.append((rank, kernel, stride, dilation, pad, "explicit"))
for rank, kernel, stride, auto in itertools.product((1, 2, 3), (2, 3), (1, 2), ("same_upper", "same_lower", "valid")):
    CONVOLUTIONS.append((rank, kernel, stride, 1, 0, auto))
for rank, kernel, stride, dilation, pad, auto in CONVOLUTIONS:
    name = f"{rank}d_k{kernel}_s{stride}_d{dilation}_p{pad}_{auto}"
    size = [9, 8, 7][:rank]
    x = values((2, 4, *size), F32, 1)
    w = values((6, 4, *[kernel] * rank), F32, 2)
    g = values((2, 3, 2, *[kernel] * rank), F32, 3)
    at = ([stride] * rank, [pad] * rank, [pad + (1 if auto == "explicit" and pad else 0)] * rank, [dilation] * rank)
    case(f"convolution_{name}", [x], lambda x, w=w, a=at, p=auto: op.convolution(x, const(w), *a, auto_pad=p))
    case(f"group_convolution_{name}", [x], lambda x, w=g, a=at, p=auto: op.group_convolution(x, const(w), *a, auto_pad=p))
    depthwise = values((4, 1, 1, *[kernel] * rank), F32, 4)
    case(f"depthwise_{name}", [x], lambda x, w=depthwise, a=at, p=auto: op.group_convolution(x, const(w), *a, auto_pad=p))
    if auto == "explicit":
        back = values((4, 3, *[kernel] * rank), F32, 5)
        back_group = values((2, 2, 3, *[kernel] * rank), F32, 6)
        at = dict(strides=[stride] * rank, pads_begin=[pad] * rank, pads_end=[0] * rank, dilations=[dilation] * rank, output_padding=[stride - 1] * rank)
        case(f"backprop_{name}", [x], lambda x, w=back, a=at: o1.convolution_backprop_data(x, const(w), **a))
        case(f"group_backprop_{name}", [x], lambda x, w=back_group, a=at: o1.group_convolution_backprop_data(x, const(w), **a))
for auto, stride, extra in itertools.product(("same_upper", "same_lower", "valid", "explicit"), (1, 2), (0, 1)):
    out = [s * stride + extra * (stride - 1) for s in (6, 5)] if auto != "valid" else None
    w = values((4, 3, 3, 3), F32, 7)
    arguments = dict(strides=[stride] * 2, pads_begin=[1, 1] if auto == "explicit" else [0, 0], pads_end=[1, 0] if auto == "explicit" else [0, 0], dilations=[1, 1], auto_pad=auto)
    shape = None if out is None else ints(*out)
    case(f"backprop_shape_{auto}_{stride}_{extra}", [values((1, 4, 6, 5), F32, 1)], lambda x, w=w, s=shape, a=arguments: o1.convolution_backprop_data(x, const(w), output_shape=s, **a))
for batch, channels, out, size in ((1, 3, 16, 33), (2, 64, 70, 14), (1, 130, 33, 7), (1, 16, 24, 56)):
    case(f"convolution_large_{channels}_{out}_{size}", [values((batch, channels, size, size), F32, 1)],
         lambda x, w=values((out, channels, 3, 3), F32, 2): op.convolution(x, const(w), [1, 1], [1, 1], [1, 1], [1, 1]), 1e-5)
    case(f"pointwise_{channels}_{out}_{size}", [values((batch, channels, size, size), F32, 1)],
         lambda x, w=values((out, channels, 1, 1), F32, 2): op.convolution(x, const(w), [1, 1], [0, 0], [0, 0], [1, 1]), 1e-5)

# -- MatMul

MATRICES = [((3, 4), (4, 5)), ((1, 40), (40, 33)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 1, 3, 4), (1, 3, 4, 5)), ((17, 300), (300, 65)), ((100, 64), (64, 100)), ((1, 1, 7), (5, 7, 3)),
            ((2, 3, 8, 16), (2, 3, 16, 8)), ((64, 1), (1, 64)), ((5, 4, 3, 2), (2, 9))]
for (a, b), ta, tb in itertools.product(MATRICES, (False, True), (False, True)):
    x = values((*a[:-2], a[-1], a[-2]) if ta else a, F32, 1)
    y = values((*b[:-2], b[-1], b[-2]) if tb else b, F32, 2)
    case(f"matmul_{a}_{b}_{ta}_{tb}", [x, y], lambda x, y, t=ta, u=tb: op.matmul(x, y, t, u), 1e-5)
    case(f"matmul_constant_{a}_{b}_{ta}_{tb}", [x], lambda x, y=y, t=ta, u=tb: op.matmul(x, const(y), t, u), 1e-5)
for a, b in [((4,), (4,)), ((4,), (4, 5)), ((3, 4), (4,)), ((2, 3, 4), (4,)), ((4,), (2, 4, 5))]:
    case(f"matmul_vector_{a}_{b}", [values(a, F32, 1), values(b, F32, 2)], lambda x, y: op.matmul(x, y, False, False), 1e-5)

for equation, shapes in [("bchw,c->bhwc", ((2, 3, 4, 5), (3,))), ("ij,jk->ik", ((3, 4), (4, 5))), ("ij,jk", ((3, 4), (4, 5))), ("ba", ((3, 4),)), ("...ij,...jk->...ik", ((2, 1, 3, 4), (6, 4, 5))),
                         ("i,i->", ((4,), (4,))), ("abc->b", ((2, 3, 4),)), ("ab,bc,cd->da", ((2, 3), (3, 4), (4, 5))), ("bij,bkj->bik", ((2, 3, 4), (2, 5, 4))), ("a...->...a", ((2, 3, 4),)), ("i,j->ij", ((3,), (4,)))]:
    case(f"einsum_{equation}", [values(s, F32, i) for i, s in enumerate(shapes)], lambda *x, e=equation: o7.einsum(list(x), e), 1e-5)
for equation, shapes in [("ii->i", ((4, 4),)), ("iij,j->i", ((3, 3, 4), (4,)))]:
    case(f"einsum_{equation}", [values(s, F32, i) for i, s in enumerate(shapes)], lambda *x, e=equation: o7.einsum(list(x), e), 1e-5)

# -- pools



def sees_nothing(kernel, pad, rounding):
    """Some window lies outside of the input: 0 / 0, for which the plugin gives NaN or -0."""
    return kernel == 2 and pad == 1 and rounding == "ceil"


POOLS = list(itertools.product((1, 2, 3), (2, 3), (1, 2), (0, 1), ("floor", "ceil")))
for rank, kernel, stride, pad, rounding in POOLS:
    x = values((2, 3, *[9, 8, 7][:rank]), F32, 1)
    s, b, k = [stride] * rank, [pad] * rank, [kernel] * rank
    name = f"{rank}d_k{kernel}_s{stride}_p{pad}_{rounding}"
    case(f"max_pool1_{name}", [x], lambda x, s=s, b=b, k=k, r=rounding: o1.max_pool(x, s, b, b, k, r), 0)
    for axis in (0, 2):
        case(f"max_pool8_{name}_{axis}", [x], lambda x, s=s, b=b, k=k, r=rounding, a=axis: o8.max_pool(x, s, [1] * len(s), b, b, k, r, "explicit", "i64", a), 0)
    for exclude in (False, True):
        if exclude and sees_nothing(kernel, pad, rounding):
            continue
        case(f"avg_pool1_{name}_{exclude}", [x], lambda x, s=s, b=b, k=k, r=rounding, e=exclude: o1.avg_pool(x, s, b, b, k, e, r))
for kernel, stride, pad, rounding in itertools.product((2, 3), (2, 3), (0, 1), ("floor", "ceil", "ceil_torch")):
    x = values((1, 2, 10, 7), F32, 3)
    s, b, k = [stride] * 2, [pad] * 2, [kernel] * 2
    name = f"k{kernel}_s{stride}_p{pad}_{rounding}"
    case(f"max_pool14_{name}", [x], lambda x, s=s, b=b, k=k, r=rounding: o14.max_pool(x, s, [1, 1], b, b, k, r, "explicit", "i64", 2), 0)
    for exclude in (False, True):
        if exclude and sees_nothing(kernel, pad, rounding):
            continue
        case(f"avg_pool14_{name}_{exclude}", [x], lambda x, s=s, b=b, k=k, r=rounding, e=exclude: o14.avg_pool(x, s, b, b, k, e, r))
for auto, stride in itertools.product(("same_upper", "same_lower", "valid"), (1, 2)):
    x = values((1, 2, 9, 8), F32, 4)
    case(f"max_pool_{auto}_{stride}", [x], lambda x, s=[stride] * 2, p=auto: o1.max_pool(x, s, [0, 0], [0, 0], [3, 2], "floor", p), 0)
    case(f"avg_pool_{auto}_{stride}", [x], lambda x, s=[stride] * 2, p=auto: o1.avg_pool(x, s, [0, 0], [0, 0], [3, 2], True, "floor", p))
for dilation in (1, 2):
    case(f"max_pool_dilated_{dilation}", [values((1, 2, 9, 8), F32, 4)], lambda x, d=[dilation] * 2: o8.max_pool(x, [1, 1], d, [0, 0], [0, 0], [3, 3]), 0)
for shape, out in [((2, 3, 9), (4,)), ((2, 3, 7, 8), (3, 3)), ((1, 2, 5, 6, 7), (2, 3, 4)), ((2, 3, 7, 8), (1, 1)), ((2, 3, 4, 4), (6, 5))]:
    case(f"adaptive_avg_{shape}_{out}", [values(shape, F32, 1)], lambda x, o=out: o8.adaptive_avg_pool(x, ints(*o)))
    case(f"adaptive_max_{shape}_{out}", [values(shape, F32, 1)], lambda x, o=out: o8.adaptive_max_pool(x, ints(*o), "i32"), 0)

# -- reductions and normalizations

REDUCED = [((2, 3, 4, 5), (2, 3)), ((2, 3, 4, 5), (1,)), ((2, 3, 4, 5), (0, 2)), ((2, 3, 4, 5), (-1,)), ((2, 3, 4, 5), (0, 1, 2, 3)), ((7,), (0,)), ((3, 600), (0,)), ((3, 1, 5), (1, 2))]
REDUCTIONS = {"reduce_sum": op.reduce_sum, "reduce_mean": op.reduce_mean, "reduce_max": op.reduce_max, "reduce_min": op.reduce_min, "reduce_prod": op.reduce_prod, "reduce_l1": op.reduce_l1, "reduce_l2": op.reduce_l2}
for (name, f), (shape, axes), keep in itertools.product(REDUCTIONS.items(), REDUCED, (False, True)):
    case(f"{name}_{shape}_{axes}_{keep}", [values(shape, F32, 1)], lambda x, f=f, a=axes, k=keep: f(x, ints(*a), k), 5e-6)
for name in ("reduce_sum", "reduce_max", "reduce_min", "reduce_prod"):
    case(f"{name}_i32", [values((3, 4), I32, 1, 1, 4)], lambda x, f=REDUCTIONS[name]: f(x, ints(1), False), 0)
for (shape, axes), keep in itertools.product(REDUCED[:6], (False, True)):
    for f in (op.reduce_logical_and, op.reduce_logical_or):
        case(f"{f.__name__}_{shape}_{axes}_{keep}", [values(shape, BOOL, 3)], lambda x, f=f, a=axes, k=keep: f(x, ints(*a), k), 0)
for shape, axis in [((5,), 0), ((3, 5), 1), ((3, 5), 0), ((2, 3, 4, 5), 1), ((2, 3, 4, 5), -1), ((2, 3, 4, 5), 2), ((2, 70), 1)]:
    case(f"softmax_{shape}_{axis}", [values(shape, F32, 1)], lambda x, a=axis: o8.softmax(x, a), 5e-6)
    case(f"log_softmax_{shape}_{axis}", [values(shape, F32, 1)], lambda x, a=axis: o5.log_softmax(x, a), 5e-6)
    if axis >= 0:
        case(f"softmax1_{shape}_{axis}", [values(shape, F32, 1)], lambda x, a=axis: o1.softmax(x, a), 5e-6)
for shape, axes in [((2, 3, 4, 5), (2, 3)), ((2, 3, 4, 5), (1, 2, 3)), ((2, 7, 16), (2,)), ((2, 7, 16), (1,)), ((2, 3, 4, 5), (0, 2)), ((3, 5), (1,))]:
    for variance, mode in itertools.product((False, True), ("inside_sqrt", "outside_sqrt")):
        case(f"mvn_{shape}_{axes}_{variance}_{mode}", [values(shape, F32, 1)], lambda x, a=axes, v=variance, m=mode: op.mvn(x, ints(*a), v, 1e-3, m), 1e-5)
    if max(axes) < 4 and 0 not in axes:
        for mode, eps in itertools.product(("add", "max"), (1e-4, 2.0)):
            case(f"normalize_l2_{shape}_{axes}_{mode}_{eps}", [values(shape, F32, 1)], lambda x, a=axes, m=mode, e=eps: op.normalize_l2(x, ints(*a), e, m), 1e-5)
for size, axes in itertools.product((1, 3, 5), ((1,), (2, 3))):
    case(f"lrn_{size}_{axes}", [values((2, 6, 5, 4), F32, 1)], lambda x, s=size, a=axes: op.lrn(x, ints(*a), 0.9, 0.7, 1.0, s), 1e-5)
for shape, groups in [((2, 6, 4, 5), 3), ((1, 8, 7), 2), ((2, 4, 3, 3, 3), 4), ((2, 6, 4, 5), 1)]:
    c = shape[1]
    case(f"group_normalization_{shape}_{groups}", [values(shape, F32, 1)],
         lambda x, g=groups, s=values((c,), F32, 2), b=values((c,), F32, 3): op.group_normalization(x, const(s), const(b), g, 1e-4), 1e-5)
for shape in [(2, 3, 4, 5), (2, 3), (2, 3, 7)]:
    p = [values((3,), F32, i, 0.3, 2) for i in range(4)]
    case(f"batch_norm_{shape}", [values(shape, F32, 1)], lambda x, p=p: op.batch_norm_inference(x, *map(const, p), 1e-4), 1e-5)

# -- movement

for dtype in (F32, I32, U8, I64, BOOL):
    for shape, order in [((2, 3), (1, 0)), ((2, 3, 4), (2, 0, 1)), ((2, 3, 4, 5), (0, 2, 3, 1)), ((2, 3, 4, 5), (0, 3, 1, 2)), ((2, 3, 4, 5), (3, 2, 1, 0)), ((33, 47), (1, 0)), ((1, 2, 3, 4, 5), (0, 4, 1, 2, 3))]:
        case(f"transpose_{dtype.__name__}_{shape}_{order}", [values(shape, dtype, 1)], lambda x, o=order: op.transpose(x, ints(*o)), 0)
case("transpose_reverse", [values((2, 3, 4), F32, 1)], lambda x: op.transpose(x, const(np.zeros(0, I64))), 0)
for shape, pattern, special in [((2, 3, 4), (6, 4), False), ((2, 3, 4), (-1,), False), ((2, 3, 4), (0, -1), True), ((2, 3, 4), (0, 0, 2, 2), True), ((1,), (), False), ((0, 3), (3, 0), False)]:
    case(f"reshape_{shape}_{pattern}_{special}", [values(shape, F32, 1)], lambda x, p=pattern, s=special: op.reshape(x, const(p, I64), s), 0)
for shape, axes in [((1, 3, 1, 2), (0,)), ((1, 3, 1, 2), (0, 2)), ((1, 3, 1, 2), (-2,)), ((1, 3, 1, 2), None)]:
    case(f"squeeze_{shape}_{axes}", [values(shape, F32, 1)], lambda x, a=axes: op.squeeze(x, ints(*a)) if a else o15.squeeze(x), 0)
for shape, axes in [((3, 2), (0,)), ((3, 2), (1, 3)), ((3, 2), (-1,)), ((), (0, 1))]:
    case(f"unsqueeze_{shape}_{axes}", [values(shape, F32, 1)], lambda x, a=axes: op.unsqueeze(x, ints(*a)), 0)
for dtype, (shapes, axis) in itertools.product((F32, U8, I64), [(((2, 3), (2, 4)), 1), (((2, 3), (5, 3)), 0), (((2, 3, 4), (2, 1, 4), (2, 2, 4)), -2), (((1, 2, 3, 3), (1, 5, 3, 3)), 1)]):
    case(f"concat_{dtype.__name__}_{shapes}_{axis}", [values(s, dtype, i) for i, s in enumerate(shapes)], lambda *x, a=axis: op.concat(list(x), a), 0)
for shape, axis, parts in [((4, 6), 0, 2), ((4, 6), 1, 3), ((2, 6, 3), -2, 2), ((1, 8, 2, 2), 1, 4)]:
    case(f"split_{shape}_{axis}_{parts}", [values(shape, F32, 1)], lambda x, a=axis, n=parts: op.split(x, const(a, I64), n), 0)
for shape, axis, parts in [((4, 6), 1, (1, 2, 3)), ((4, 6), 0, (3, -1)), ((2, 7, 3), 1, (2, 2, 3)), ((4, 6), 1, (0, 6))]:
    case(f"variadic_split_{shape}_{axis}_{parts}", [values(shape, F32, 1)], lambda x, a=axis, p=parts: op.variadic_split(x, const(a, I64), ints(*p)), 0)
SLICES = [((10,), (2,), (8,), (1,), (0,)), ((10,), (-3,), (100,), (1,), (0,)), ((10,), (8,), (1,), (-2,), (0,)), ((10,), (-1,), (-100,), (-1,), (0,)), ((4, 6), (1, 2), (3, 6), (1, 2), (0, 1)), ((4, 6), (2,), (-1,), (1,), (1,)),
          ((4, 6, 5), (1, 0), (4, 3), (2, 1), (2, 0)), ((4, 6), (3,), (1,), (1,), (0,)), ((4, 6), (0,), (9,), (3,), (-1,))]
for shape, start, stop, step, axes in SLICES:
    case(f"slice_{shape}_{start}_{stop}_{step}_{axes}", [values(shape, F32, 1)], lambda x, a=start, b=stop, c=step, d=axes: o8.slice(x, ints(*a), ints(*b), ints(*c), ints(*d)), 0)
STRIDED = [((4, 6), (1, 2), (3, 6), (1, 2), {}), ((4, 6), (1, 0), (4, 0), (1, 1), dict(end_mask=[0, 1])), ((4, 6), (0, 2), (0, 5), (1, 1), dict(begin_mask=[1, 0], end_mask=[1, 0])),
           ((4, 6), (1, 0), (2, 6), (1, 1), dict(shrink_axis_mask=[1, 0])), ((4, 6), (0, 0, 0), (0, 4, 6), (1, 1, 1), dict(new_axis_mask=[1, 0, 0])), ((2, 3, 4, 5), (0, 1), (0, 3), (1, 1), dict(ellipsis_mask=[1, 0])),
           ((4, 6), (3, 5), (0, 0), (-1, -2), {}), ((4, 6), (-1, 0), (-9, 6), (-1, 1), {}), ((4, 6), (0, 0), (0, 0), (-1, 1), dict(begin_mask=[1, 1], end_mask=[1, 1])), ((5,), (1,), (4,), (2,), {}), ((2, 3, 4), (1,), (2,), (1,), {})]
for shape, begin, end, stride, masks in STRIDED:
    full = dict(begin_mask=[0] * len(begin), end_mask=[0] * len(begin), new_axis_mask=[], shrink_axis_mask=[], ellipsis_mask=[])
    full.update(masks)
    case(f"strided_slice_{shape}_{begin}_{end}_{stride}_{sorted(masks)}", [values(shape, F32, 1)], lambda x, a=begin, b=end, c=stride, m=full: o1.strided_slice(x, ints(*a), ints(*b), ints(*c), **m), 0)
GATHERS = [((5,), (), 0), ((5, 3), (2,), 0), ((5, 3), (2, 4), 1), ((4, 5, 3), (2, 2), -2), ((4, 5, 3), (3,), 2)]
for (shape, indices, axis), dtype in itertools.product(GATHERS, (F32, I64, U8)):
    at = values(indices, I64, 3, 0, shape[axis])
    case(f"gather_{dtype.__name__}_{shape}_{indices}_{axis}", [values(shape, dtype, 1)], lambda x, i=at, a=axis: o8.gather(x, const(i), const(a, I64)), 0)
    case(f"gather_negative_{dtype.__name__}_{shape}_{indices}_{axis}", [values(shape, dtype, 1)], lambda x, i=at - shape[axis], a=axis: o8.gather(x, const(i), const(a, I64)), 0)
    case(f"gather1_{dtype.__name__}_{shape}_{indices}_{axis}", [values(shape, dtype, 1)], lambda x, i=at, a=axis: o1.gather(x, const(i), const(a, I64)), 0)
for shape, indices, axis, batch in [((2, 5), (2, 3), 1, 1), ((2, 3, 5), (2, 3, 2), 2, 2), ((2, 3, 5), (2, 4), 2, 1), ((2, 5, 3), (2, 4), 1, 1)]:
    at = values(indices, I64, 3, 0, shape[axis])
    case(f"gather_batch_{shape}_{indices}_{axis}_{batch}", [values(shape, F32, 1)], lambda x, i=at, a=axis, b=batch: o8.gather(x, const(i), const(a, I64), b), 0)
for shape, indices, axis in [((3, 4), (2, 4), 0), ((3, 4), (3, 2), 1), ((2, 3, 4), (2, 3, 6), -1)]:
    at = values(indices, I64, 3, 0, shape[axis])
    case(f"gather_elements_{shape}_{indices}_{axis}", [values(shape, F32, 1)], lambda x, i=at, a=axis: op.gather_elements(x, const(i), a), 0)
for shape, indices, batch in [((3, 4), ((0, 1), (2, 3)), 0), ((3, 4), ((1,), (2,)), 0), ((2, 3, 4), (((0,), (1,)), ((2,), (1,))), 1), ((2, 3, 4), ((0, 1, 2),), 0)]:
    case(f"gather_nd_{shape}_{indices}_{batch}", [values(shape, F32, 1)], lambda x, i=indices, b=batch: o8.gather_nd(x, const(i, I64), b), 0)
for shape, indices in [((3, 4), ((0, 1), (2, 3))), ((3, 4), ((1,), (2,))), ((2, 3, 4), ((1, 2, 3),))]:
    updates = (len(indices), *shape[len(indices[0]):])
    case(f"scatter_nd_{shape}_{indices}", [values(shape, F32, 1), values(updates, F32, 2)], lambda x, u, i=indices: o4.scatter_nd_update(x, const(i, I64), u), 0)
    for how in ("none", "sum", "prod", "min", "max", "sub"):
        case(f"scatter_nd15_{shape}_{indices}_{how}", [values(shape, F32, 1), values(updates, F32, 2)], lambda x, u, i=indices, h=how: o15.scatter_nd_update(x, const(i, I64), u, h))
for shape, indices, axis in [((3, 4), (2, 4), 0), ((3, 4), (3, 2), 1), ((2, 3, 4), (2, 3, 2), 2)]:
    at = np.argsort(values((*indices[:axis], shape[axis], *indices[axis + 1:]), F32, 3), axis).take(range(indices[axis]), axis).astype(I64)
    case(f"scatter_elements_{shape}_{indices}_{axis}", [values(shape, F32, 1), values(indices, F32, 2)], lambda x, u, i=at, a=axis: o3.scatter_elements_update(x, const(i), u, const(a, I64)), 0)
    for how, old in itertools.product(("sum", "prod", "min", "max", "mean"), (False, True)):
        case(f"scatter_elements12_{shape}_{indices}_{axis}_{how}_{old}", [values(shape, F32, 1), values(indices, F32, 2)],
             lambda x, u, i=at % 2, a=axis, h=how, o=old: op.scatter_elements_update(x, const(i), u, const(a, I64), h, o))
for shape, indices, axis in [((5, 3), (2,), 0), ((5, 3), (1, 2), 1), ((2, 5, 3), (2,), 1)]:
    at = np.array([2, 0], I64).reshape(indices)
    updates = (*shape[:axis], *indices, *shape[axis + 1:])
    case(f"scatter_update_{shape}_{indices}_{axis}", [values(shape, F32, 1), values(updates, F32, 2)], lambda x, u, i=at, a=axis: o3.scatter_update(x, const(i), u, const(a, I64)), 0)
for mode, (shape, begin, end), dtype in itertools.product(("constant", "edge", "reflect", "symmetric"), [((5,), (2,), (1,)), ((3, 4), (1, 0), (2, 3)), ((1, 2, 4, 5), (0, 0, 1, 2), (0, 0, 2, 1)), ((2, 3, 4), (0, 1, 0), (0, 0, 3))], (F32, I32)):
    case(f"pad_{mode}_{shape}_{begin}_{end}_{dtype.__name__}", [values(shape, dtype, 1)], lambda x, m=mode, b=begin, e=end, t=dtype: op.pad(x, ints(*b), ints(*e), m, const(7, t) if m == "constant" else None), 0)
for begin, end in [((-1, 0), (0, -2)), ((1, -1), (-1, 2))]:
    case(f"pad_crop_{begin}_{end}", [values((4, 5), F32, 1)], lambda x, b=begin, e=end: op.pad(x, ints(*b), ints(*e), "constant", const(0, F32)), 0)
for shape, target, mode in [((3,), (2, 3), "numpy"), ((1, 3, 1), (4, 3, 5), "numpy"), ((3, 1), (2, 3, 4), "bidirectional"), ((2, 1, 3), (1, 4, 1), "bidirectional"), ((), (2, 2), "numpy")]:
    case(f"broadcast_{shape}_{target}_{mode}", [values(shape, F32, 1)], lambda x, t=target, m=mode: o3.broadcast(x, ints(*t), None, m), 0)
for shape, target, axes in [((3,), (3, 4), (0,)), ((2, 4), (2, 3, 4), (0, 2)), ((3,), (1, 3, 2, 2), (1,))]:
    case(f"broadcast_explicit_{shape}_{target}", [values(shape, F32, 1)], lambda x, t=target, a=axes: o3.broadcast(x, ints(*t), ints(*a), "explicit"), 0)
for shape, repeats in [((3,), (2,)), ((2, 3), (2, 2)), ((2, 3), (3,)), ((3,), (2, 2)), ((2, 1, 3), (1, 4, 2))]:
    case(f"tile_{shape}_{repeats}", [values(shape, F32, 1)], lambda x, r=repeats: op.tile(x, ints(*r)), 0)
for shape, shift, axes in [((5,), (2,), (0,)), ((4, 5), (1, -2), (0, 1)), ((4, 5), (3,), (-1,)), ((2, 3, 4), (7, 1), (2, 1))]:
    case(f"roll_{shape}_{shift}_{axes}", [values(shape, F32, 1)], lambda x, s=shift, a=axes: op.roll(x, ints(*s), ints(*a)), 0)
for mode, (shape, block) in itertools.product(("blocks_first", "depth_first"), [((1, 4, 2, 3), 2), ((2, 18, 3, 2), 3), ((1, 8, 2, 3, 2), 2), ((2, 6, 5), 2)]):
    case(f"depth_to_space_{mode}_{shape}_{block}", [values(shape, F32, 1)], lambda x, m=mode, b=block: op.depth_to_space(x, m, b), 0)
for mode, (shape, block) in itertools.product(("blocks_first", "depth_first"), [((1, 2, 4, 6), 2), ((2, 2, 3, 6), 3), ((1, 2, 4, 2, 6), 2), ((2, 3, 6), 2)]):
    case(f"space_to_depth_{mode}_{shape}_{block}", [values(shape, F32, 1)], lambda x, m=mode, b=block: op.space_to_depth(x, m, b), 0)
for shape, block, begin, end in [((2, 3, 4, 6), (1, 1, 2, 3), (0, 0, 0, 0), (0, 0, 0, 0)), ((2, 3, 4, 5), (1, 1, 2, 3), (0, 0, 1, 0), (0, 0, 1, 1)), ((1, 4, 4), (1, 2, 2), (0, 0, 0), (0, 0, 0))]:
    case(f"space_to_batch_{shape}_{block}", [values(shape, F32, 1)], lambda x, a=block, b=begin, e=end: op.space_to_batch(x, ints(*a), ints(*b), ints(*e)), 0)
for shape, block, begin, end in [((12, 3, 2, 2), (1, 1, 2, 3), (0, 0, 0, 0), (0, 0, 0, 0)), ((12, 3, 2, 2), (1, 1, 2, 3), (0, 0, 1, 0), (0, 0, 0, 2)), ((4, 2, 2), (1, 2, 2), (0, 0, 1), (0, 1, 0))]:
    case(f"batch_to_space_{shape}_{block}_{begin}_{end}", [values(shape, F32, 1)], lambda x, a=block, b=begin, e=end: op.batch_to_space(x, ints(*a), ints(*b), ints(*e)), 0)
for shape, axis, group in [((2, 6, 3, 3), 1, 3), ((2, 6, 3, 3), 1, 2), ((2, 3, 8), -1, 4)]:
    case(f"shuffle_channels_{shape}_{axis}_{group}", [values(shape, F32, 1)], lambda x, a=axis, g=group: op.shuffle_channels(x, a, g), 0)
for lengths in ((3, 1), (5, 4)):
    case(f"reverse_sequence_{lengths}", [values((2, 5, 3), F32, 1)], lambda x, n=lengths: op.reverse_sequence(x, ints(*n), 0, 1), 0)

# -- half precision

HALF = 5e-3
case("convolution_f16", [values((1, 8, 9, 9), F16, 1)], lambda x: op.convolution(x, const(values((6, 8, 3, 3), F16, 2)), [1, 1], [1, 1], [1, 1], [1, 1]), HALF)
case("matmul_f16", [values((5, 16), F16, 1), values((16, 7), F16, 2)], lambda x, y: op.matmul(x, y, False, False), HALF)
case("softmax_f16", [values((5, 16), F16, 1)], lambda x: o8.softmax(x, 1), HALF)
case("mvn_f16", [values((2, 5, 16), F16, 1)], lambda x: op.mvn(x, ints(2), True, 1e-3, "inside_sqrt"), HALF)
case("max_pool_f16", [values((1, 3, 8, 8), F16, 1)], lambda x: o1.max_pool(x, [2, 2], [0, 0], [0, 0], [2, 2]), 0)
case("avg_pool_f16", [values((1, 3, 8, 8), F16, 1)], lambda x: o1.avg_pool(x, [2, 2], [0, 0], [0, 0], [2, 2], True), HALF)
case("interpolate_f16", [values((1, 3, 4, 4), F16, 1)], lambda x: interpolate4(x, (8, 8), "linear_onnx", "half_pixel"), HALF)
case("reduce_mean_f16", [values((3, 40), F16, 1)], lambda x: op.reduce_mean(x, ints(1), False), HALF)
case("gather_f16", [values((3, 40), F16, 1)], lambda x: o8.gather(x, ints(2, 0), const(0, I64)), 0)
case("concat_f16", [values((3, 4), F16, 1), values((3, 2), F16, 2)], lambda x, y: op.concat([x, y], 1), 0)

# -- shapes, indices

for t in ("i32", "i64"):
    case(f"shape_of_{t}", [values((2, 3, 4), F32, 1)], lambda x, t=t: op.shape_of(x, t), 0)
    case(f"non_zero_{t}", [values((3, 4), I32, 1, 0, 2)], lambda x, t=t: op.non_zero(x, t), 0)
for start, stop, step, t in [(0, 5, 1, "i64"), (2, 11, 3, "i32"), (5, 0, -2, "i64"), (0.5, 3, 0.5, "f32"), (3, 3, 1, "i64")]:
    dtype = {"i64": I64, "i32": I32, "f32": F32}[t]
    case(f"range_{start}_{stop}_{step}", [np.array(start, dtype), np.array(stop, dtype), np.array(step, dtype)], lambda a, b, c, t=t: op.range(a, b, c, t), 0)
for axis in (0, 1, -1):
    case(f"one_hot_{axis}", [values((3, 2), I64, 1, 0, 5)], lambda x, a=axis: op.one_hot(x, const(5, I64), const(2, F32), const(-1, F32), a), 0)
for k, axis, mode, sort in itertools.product((1, 3), (0, 1, -1), ("max", "min"), ("value", "index")):
    x = np.random.default_rng(k).permutation(24).astype(F32).reshape(4, 6)
    case(f"top_k_{k}_{axis}_{mode}_{sort}", [x], lambda x, k=k, a=axis, m=mode, s=sort: o3.topk(x, const(k, I64), a, m, s, "i32"), 0)
for axis, exclusive, reverse in itertools.product((0, 1, -1), (False, True), (False, True)):
    case(f"cum_sum_{axis}_{exclusive}_{reverse}", [values((3, 4), F32, 1)], lambda x, a=axis, e=exclusive, r=reverse: op.cum_sum(x, const(a, I64), e, r), 5e-6)

# -- Interpolate

COORDINATES = ("half_pixel", "pytorch_half_pixel", "asymmetric", "tf_half_pixel_for_nn", "align_corners")
NEAREST = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple")
SIZES = ((7, 9), (3, 2), (5, 4), (10, 12), (3, 11))
for coordinates, nearest, size in itertools.product(COORDINATES, NEAREST, SIZES):
    case(f"nearest_{coordinates}_{nearest}_{size}", [values((1, 2, 5, 6), F32, 1)],
         lambda x, c=coordinates, n=nearest, s=size: interpolate4(x, s, "nearest", c, n), 0)
for mode, coordinates, size in itertools.product(("linear", "linear_onnx", "cubic"), COORDINATES, SIZES):
    case(f"{mode}_{coordinates}_{size}", [values((1, 2, 5, 6), F32, 1)],
         lambda x, m=mode, c=coordinates, s=size: interpolate4(x, s, m, c), 1e-5)
for size in SIZES:
    case(f"linear_antialias_{size}", [values((1, 2, 5, 6), F32, 1)],
         lambda x, s=size: interpolate4(x, s, "linear", "half_pixel", antialias=True), ("reference", 1e-5))
    for mode in ("bilinear_pillow", "bicubic_pillow"):
        case(f"{mode}_{size}", [values((1, 2, 5, 6), F32, 1)],
             lambda x, s=size, m=mode: op.interpolate(x, ints(*s), m, "sizes", [0, 0], [0, 0], "half_pixel", "round_prefer_floor", False, -0.5, ints(2, 3)), 1e-5)
for mode, scale in itertools.product(("nearest", "linear_onnx", "cubic"), ((1.5, 2.0), (0.5, 0.7), (2.0, 2.0))):
    case(f"interpolate_scales_{mode}_{scale}", [values((1, 2, 6, 5), F32, 1)],
         lambda x, m=mode, s=scale: op.interpolate(x, const(s, F32), m, "scales", [0, 0], [0, 0], "asymmetric", "floor", False, -0.75, ints(2, 3)), 1e-5)
for mode, corners, size in itertools.product(("nearest", "linear", "cubic"), (False, True), SIZES):
    case(f"interpolate1_{mode}_{corners}_{size}", [values((1, 2, 5, 6), F32, 1)],
         lambda x, m=mode, c=corners, s=size: o1.interpolate(x, ints(*s), dict(axes=[2, 3], mode=m, align_corners=c, antialias=False, pads_begin=[0, 0], pads_end=[0, 0])), 1e-5)

# -- attention, recurrent layers

for causal, mask in itertools.product((False, True), (None, "bool", "float", "row")):
    q, k, v = values((2, 3, 5, 8), F32, 1), values((2, 3, 7, 8), F32, 2), values((2, 3, 7, 4), F32, 3)
    masks = {None: [], "bool": [np.ones((2, 1, 5, 7), bool) & (values((2, 1, 5, 7), BOOL, 4) | (np.arange(7) == 0))], "float": [values((5, 7), F32, 5)], "row": [values((2, 1, 1, 7), F32, 6)]}[mask]
    if not (causal and mask):
        case(f"attention_{causal}_{mask}", [q, k, v, *masks], lambda *x, c=causal: op.scaled_dot_product_attention(*x, causal=c), 1e-5)
case("attention_scale", [values((2, 5, 8), F32, 1), values((2, 7, 8), F32, 2), values((2, 7, 4), F32, 3)],
     lambda q, k, v: op.scaled_dot_product_attention(q, k, v, const(0, F32), const(0.3, F32)), 1e-5)


def recurrent(kind, direction, batch, steps, lengths, **more):
    gates, directions = {"lstm": 4, "gru": 3, "rnn": 1}[kind], 2 if direction == "bidirectional" else 1
    size, hidden = 5, 6
    bias = gates + (1 if more.get("linear_before_reset") else 0)
    w, r, b = values((directions, gates * hidden, size), F32, 3, -1, 1), values((directions, gates * hidden, hidden), F32, 4, -1, 1), values((directions, bias * hidden), F32, 5, -1, 1)
    x, h, c = values((batch, steps, size), F32, 6), values((batch, directions, hidden), F32, 7), values((batch, directions, hidden), F32, 8)
    n = const(lengths, I64)
    if kind == "lstm":
        return [x, h, c], lambda x, h, c: o5.lstm_sequence(x, h, c, n, const(w), const(r), const(b), hidden, direction, **more)
    make = o5.gru_sequence if kind == "gru" else o5.rnn_sequence
    return [x, h], lambda x, h: make(x, h, n, const(w), const(r), const(b), hidden, direction, **more)


for kind, direction, lengths in itertools.product(("lstm", "gru", "rnn"), ("forward", "reverse", "bidirectional"), ((7, 7), (7, 4), (1, 6))):
    for more in ({}, {"clip": 0.6}) + (({"linear_before_reset": True},) if kind == "gru" else ()):
        arrays, build = recurrent(kind, direction, 2, 7, lengths, **more)
        case(f"{kind}_{direction}_{lengths}_{sorted(more)}", arrays, build, 1e-5)
for kind in ("lstm", "gru", "gru_lbr", "rnn"):
    gates = {"lstm": 4, "rnn": 1}.get(kind, 3)
    w, r, b = values((gates * 6, 5), F32, 3, -1, 1), values((gates * 6, 6), F32, 4, -1, 1), values(((gates + (kind == "gru_lbr")) * 6,), F32, 5, -1, 1)
    arrays = [values((3, 5), F32, 6), values((3, 6), F32, 7)] + ([values((3, 6), F32, 8)] if kind == "lstm" else [])
    build = {"lstm": lambda x, h, c, w=w, r=r, b=b: o4.lstm_cell(x, h, c, const(w), const(r), const(b), 6), "rnn": lambda x, h, w=w, r=r, b=b: o3.rnn_cell(x, h, const(w), const(r), const(b), 6, ["tanh"], [], [], 0.0),
             "gru": lambda x, h, w=w, r=r, b=b: o3.gru_cell(x, h, const(w), const(r), const(b), 6), "gru_lbr": lambda x, h, w=w, r=r, b=b: o3.gru_cell(x, h, const(w), const(r), const(b), 6, linear_before_reset=True)}[kind]
    case(f"{kind}_cell", arrays, build, 1e-5)

# -- detectors


def detector(version, kind, inputs, attributes):
    return NodeFactory(version).create(kind, [x.output(0) if isinstance(x, ov.Node) else x for x in inputs], attributes)


def corners(count, seed, whole=1.0):
    """Boxes [count, 4] of two corners, many of which overlap."""
    rng = np.random.default_rng([count, seed])
    low, size = rng.uniform(0, 0.6, (count, 2)), rng.uniform(0.15, 0.5, (count, 2))
    return (whole * np.concatenate([low, low + size], 1)).astype(F32)


GRID, IMAGE = np.array([2, 3], I64), np.array([40, 66], I64)
PRIOR = dict(min_size=[8.0], max_size=[], aspect_ratio=[], flip=False, clip=False, step=0.0, offset=0.5, variance=[0.1, 0.1, 0.2, 0.2], scale_all_sizes=True, fixed_size=[], fixed_ratio=[], density=[])
RATIOS = ([], [2.0], [2.0, 3.0], [1.0, 2.0, 2.0], [0.5, 2.0])
PRIORS = [dict(aspect_ratio=r, flip=f, max_size=m) for r, f, m in itertools.product(RATIOS, (False, True), ([], [15.5]))]
PRIORS += [dict(step=s, offset=o, clip=c, aspect_ratio=[2.0]) for s, o, c in itertools.product((0.0, 7.5), (0.0, 0.5), (False, True))]
PRIORS += [dict(min_size=[8.0, 40.0], max_size=m, aspect_ratio=[2.0], flip=True, clip=c) for m, c in itertools.product(([], [12.0], [12.0, 50.0]), (False, True))]
PRIORS += [dict(variance=v) for v in ([], [0.3], [0.1, 0.2, 0.3, 0.4])]
PRIORS += [dict(scale_all_sizes=False, min_size=[0.2, 0.3], step=s, aspect_ratio=[2.0], flip=True) for s in (-1.0, 0.0, 0.25)]
FIXED = [([8.0], [1.0]), ([9.5], [2.0]), ([32.0, 13.0], [4.0, 2.0]), ([50.0], [3.0])]
PRIORS += [dict(min_size=[], fixed_size=s, density=d, aspect_ratio=r, clip=c) for (s, d), r, c in itertools.product(FIXED, ([], [2.0]), (False, True))]
PRIORS += [dict(min_size=[], fixed_size=s, density=d, fixed_ratio=r, aspect_ratio=r) for (s, d), r in itertools.product(FIXED, ([1.0], [1.0, 2.0]))]
for i, changes in enumerate(PRIORS):
    for version in ("opset1", "opset8"):
        case(f"prior_box_{version}_{i}", [GRID, IMAGE], lambda *x, v=version, a={**PRIOR, **changes}: detector(v, "PriorBox", x, a))
for max_size, ratios, scale_all in itertools.product(([], [15.0]), ([], [2.0, 3.0]), (True, False)):
    if scale_all or not max_size:
        # The CPU plugin knows no other order; what constants give is computed in front of it.
        attributes = {**PRIOR, "min_size": [8.0], "max_size": max_size, "aspect_ratio": ratios, "scale_all_sizes": scale_all, "min_max_aspect_ratios_order": False}
        case(f"prior_box_order_{max_size}_{ratios}_{scale_all}", [values((1,), F32, 1)], lambda x, a=attributes: op.add(x, detector("opset8", "PriorBox", [const(GRID), const(IMAGE)], a)))
case("prior_box_i32", [GRID.astype(I32), IMAGE.astype(I32)], lambda *x: detector("opset8", "PriorBox", x, PRIOR))
case("prior_box_no_cells", [GRID * 0, IMAGE], lambda *x: detector("opset8", "PriorBox", x, PRIOR))
for i, (clip, (step, step_w, step_h), offset, variance) in enumerate(itertools.product((False, True), ((0.0, 0.0, 0.0), (7.5, 0.0, 0.0), (0.0, 16.0, 8.0), (0.0, 16.0, 0.0), (9.0, 0.0, 5.0)), (0.0, 0.5), ([], [0.1, 0.1, 0.2, 0.2]))):
    attributes = dict(width=[10.0, 21.0, 70.0], height=[8.0, 4.0, 33.0], clip=clip, step=step, step_w=step_w, step_h=step_h, offset=offset, variance=variance)
    case(f"prior_box_clustered_{i}", [GRID, IMAGE], lambda *x, a=attributes: detector("opset1", "PriorBoxClustered", x, a))


def suppression(version, images, classes, count, encoding="corner", sort=True, index="i64", seed=0, rest=(5, 0.4, 0.1), rank=0, ties=False):
    """Of `rest`, most boxes, threshold of overlap, of score, sigma, as constants; whatever of it there is."""
    boxes = np.stack([corners(count, seed + i) for i in range(images)])
    if encoding == "center":
        boxes = np.concatenate([(boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]], 2)
    elif seed % 2:
        boxes = boxes[..., [2, 1, 0, 3]]
    scores = values((images, classes, count), F32, seed, 0.0, 1.0)
    attributes = dict(box_encoding=encoding, sort_result_descending=sort) | ({} if version == "opset1" else {"output_type": index})
    more = [const(np.full([1] * rank, r), F32 if i else I64) for i, r in enumerate(rest)]
    return [boxes, np.round(scores * 4) / 4 if ties else scores], lambda *x: detector(version, "NonMaxSuppression", [*x, *more], attributes)


SUPPRESSED = [(v, *s, e, sort) for v, s, e, sort in itertools.product(("opset1", "opset3", "opset4", "opset5", "opset9"), ((1, 1, 12), (2, 3, 15)), ("corner", "center"), (False, True))]
for i, arguments in enumerate(SUPPRESSED):
    arrays, build = suppression(*arguments, index=("i32", "i64")[i % 3 % 2], seed=i, rest=(4 + i % 9, 0.2 + i % 4 / 10, 0.05 * (i % 7)))
    case(f"non_max_suppression_{'_'.join(map(str, arguments))}", arrays, build)
for i, (version, sort, sigma, overlap) in enumerate(itertools.product(("opset5", "opset9"), (False, True), (0.0, 0.1, 0.5, 1.0), (0.2, 0.7))):
    arrays, build = suppression(version, 2, 2, 14, sort=sort, seed=i, rest=(7, overlap, 0.15, sigma), rank=i % 2)
    case(f"non_max_suppression_soft_{version}_{sort}_{sigma}_{overlap}", arrays, build)
for version, rest in itertools.product(("opset1", "opset4", "opset9"), ((6,), (6, 0.5), (0, 0.5), (100, 0.5), (6, 0.0), (6, 1.0), (6, 0.5, 2.0), (6, 0.5, -1.0), (6, 0.5, 0.5))):
    if version == "opset9" and rest[0] == 0:
        continue  # where no box is wanted the CPU plugin does not write their number
    arrays, build = suppression(version, 1, 2, 9, seed=3, rest=rest)
    case(f"non_max_suppression_{version}_{rest}", arrays, build)
for i, (version, sort) in enumerate(itertools.product(("opset1", "opset5", "opset9"), (False, True))):
    arrays, build = suppression(version, 2, 3, 10, sort=sort, seed=i, rest=(10, 0.5, 0.25), ties=True)
    case(f"non_max_suppression_ties_{version}_{sort}", arrays, build)
arrays, build = suppression("opset9", 1, 2, 9)
case("non_max_suppression_f16", [a.astype(F16) for a in arrays], build)
case("non_max_suppression_same_boxes", [np.repeat(arrays[0][:, :1], 9, 1), arrays[1]], build)
case("non_max_suppression_empty_boxes", [arrays[0] * 0, arrays[1]], build)
case("non_max_suppression_normal", [values((1, 9, 4), F32, 4), values((1, 2, 9), F32, 5)], build)
case("non_max_suppression_at_threshold", [np.array([[[0, 0, 2, 1], [1, 0, 3, 1], [0, 0, 2, 2]]], F32), np.array([[[3, 2, 1]]], F32)],
     lambda *x: detector("opset9", "NonMaxSuppression", [*x, const(3, I64), const(0.5, F32), const(0.0, F32)], {}))
case("non_max_suppression_gathered", arrays, lambda b, s, n=build: op.add(op.gather(op.squeeze(b, ints(0)), op.gather(n(b, s).output(0), ints(2), const(1, I64)), const(0, I64)), const(1, F32)))

DETECTION = dict(background_label_id=0, top_k=-1, variance_encoded_in_target=False, keep_top_k=[-1], code_type="caffe.PriorBoxParameter.CENTER_SIZE", share_location=True, nms_threshold=0.45, confidence_threshold=0.2,
                 clip_after_nms=False, clip_before_nms=False, decrease_label_id=False, normalized=True, input_height=1, input_width=1, objectness_score=0.0)


def detection(version, changes, images=2, classes=3, count=12, seed=0, own_priors=False, refined=False, ties=False, ends=None):
    attributes = {**DETECTION, **changes} | ({"num_classes": classes} if version == "opset1" else {})
    normalized, batch = attributes["normalized"], images if own_priors else 1
    boxes = np.stack([corners(count, seed + i, 1.0 if normalized else 300.0) for i in range(batch)])
    if not normalized:
        boxes = np.concatenate([np.zeros((batch, count, 1), F32), boxes], 2)
        if ends is not None:
            boxes[:, ends:, 0] = -1
    rows = [boxes.reshape(batch, 1, -1)]
    if not attributes["variance_encoded_in_target"]:
        rows.append(values(rows[0].shape, F32, seed, 0.05, 0.3))
    locations = count * 4 * (1 if attributes["share_location"] else classes)
    scores = values((images, count * classes), F32, seed + 1, 0.0, 1.0)
    arrays = [values((images, locations), F32, seed + 2, -1.0, 1.0), np.round(scores * 5) / 5 if ties else scores, np.concatenate(rows, 1)]
    if attributes["variance_encoded_in_target"]:
        arrays[0] *= F32(0.2)
    if refined:
        arrays += [values((images, count * 2), F32, seed + 3, 0.0, 1.0), values((images, locations), F32, seed + 4, -0.5, 0.5)]
    return arrays, lambda *x: detector(version, "DetectionOutput", x, attributes)


CODES = ("caffe.PriorBoxParameter.CORNER", "caffe.PriorBoxParameter.CENTER_SIZE")
DETECTIONS = [(dict(code_type=c, share_location=s, variance_encoded_in_target=e, normalized=n, input_height=300, input_width=320), {}) for c, s, e, n in itertools.product(CODES, (True, False), (False, True), (True, False))]
DETECTIONS += [(dict(keep_top_k=[k], top_k=t, decrease_label_id=d), {}) for k, t, d in itertools.product((-1, 0, 3, 50), (-1, 0, 4, 30), (False, True)) if k != 0 or t <= 0]  # which the CPU plugin does not clear
DETECTIONS += [(dict(background_label_id=b, share_location=s), {}) for b, s in itertools.product((-1, 1, 2, 9), (True, False))]
DETECTIONS += [(dict(clip_before_nms=b, clip_after_nms=a, share_location=s), {}) for b, a, s in itertools.product((True, False), (True, False), (True, False))]
DETECTIONS += [(dict(confidence_threshold=c, nms_threshold=n, decrease_label_id=d), {}) for c, n, d in itertools.product((0.0, 0.6, 2.0), (0.0, 0.3, 1.0), (False, True))]
DETECTIONS += [(dict(share_location=s, keep_top_k=[7]), dict(own_priors=True)) for s in (True, False)]
DETECTIONS += [(dict(normalized=False, input_height=300, input_width=320, decrease_label_id=d), dict(own_priors=o, ends=e)) for d, o, e in itertools.product((False, True), (False, True), (0, 5, 12))]
DETECTIONS += [(dict(objectness_score=s, decrease_label_id=d, share_location=h, background_label_id=b, code_type=c), dict(refined=True))
               for s, d, h, b, c in itertools.product((0.0, 0.5), (False, True), (False, True), (0, 1), CODES) if not (d and b)]
DETECTIONS += [(dict(objectness_score=0.4, normalized=False, input_height=3, input_width=2, confidence_threshold=0.0), dict(refined=True))]
DETECTIONS += [(dict(keep_top_k=[k], decrease_label_id=d, top_k=t), dict(ties=True, classes=2 + d)) for k, d, t in itertools.product((-1, 5), (False, True), (-1, 6))]
DETECTIONS += [({}, dict(images=n, classes=c, count=p)) for n, c, p in ((1, 1, 4), (1, 2, 1), (4, 21, 40), (3, 5, 100))]
for i, (changes, more) in enumerate(DETECTIONS):
    for version in ("opset1", "opset8"):
        arrays, build = detection(version, changes, seed=i, **more)
        case(f"detection_output_{version}_{i}", arrays, build, 1e-5)
arrays, build = detection("opset8", {}, seed=3)
case("detection_output_f16", [a.astype(F16) for a in arrays], build, HALF)
