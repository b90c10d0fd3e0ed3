"""What the probes of sequences share: which example, which recurrent layer, and the signs it reads."""
import numpy as np

from ..errors import BadSetting, UnknownName
from ..knob import Knob

EXAMPLE = {"part": Knob("test", kind="choice", choices=("train", "test"), help="Of which set."),
           "example": Knob(0, 0, 10**7, kind="integer", help="Which example of it.")}
LAYER = Knob(None, kind="text", optional=True, help="Which recurrent layer, such as layer1; null means the first.")


def example(run, options):
    """Raw row (1, columns), answer and number of the example; a number beyond the last starts again at the first."""
    data = run.data
    raw, y = (data.raw_train, data.y_train) if options["part"] == "train" else (data.raw_test, data.y_test)
    if not len(raw):
        raise BadSetting("part", "a set with examples", repr(options["part"]), "There is no test set.")
    row = options["example"] % len(raw)
    return raw[row:row + 1], y[row], row


def layers(run):
    """Names of the recurrent layers, or of each way of them where they have two."""
    return [tensor.removesuffix(".slopes") for tensor in run.assembly.graph.tensors
            if tensor.endswith(".slopes") and ".step" not in tensor]      # not the single steps of a decoder that looks back


def need_recurrent(run):
    """Errors: BadSetting where there is no recurrent layer."""
    if not layers(run):
        raise BadSetting("probe", "a recurrent network", f"the model {run.config['model']['name']!r}")


def layer(run, name):
    """The name of a recurrent layer (one way of it, where it has two), checked."""
    known = layers(run)
    if name is not None and name not in known:
        raise UnknownName("layer", "a recurrent layer", name, known)
    return name or known[0]


def shown(run, raw, layer_name):
    """What the layer's side of the network reads at each step: signs, or one list of numbers a step."""
    data = run.data
    return written(run, raw) if layer_name.startswith("decoder") else read(data, raw[0])


def written(run, raw):
    """What a decoder is shown at each of its steps, for the one raw row: signs of its own answer so far, first the start."""
    said = run.forward(raw, ["decoder.input"])["decoder.input"][0].astype(int)
    return [(*run.data.classes, "start")[k] for k in said]


def read(data, row):
    """What is read at each step of a raw row: signs, or a list of numbers."""
    if data.tokens:
        return [data.tokens[int(k)] for k in row]
    return np.round(row.reshape(data.shape[-2] if len(data.shape) > 1 else -1, data.shape[-1]), 4).tolist()
