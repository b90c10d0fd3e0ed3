"""Pointer network: reads a set of things and answers with an order of them, by pointing at one after the other.

The encoder is a Transformer, without positions where the inputs are a set, which has no order, and with them where they are a
text.  The decoder's attention over the inputs is the answer: one logit for each input, so there are as many classes as inputs.
Source: Vinyals, Fortunato and Jaitly, 2015; with this encoder: Kool, van Hoof and Welling, 2019; pointing at the first and
the last word of an answer in a text: Wang and Jiang, 2017.
"""
from ..errors import BadSetting
from ..graph import BATCH, Rows
from ..knob import Knob
from ..layers import describe_layer
from ..layers.attention import check_heads, linear
from ..layers.dropout import drop, dropout_knob
from ..layers.positions import POSITIONS, add_positions
from ..layers.transformer import encoder_block, layer_norm
from ..registry import Model, ops
from ._recurrent import every_step
from ._steps import as_steps, padding


def build(graph, x, outputs, settings):
    """embedding → block1 … blockN → norm → pointer; pointer.logits (N·L, T) is the output."""
    example, width = graph.example, settings["width"]
    check_heads(width, settings["heads"], "model.heads")
    steps = example.shape[0]
    if len(example.shape) > 2 or example.task != "sequence" or outputs != steps or not 1 <= example.length <= steps + 1:
        raise BadSetting("model.name", "a model for other answers than places of the input, such as transformer", "'pointer'",
                         "A pointer network answers with places of its inputs: take data such as sort_numbers, convex_hull, tour or span.")
    if isinstance(settings["activation"], list):
        raise BadSetting("model.activation", "one activation for all blocks", f"a list of {len(settings['activation'])}")
    present = padding(graph, x, steps)
    stream = every_step(graph, add_positions(graph, as_steps(graph, x, width, "pointer"), settings["positions"]), "inputs")
    stream = drop(graph, stream, "inputs", settings["dropout"])
    for number in range(1, settings["layers"] + 1):
        describe_layer(graph, f"block{number}", width, width, settings["activation"], "transformer")
        stream = encoder_block(graph, stream, steps, f"block{number}", settings["heads"], settings["factor"],
                               settings["activation"], settings["norm_first"], settings["dropout"], present=present,
                               rotary=settings["positions"] == "rotary")
    if settings["norm_first"]:
        stream = layer_norm(graph, stream, "norm")
    describe_layer(graph, "pointer", width, steps, "tanh", "pointer")
    return decoder(graph, stream, present, steps, outputs)


def decoder(graph, memory, present, steps, outputs):
    """Logits (N·L, T) over the inputs that memory (N·T, D) stands for."""
    width, length = memory.shape[1], graph.example.length
    whole = graph.tensor("pointer.whole", (BATCH, width))
    seen = graph.reshape(memory, "pointer.memory", (BATCH, steps, width))
    graph.add("pointer.mean", ops.get("mean_steps", "pointer"), (seen, present, whole))
    parts = [linear(graph, memory, width, f"pointer.{part}.weight", None, f"pointer.{part}")
             for part in ("keys", "last", "first")]
    base = linear(graph, whole, width, "pointer.base.weight", "pointer.base.bias", "pointer.base")
    start = graph.parameter("pointer.start", (width,), role="bias", start=0.0)
    v = graph.parameter("pointer.v", (width,), fan_in=width, fan_out=1)
    room, z = graph.inner("pointer.room", (2 * width + steps,)), graph.tensor("pointer.logits", (Rows(length), outputs))
    graph.add("pointer", ops.get("pointer", "pointer"), (*parts, base, start, v, present, graph.answer_so_far(), room, z),
              {"closed": length == steps + 1})
    graph.alias("pointer.output", z)
    return z


RECORD = Model(
    "pointer", "Reads a set and answers with an order of it, by pointing at one thing after the other.",
    r"p(c_t = j) = \mathrm{softmax}_j\!\left(v^\top \tanh(W_1 e_j + W_2 d_t)\right)",
    "Vinyals, Fortunato and Jaitly, 2015", title="Pointer network", build=build, takes=("sequence",),
    knobs={
        "width": Knob(32, 1, 1024, kind="integer", scale="log", effect="rebuild", title="Width", symbol="d",
                      help="How many numbers stand for each thing."),
        "layers": Knob(2, 1, 24, kind="integer", effect="rebuild", title="Blocks",
                       help="How many Transformer blocks the encoder has."),
        "heads": Knob(4, 1, 64, kind="integer", effect="rebuild", title="Heads", symbol="h",
                      help="How many questions a thing asks the others at once; they share the width."),
        "factor": Knob(4, 1, 16, kind="integer", effect="rebuild", title="Feed-forward factor",
                       help="How many times the width the small network of each thing has in between."),
        "activation": Knob("relu", kind="activations", effect="rebuild", title="Activation",
                           help="How the neurons of the feed-forward network bend their sums."),
        "positions": Knob("none", kind="choice", choices=POSITIONS, effect="rebuild", title="Positions",
                          help="How a thing tells where it stands: not at all, as in a set, or, where the order says something, "
                               "as in a text, by a learned vector, a table of sines, or turned queries and keys (rotary)."),
        "norm_first": Knob(True, kind="boolean", effect="rebuild", title="Normalise first",
                           help="Layer normalisation before each part of a block (pre-norm), or after the sum (post-norm)."),
        **dropout_knob(),
    })
