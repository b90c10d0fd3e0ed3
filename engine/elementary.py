"""tanh, exp, log and their kin for kernels: quick and branch-free in float32, exact in float64.

Each public function is written in its float64 form, one number in, one number out.  In a kernel on
float32 its partner `..._float32` takes its place: a polynomial or a quotient, with no call and
no jump, so that the processor computes eight or sixteen numbers at once.

    float32     exp and log within 2 ulp (an ulp is the last bit), tanh within 4, erf within 6, the rest within 4
    both        NaN stays NaN, infinity goes where it should, too large becomes inf, too small 0

How a float32 form is made: bring x into a short interval first (2**n is only an exponent field, so
exp and log need a polynomial on one octave), then use the polynomial of least largest error there.
The coefficients of exp and log are those of S. L. Moshier's Cephes library (1989), those of erf are
those of the Eigen library (G. Guennebaud, B. Jacob and others, 2010).
"""
import math

import numpy as np

from .jit import bits_float, float_bits, overload, register_jitable

__all__ = ["tanh", "exp", "expm1", "log", "log1p", "erf", "sigmoid", "softplus"]

f32 = np.float32

# Kernels may reorder sums; in here that is forbidden, since (x - n·HIGH) - n·LOW is exact only in
# the order it is written.  A multiplication and an addition may still become one instruction.
# Whole numbers are cut back to int32 at once, since Numba widens them and half as many fit into a register.
# `forceinline`: a call left standing in a loop would keep the loop from being vectorized.
STRICT = dict(fastmath={"contract"}, error_model="numpy", forceinline=True)
strict = register_jitable(**STRICT)


def in_float32(quick):
    """Say that kernels on float32 use `quick` in place of the decorated function."""
    def decorate(exact):
        def choose(x):
            return quick if getattr(x, "bitwidth", 64) == 32 else exact
        overload(exact, jit_options=STRICT)(choose)
        return exact
    return decorate


# ---------------------------------------------------------------- exp

LOG2_E = f32(1.44269504088896341)
LN2_HIGH = f32(0.693359375)              # the first nine bits of ln 2, so that n times it is exact
LN2_LOW = f32(-2.12194440e-4)            # the rest of ln 2
ROUND = f32(12582912)                    # 1.5 · 2**23: a float32 of this size has no room for a fraction
ROUND_BITS = np.int32(0x4B400000)


@strict
def power_of_two(n):
    """2**n as a float32, by writing n into the exponent field; n from -127 (gives 0) to 128 (gives inf)."""
    return bits_float(np.int32((n + 127) << 23))


@strict
def expm1_octave(r):
    """e**r - 1 for |r| ≤ ½ ln 2."""
    p = f32(1.9875691500e-4)
    p = p * r + f32(1.3981999507e-3)
    p = p * r + f32(8.3334519073e-3)
    p = p * r + f32(4.1665795894e-2)
    p = p * r + f32(1.6666665459e-1)
    p = p * r + f32(5.0000001201e-1)
    return p * (r * r) + r


def exp_float32(x):
    """e**x = 2**n · e**r with n = x / ln 2 rounded and r = x - n ln 2."""
    x = f32(89.0) if x > f32(89.0) else x
    x = f32(-104.0) if x < f32(-104.0) else x
    rounded = x * LOG2_E + ROUND         # n sits in its low bits: no conversion to int, which NaN would break
    n = rounded - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    whole = np.int32(float_bits(rounded) - ROUND_BITS)
    half = np.int32(whole >> 1)          # 2**n in two factors, since neither 2**128 nor 2**-140 is a normal float32
    return (f32(1.0) + expm1_octave(r)) * power_of_two(half) * power_of_two(whole - half)


@in_float32(exp_float32)
def exp(x):
    """e**x."""
    return np.exp(x)


def expm1_float32(x):
    """2**n (e**r - 1) + (2**n - 1): nothing is lost where x is near 0."""
    x = f32(89.0) if x > f32(89.0) else x
    x = f32(-20.0) if x < f32(-20.0) else x
    rounded = x * LOG2_E + ROUND
    n = rounded - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    half = power_of_two(float_bits(rounded) - ROUND_BITS - 1)
    return f32(2.0) * (half * expm1_octave(r) + (half - f32(0.5)))


@in_float32(expm1_float32)
def expm1(x):
    """e**x - 1, accurate also where x is near 0."""
    return np.expm1(x)


# ---------------------------------------------------------------- log

SQRT_HALF_BITS = np.int32(0x3F3504F3)
SMALLEST_NORMAL = f32(1.17549435e-38)
INFINITY, NAN = f32(np.inf), f32(np.nan)


