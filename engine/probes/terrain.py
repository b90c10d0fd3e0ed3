"""A landscape as a map: its height over the plane, its lowest places, and how sharply it bends there.

λ, the largest curvature at a minimum, is what a learning rate must respect: plain gradient descent holds still there only below 2/λ.
"""
import numpy as np

from ..knob import Knob
from ..registry import Probe
from ._course import LANDSCAPE, Ground, named


def measure(run, options):
    """`values` (R, R) float32, row 0 the largest y; meta low, high: (x, y) each; minima, lowest, curvatures, limit (2/λ), start, box."""
    record, settings = landscape = named(options)
    ground, size = Ground(landscape), options["resolution"]
    (left, right), (bottom, top) = record.domain
    values = [[ground.value(x, y) for x in np.linspace(left, right, size)] for y in np.linspace(top, bottom, size)]
    minima = [list(place) for place in record.minima(settings)]
    curvatures = [ground.curvatures(np.array(place)) for place in minima]
    sharpest = max(bends[0] for bends in curvatures)
    return {"values": np.array(values, np.float32), "low": [left, bottom], "high": [right, top], "minima": minima,
            "lowest": min(ground.value(*place) for place in minima), "curvatures": curvatures,
            "limit": 2 / sharpest if sharpest > 1e-9 else None, "start": list(record.start), "box": record.box,
            "landscape": {"name": record.name, "title": record.title, **settings}}


RECORD = Probe("terrain", "A surface for optimizers to race on: its heights, its lowest places and how sharply it bends there.",
               measure=measure, knobs={"landscape": LANDSCAPE, "resolution": Knob(81, 3, 201, kind="integer", help="Cells each way.")})
