"""Windows on a picture: for one place of the window, which outputs of a row look at a pixel inside the picture."""
from ..jit import helper


@helper
def inside(b, border, stride, wide, width):
    """The outputs first … last − 1 of a row (of `width`) whose window has its column b in the picture (of `wide`)."""
    first = max(0, (border - b + stride - 1) // stride)
    return first, max(first, min(width, (wide - 1 + border - b) // stride + 1))