@strict
def log_float32(x):
    """ln x = n ln 2 + ln(1 + f) with x = 2**n (1 + f) and 1 + f from √½ to √2."""
    tiny = x < SMALLEST_NORMAL           # a subnormal number keeps its exponent elsewhere, so make it larger
    bits = np.int32(float_bits(x * f32(2.0**23) if tiny else x) - SQRT_HALF_BITS)
    n = f32(np.int32(bits >> 23)) - (f32(23.0) if tiny else f32(0.0))
    f = bits_float(np.int32((bits & 0x007FFFFF) + SQRT_HALF_BITS)) - f32(1.0)
    p = f32(7.0376836292e-2)
    p = p * f + f32(-1.1514610310e-1)
    p = p * f + f32(1.1676998740e-1)
    p = p * f + f32(-1.2420140846e-1)
    p = p * f + f32(1.4249322787e-1)
    p = p * f + f32(-1.6668057665e-1)
    p = p * f + f32(2.0000714765e-1)
    p = p * f + f32(-2.4999993993e-1)
    p = p * f + f32(3.3333331174e-1)
    square = f * f
    y = (f + (p * f * square + n * LN2_LOW - f32(0.5) * square)) + n * LN2_HIGH
    y = y if x < INFINITY else x         # inf and NaN give themselves
    y = -INFINITY if x == f32(0.0) else y
    return NAN if x < f32(0.0) else y


@in_float32(log_float32)
def log(x):
    """The natural logarithm; -inf at 0, NaN below."""
    return np.log(x)


@strict
def log1p_float32(x):
    """ln(1 + x), where the part of x that 1 + x rounded away is put back in."""
    u = f32(1.0) + x
    y = log_float32(u)
    lost = ((u - f32(1.0)) - x) / u
    return y - lost if (u > f32(0.0)) & (u < INFINITY) else y


@in_float32(log1p_float32)
def log1p(x):
    """ln(1 + x), accurate also where x is near 0."""
    return np.log1p(x)


# ---------------------------------------------------------------- tanh and erf

def tanh_float32(x):
    """With e = e**(-2|x|) - 1, which lies between -1 and 0 and cannot overflow: tanh |x| = -e / (2 + e)."""
    u = f32(-2.0) * abs(x)
    u = f32(-20.0) if u < f32(-20.0) else u
    rounded = u * LOG2_E + ROUND
    n = rounded - ROUND
    r = (u - n * LN2_HIGH) - n * LN2_LOW
    scale = power_of_two(float_bits(rounded) - ROUND_BITS)
    e = scale * expm1_octave(r) + (scale - f32(1.0))
    return math.copysign(e / (f32(2.0) + e), x)


@in_float32(tanh_float32)
def tanh(x):
    """(e**x - e**-x) / (e**x + e**-x)."""
    return math.tanh(x)


def erf_float32(x):
    """x P(x²) / Q(x²), up to where erf is 1 to the last bit."""
    s = f32(3.832506856900711) if x > f32(3.832506856900711) else x
    s = f32(-3.832506856900711) if s < f32(-3.832506856900711) else s
    z = s * s
    p = f32(0.00022905065861350646)
    p = p * z + f32(0.0034082910107109506)
    p = p * z + f32(0.050955695062380861)
    p = p * z + f32(0.18520832239976145)
    p = p * z + f32(1.128379143519084)
    q = f32(-1.1791602954361697e-7)
    q = q * z + f32(0.000023547966471313185)
    q = q * z + f32(0.0010179625278914885)
    q = q * z + f32(0.014070470171167667)
    q = q * z + f32(0.11098505178285362)
    q = q * z + f32(0.49746925110067538)
    q = q * z + f32(1.0)
    y = abs(s) * (p / q)
    y = f32(1.0) if (y > f32(1.0)) | (abs(x) > f32(3.92)) else y
    return math.copysign(y, x)


@in_float32(erf_float32)
def erf(x):
    """2/√π times the area under e**-t² from 0 to x."""
    return math.erf(x)


# ---------------------------------------------------------------- made from the others

def sigmoid_float32(x):
    """With e = exp(-|x|), which cannot overflow: 1/(1 + e), or e/(1 + e) left of 0."""
    e = exp(-abs(x))
    return (f32(1.0) if x >= f32(0.0) else e) / (f32(1.0) + e)


@in_float32(sigmoid_float32)
def sigmoid(x):
    """1 / (1 + e**-x)."""
    e = np.exp(-abs(x))
    return (1.0 if x >= 0.0 else e) / (1.0 + e)


def softplus_float32(x):
    """max(x, 0) + ln(1 + e**-|x|)."""
    return (f32(0.0) if x < f32(0.0) else x) + log1p(exp(-abs(x)))


@in_float32(softplus_float32)
def softplus(x):
    """ln(1 + e**x), written so that it cannot overflow."""
    return (0.0 if x < 0.0 else x) + np.log1p(np.exp(-abs(x)))
