"""Convolution and pooling with every option, odd sizes, kernels larger than the stride and pictures in several groups."""
from . import Case, normal


def conv(name, n, c, high, wide, o, kernel, group=2, bias=True, **knobs):
    """A convolution with room for `group` pictures at a time."""
    kh, kw = kernel
    s, p, d = knobs.get("stride", 1), knobs.get("padding", 0), knobs.get("dilation", 1)
    rows, width = (high + 2 * p - d * (kh - 1) - 1) // s + 1, (wide + 2 * p - d * (kw - 1) - 1) // s + 1
    places = (rows - 1) * (wide + 2 * p if s == 1 else width) + width
    taps = c * kh * kw
    return Case("conv2d", {"x": normal(n, c, high, wide), "weight": normal(o, c, kh, kw), "bias": normal(o) if bias else None,
                           "padded": (group, c, high + 2 * p, wide + 2 * p), "columns": (taps, group * places),
                           "lines": (o, group * places), "share": (taps, o), "y": (n, o, rows, width)}, knobs, note=name,
                torch=lambda torch, t: torch.nn.functional.conv2d(t["x"], t["weight"], t["bias"], s, p, d))


def pooled(n, c, high, wide, size, stride, padding):
    return n, c, (high + 2 * padding - size) // stride + 1, (wide + 2 * padding - size) // stride + 1


def largest(name, shape, size, stride, padding=0):
    y = pooled(*shape, size, stride, padding)
    return Case("max_pool2d", {"x": normal(*shape), "chosen": y, "y": y}, {"size": size, "stride": stride, "padding": padding},
                lambda torch, t: torch.nn.functional.max_pool2d(t["x"], size, stride, padding), note=name)


def mean(name, shape, size, stride, padding=0):
    y = pooled(*shape, size, stride, padding)
    return Case("average_pool2d", {"x": normal(*shape), "y": y}, {"size": size, "stride": stride, "padding": padding},
                lambda torch, t: torch.nn.functional.avg_pool2d(t["x"], size, stride, padding), note=name)


CASES = [
    conv("plain", 3, 2, 6, 5, 4, (3, 3)),
    conv("one_pixel", 1, 1, 1, 1, 1, (1, 1)),
    conv("whole_picture", 2, 3, 4, 4, 5, (4, 4)),
    conv("one_by_one", 5, 3, 4, 4, 2, (1, 1), group=3),
    conv("same", 3, 2, 8, 8, 3, (3, 3), padding=1, bias=False),
    conv("oblong", 2, 2, 5, 9, 3, (2, 4), padding=1, group=1),
    conv("stride_over_kernel", 2, 2, 9, 9, 3, (2, 2), stride=3),
    conv("kernel_over_stride", 3, 2, 9, 8, 3, (5, 5), stride=2, padding=2),
    conv("dilated", 3, 2, 9, 9, 3, (3, 3), dilation=2, padding=2),
    conv("all_at_once", 3, 2, 11, 10, 3, (3, 2), stride=2, padding=3, dilation=3, group=4),
    conv("padding_over_kernel", 2, 1, 3, 3, 2, (2, 2), padding=4),
]
for make in (largest, mean):
    CASES += [make("usual", (2, 3, 6, 8), 2, 2), make("left_over", (2, 2, 7, 5), 2, 2), make("overlap", (2, 2, 7, 6), 3, 1),
              make("gaps", (2, 2, 8, 9), 2, 3), make("padded", (2, 2, 7, 7), 3, 2, 1), make("whole", (2, 2, 4, 4), 4, 4),
              make("two_padded", (2, 2, 6, 6), 2, 2, 1), make("one_pixel", (2, 2, 3, 3), 1, 1)]
CASES += [Case("global_average", {"x": normal(3, 4, 5, 2), "y": (3, 4)}, torch=lambda torch, t: t["x"].mean((2, 3)))]
