"""tanh, exp, log and their kin inside kernels: the last bits, infinity, NaN, and that float32 stays float32."""
import math
import platform
import re

import numpy as np
import pytest
from numba import njit

from engine import elementary
from engine.elementary import erf, exp, expm1, log, log1p, sigmoid, softplus, tanh
from engine.jit import FASTMATH, OPTIONS, flat, kernel, signature

from .kernels import both, run_kernel


@kernel
def tanh_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = tanh(x[i])


@kernel
def exp_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = exp(x[i])


@kernel
def expm1_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = expm1(x[i])


@kernel
def log_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = log(x[i])


@kernel
def log1p_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = log1p(x[i])


@kernel
def erf_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = erf(x[i])


@kernel
def sigmoid_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = sigmoid(x[i])


@kernel
def softplus_kernel(m, t):
    x, y = flat(m, t[0]), flat(m, t[1])
    for i in range(x.size):
        y[i] = softplus(x[i])


def erf_series(x):
    """2/√π e**(-x²) Σ 2ⁿ x**(2n+1) / (1·3·…·(2n+1)): all terms have one sign, so nothing cancels."""
    x = np.asarray(x, np.longdouble)
    s = np.clip(x, -6.5, 6.5)
    term, total = s.copy(), s.copy()
    for n in range(1, 150):
        term = term * 2 * s * s / (2 * n + 1)
        total = total + term
    return 2 / np.sqrt(np.arccos(np.longdouble(-1))) * np.exp(-s * s) * total


def long(function):
    return lambda x: function(np.asarray(x, np.longdouble))


# name -> kernel, reference in the longest float there is, allowed ulp in float32, {special input: output}
INF, NAN = math.inf, math.nan
CASES = {
    "tanh": (tanh_kernel, long(np.tanh), 4, {INF: 1, -INF: -1, 0: 0, 50: 1}),
    "exp": (exp_kernel, long(np.exp), 2, {INF: INF, -INF: 0, 0: 1, 1000: INF, -1000: 0}),
    "expm1": (expm1_kernel, long(np.expm1), 3, {INF: INF, -INF: -1, 0: 0, 1000: INF, -1000: -1}),
    "log": (log_kernel, long(np.log), 2, {INF: INF, 0: -INF, 1: 0, -1: NAN, -INF: NAN}),
    "log1p": (log1p_kernel, long(np.log1p), 4, {INF: INF, -1: -INF, 0: 0, -2: NAN, -INF: NAN}),
    "erf": (erf_kernel, erf_series, 6, {INF: 1, -INF: -1, 0: 0, 50: 1}),
    "sigmoid": (sigmoid_kernel, lambda x: long(np.exp)(np.minimum(x, 0)) / (1 + long(np.exp)(-abs(x))), 4,
                {INF: 1, -INF: 0, 0: 0.5, 1000: 1, -1000: 0}),
    "softplus": (softplus_kernel, lambda x: np.maximum(x, 0) + np.log1p(long(np.exp)(-abs(x))), 4,
                 {INF: INF, -INF: 0, 1000: 1000, -1000: 0}),
}


def everywhere(precision, wide):
    """Numbers over the whole range: every size a float can have, and many of ordinary size."""
    generator = np.random.default_rng(1)
    ordinary = np.concatenate([generator.normal(0, 3, 30_000), np.linspace(-wide, wide, 30_001)])
    whole = np.arange(-2**31, 2**31, 80_021).astype(np.int32).view(np.float32)
    x = np.concatenate([whole[np.isfinite(whole)], ordinary]).astype(precision)
    return np.concatenate([x, -x])


def test_every_function_is_tested():
    assert set(CASES) == set(elementary.__all__)


@both
@pytest.mark.parametrize("name", CASES)
def test_last_bits_over_the_whole_range(name, precision):
    function, reference, ulp, _ = CASES[name]
    x = everywhere(precision, 110 if precision == "float32" else 720)
    with np.errstate(all="ignore"):
        y = run_kernel(function, precision, [x, np.zeros_like(x)])[1]
        true = reference(x.astype(np.longdouble))
        rounded = true.astype(precision)
        same = (y == rounded) | (np.isnan(y) & np.isnan(rounded))
        smallest = np.finfo(precision).tiny
        unit = np.spacing(np.maximum(np.abs(rounded), smallest)).astype(np.longdouble)
        error = np.where(same, 0, np.abs(y - true) / unit).astype(float)
    allowed = ulp if precision == "float32" else 1e-14 / np.finfo(float).eps
    worst = int(np.argmax(np.where(np.isnan(error), INF, error)))
    assert error[worst] < allowed, f"{name}({x[worst]!r}) = {y[worst]!r}, should be {rounded[worst]!r}: {error[worst]:.1f} ulp"


@both
@pytest.mark.parametrize("name", CASES)
def test_nan_and_infinity(name, precision):
    function, _, _, special = CASES[name]
    x = np.array([NAN, *special])
    y = run_kernel(function, precision, [x, np.zeros_like(x)])[1]
    assert np.array_equal(y, np.array([NAN, *special.values()], precision), equal_nan=True)


@pytest.mark.parametrize("name", CASES)
def test_the_float64_form_is_an_ordinary_function(name):
    assert getattr(elementary, name)(0.25) == pytest.approx(float(CASES[name][1](0.25)), rel=1e-15)


@pytest.mark.parametrize("name", CASES)
def test_float32_code_is_vectorized(name):
    """The machine code of the float32 kernel works on several numbers at once and calls no library function."""
    anew = njit(fastmath=FASTMATH, **OPTIONS)(CASES[name][0].py_func)        # cached code cannot be looked into
    anew.compile(signature("float32"))
    code, = anew.inspect_asm().values()
    assert not [call for call in ("expf", "tanhf", "logf", "log1pf", "erff", "expm1f") if call in code]
    if platform.machine().lower() in ("x86_64", "amd64"):                    # ...ps works on several, ...ss on one
        packed, single = (len(re.findall(rf"\tv?(?:mul|fn?m(?:add|sub)\d+){end}\b", code)) for end in ("ps", "ss"))
    elif platform.machine().lower() in ("aarch64", "arm64"):
        packed, single = (len(re.findall(rf"\t(?:fmul|fml[as]|fn?m(?:add|sub))(?:\.4s)?\t{end}", code)) for end in ("v", "s"))
    else:
        pytest.skip(f"what vector instructions of {platform.machine()} are called is not known here")
    # A loop on several numbers, and one for the rest, each unrolled as far as it pays on this processor: where the first
    # is missing, at most a stray instruction works on several.
    assert packed >= max(4, single // 3)
