"""Transformer: every position looks at all others through several heads, and layers of that lie on top of each other.

With `causal` a position sees only itself and what came before: a language model, when what is asked is the next token.
Without, it sees all: an encoder.  Data with one answer an example is answered from the mean of all positions.
Source: Vaswani and others, 2017; Radford and others, 2018 (the causal language model).
"""
from ..errors import BadSetting
from ..graph import BATCH
from ..knob import Knob
from ..layers import dense, describe_layer
from ..layers.attention import KINDS, check_heads
from ..layers.dropout import drop, dropout_knob
from ..layers.mixture import mixture_knobs
from ..layers.positions import POSITIONS, add_positions
from ..layers.transformer import encoder_block, layer_norm
from ..registry import Model, ops
from ._recurrent import every_step
from ._steps import as_steps, padding


def build(graph, x, outputs, settings):
    """embedding → positions → block1 … blockN → (norm) → output.

    blockK.attention (N, heads, T, T) holds who looks at whom, or at which mixture (low_rank: (N, heads, T, rank)); blockK.stream (N·T, D) what flows on after block K.
    """
    example, width, answers = graph.example, settings["width"], graph.example.task == "sequence"
    check_heads(width, settings["heads"], "model.heads")
    if isinstance(settings["activation"], list):
        raise BadSetting("model.activation", "one activation for all blocks", f"a list of {len(settings['activation'])}")
    stream = as_steps(graph, x, width, "transformer")
    steps = stream.shape[1]
    if answers and example.length != steps:
        raise BadSetting("model.name", "a model whose answers may be fewer or more than its inputs", "'transformer'",
                         f"It answers once a step: {steps} steps, but {example.length} answers. "
                         "Some data can be laid out otherwise (data.answer).")
    causal = answers if settings["causal"] is None else settings["causal"]
    present = padding(graph, x, steps) if settings["padding"] else None
    stream = every_step(graph, add_positions(graph, stream, settings["positions"]), "positions")
    stream = drop(graph, stream, "positions", settings["dropout"])
    experts = {key: settings[key] for key in mixture_knobs(1)} if settings["experts"] > 1 else None
    for number in range(1, settings["layers"] + 1):
        describe_layer(graph, f"block{number}", width, width, settings["activation"], "transformer")
        stream = encoder_block(graph, stream, steps, f"block{number}", settings["heads"], settings["factor"],
                               settings["activation"], settings["norm_first"], settings["dropout"], experts, causal=causal,
                               scaled=settings["scaled"], kind=settings["attention"], window=settings["window"], rank=settings["rank"],
                               present=present, rotary=settings["positions"] == "rotary")
    if settings["norm_first"]:           # nothing has kept the sum of all blocks in bounds so far
        stream = layer_norm(graph, stream, "norm")
    if not answers:
        mean = graph.tensor("mean", (BATCH, width))
        graph.add("mean", ops.get("mean_steps", "model"), (graph.reshape(stream, "steps", (BATCH, steps, width)), present, mean))
        stream = mean
    describe_layer(graph, "output", width, outputs, "linear")
    return _head(graph, stream, outputs, settings["tied"])


def _head(graph, x, outputs, tied):
    """Logits from the stream: through a dense layer, or by how well each token's own vector fits."""
    if not tied:
        z = dense(graph, x, outputs, "output")
    else:
        table = next((p for p in graph.parameters if p.name == "embedding.weight"), None)
        if not graph.example.tokens or table.shape[0] != outputs:
            raise BadSetting("model.tied", "false, unless the answers are the same tokens as the inputs", "true",
                             f"There are {graph.example.tokens} tokens and {outputs} answers.")
        z = graph.tensor("output.preactivation", (x.shape[0], outputs))
        graph.add("output", ops.get("dense_transposed", "output"), (x, table, z))
    graph.alias("output.output", z)
    return z


RECORD = Model(
    "transformer", "Every position looks at all others and takes what it needs; layers of that lie on top of each other.",
    r"x \leftarrow x + \mathrm{Attention}(x),\quad x \leftarrow x + \mathrm{FFN}(x)", "Vaswani and others, 2017",
    title="Transformer", build=build, takes=("sequence",),
    knobs={
        "width": Knob(32, 1, 1024, kind="integer", scale="log", effect="rebuild", title="Width", symbol="d",
                      help="How many numbers stand for a position on its way through the blocks."),
        "layers": Knob(2, 1, 48, kind="integer", effect="rebuild", title="Blocks",
                       help="How many blocks of attention and feed-forward lie on top of each other."),
        "heads": Knob(4, 1, 64, kind="integer", effect="rebuild", title="Heads", symbol="h",
                      help="How many questions a position asks at once; they share the width, so it must be a multiple."),
        "factor": Knob(4, 1, 16, kind="integer", effect="rebuild", title="Feed-forward factor",
                       help="How many times the width the small network of each position has in between."),
        "activation": Knob("gelu", kind="activations", effect="rebuild", title="Activation",
                           help="How the neurons of the feed-forward network bend their sums."),
        "positions": Knob("learned", kind="choice", choices=POSITIONS, effect="rebuild", title="Positions",
                          help="How a position tells where it is: a learned vector, a table of sines, turned queries and "
                               "keys (rotary), or not at all."),
        "norm_first": Knob(True, kind="boolean", effect="rebuild", title="Normalise first",
                           help="Layer normalisation before each part of a block (pre-norm), or after the sum (post-norm)."),
        "causal": Knob(None, kind="boolean", optional=True, effect="rebuild", title="Causal",
                       help="Whether a position sees only itself and what came before; null means yes where there is an "
                            "answer a position, no where there is one for all."),
        "attention": Knob("full", kind="choice", choices=KINDS, effect="rebuild", title="Attention",
                          help="full: everyone at everyone. local: only at neighbours. low_rank: at a few learned mixtures "
                               "of all. blockwise: the same result as full, without keeping the table of weights."),
        "window": Knob(8, 0, 4096, kind="integer", effect="rebuild", title="Window", symbol="w",
                       help="How many positions to each side local attention looks at; only back where it is causal."),
        "rank": Knob(8, 1, 1024, kind="integer", effect="rebuild", title="Rank", symbol="r",
                     help="How many mixtures of all positions low-rank attention looks at."),
        "scaled": Knob(True, kind="boolean", effect="rebuild", title="Scaled scores", symbol="1/√d",
                       help="Whether scores are divided by the square root of a head's width, so that attention does not "
                            "saturate."),
        "padding": Knob(False, kind="boolean", effect="rebuild", title="Padding",
                        help="Whether steps that hold nothing but zeros (token number 0) are filling that nobody looks at."),
        "tied": Knob(False, kind="boolean", effect="rebuild", title="Tied embeddings",
                     help="Whether the table of token vectors also reads the answer off, instead of a layer of its own."),
        **mixture_knobs(1), **dropout_knob(),
    })
