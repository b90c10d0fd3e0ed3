"""Encoder and decoder of Transformer blocks: one stack reads a sequence with the whole of it in view, another writes one.

Each block of the decoder first looks at the answer so far, then at what the encoder made of the input (cross-attention).
The decoder is shown the answer so far, in training the right one (teacher forcing), in prediction its own
(engine/measure.py), and says the next sign.
Source: Vaswani and others, 2017.
"""
from ..errors import BadSetting
from ..graph import BATCH
from ..knob import Knob
from ..layers import dense, describe_layer
from ..layers.attention import check_heads
from ..layers.dropout import drop, dropout_knob
from ..layers.positions import POSITIONS, add_positions
from ..layers.transformer import decoder_block, encoder_block, layer_norm
from ..registry import Model, ops
from ._recurrent import embed, every_step
from ._steps import as_steps, padding


def build(graph, x, outputs, settings):
    """embedding → encoder1 … encoderN → (encoder_norm);  decoder_embedding → decoder1 … decoderN → (decoder_norm) → output.

    encoderK.attention (N, heads, T, T), decoderK.attention (N, heads, L, L) and decoderK.cross.attention (N, heads, L, T) hold
    who looks at whom.
    """
    if graph.example.task != "sequence":
        raise BadSetting("model.name", "a model with one answer an example, such as transformer", "'encoder_decoder'",
                         "It writes a sequence of classes.")
    check_heads(settings["width"], settings["heads"], "model.heads")
    if isinstance(settings["activation"], list):
        raise BadSetting("model.activation", "one activation for all blocks", f"a list of {len(settings['activation'])}")
    vectors, length = as_steps(graph, x, settings["width"], "encoder_decoder"), graph.example.length
    steps = vectors.shape[1]
    present = padding(graph, x, steps) if settings["padding"] else None
    shared = {"scaled": settings["scaled"], "rotary": settings["positions"] == "rotary"}
    memory = begin(graph, vectors, "position", settings)
    for name in blocks(graph, "encoder", settings):
        memory = encoder_block(graph, memory, steps, name, *block_of(settings), present=present, **shared)
    shown = graph.tensor("decoder.input", (BATCH, length), learns=False)
    graph.add("decoder.input", ops.get("shift_right", "model"), (graph.answer_so_far(), shown), {"start": outputs})
    if settings["norm_first"]:           # nothing has kept the sum of all blocks in bounds so far
        memory = layer_norm(graph, memory, "encoder_norm")
    vectors = embed(graph, shown, outputs + 1, settings["width"], "decoder_embedding")        # the classes and the start
    stream = begin(graph, vectors, "decoder_position", settings)
    for name in blocks(graph, "decoder", settings):
        stream = decoder_block(graph, stream, length, memory, steps, present, name, *block_of(settings), **shared)
    if settings["norm_first"]:
        stream = layer_norm(graph, stream, "decoder_norm")
    describe_layer(graph, "output", settings["width"], outputs, "linear")
    z = dense(graph, stream, outputs, "output")
    graph.alias("output.output", z)
    return z


def begin(graph, vectors, name, settings):
    """Vectors (N, T, D) with their positions, as rows (N·T, D)."""
    rows = every_step(graph, add_positions(graph, vectors, settings["positions"], name), f"{name}.rows")
    return drop(graph, rows, name, settings["dropout"])


def blocks(graph, stack, settings):
    """The names of a stack's blocks, each told to the diagram."""
    for number in range(1, settings["layers"] + 1):
        describe_layer(graph, f"{stack}{number}", settings["width"], settings["width"], settings["activation"], "transformer")
        yield f"{stack}{number}"


def block_of(settings):
    """What every block needs to know."""
    return (settings[name] for name in ("heads", "factor", "activation", "norm_first", "dropout"))


RECORD = Model(
    "encoder_decoder", "One stack of Transformer blocks reads a sequence, a second one writes another, looking back at what was read.",
    r"x \leftarrow x + \mathrm{Attention}(x, \mathrm{encoder}),\quad p(y_k \mid y_{<k}, x)", "Vaswani and others, 2017",
    title="Transformer with encoder and decoder", build=build, takes=("sequence",),
    knobs={
        "width": Knob(32, 1, 1024, kind="integer", scale="log", effect="rebuild", title="Width", symbol="d",
                      help="How many numbers stand for a position on its way through the blocks."),
        "layers": Knob(2, 1, 24, kind="integer", effect="rebuild", title="Blocks",
                       help="How many blocks encoder and decoder have each."),
        "heads": Knob(4, 1, 64, kind="integer", effect="rebuild", title="Heads", symbol="h",
                      help="How many questions a position asks at once; they share the width, so it must be a multiple."),
        "factor": Knob(4, 1, 16, kind="integer", effect="rebuild", title="Feed-forward factor",
                       help="How many times the width the small network of each position has in between."),
        "activation": Knob("relu", kind="activations", effect="rebuild", title="Activation",
                           help="How the neurons of the feed-forward networks bend their sums."),
        "positions": Knob("learned", kind="choice", choices=POSITIONS, effect="rebuild", title="Positions",
                          help="How a position tells where it is: a learned vector, a table of sines, turned queries and keys "
                               "(rotary; only where a sequence looks at itself), or not at all."),
        "norm_first": Knob(True, kind="boolean", effect="rebuild", title="Normalise first",
                           help="Layer normalisation before each part of a block (pre-norm), or after the sum (post-norm)."),
        "scaled": Knob(True, kind="boolean", effect="rebuild", title="Scaled scores", symbol="1/√d",
                       help="Whether scores are divided by the square root of a head's width, so that attention does not saturate."),
        "padding": Knob(False, kind="boolean", effect="rebuild", title="Padding",
                        help="Whether steps of the input that hold nothing but zeros (token number 0) are filling that nobody "
                             "looks at."),
        **dropout_knob(),
    })
