"""Retrieval: instead of knowing everything by heart, the network looks it up in a store and reads what it found.

    question → vector;   the k nearest of the store's own questions, found by the same vectors;
    attention over those k = softmax(−distance²);   read = Σ attention · answer's vector;   read → layer → answer
The store is no weight: a fact can be put in or exchanged, and the answer changes with no training (data.added).
Without the store the same layers get the question itself, and must answer from their weights.  The answer is made from what was
read alone: shown the question too, a network learns what it is trained on by heart and stops caring what it reads.
Source: Sukhbaatar, Szlam, Weston and Fergus, 2015; Khandelwal and others, 2020; Lewis and others, 2020; Guu and others, 2020.
"""
from ..errors import BadSetting
from ..graph import BATCH
from ..knob import Knob
from ..layers import activate, dense, describe_layer
from ..registry import Model, ops
from ._recurrent import embed


def build(graph, x, outputs, settings):
    """embedding → question (N, D) → layer1 → layer2; retrieved.neighbours, retrieved.weights (N, k), retrieved.read (N, D)."""
    example, width, bend = graph.example, settings["width"], settings["activation"]
    if example.store is None or example.task == "sequence":
        raise BadSetting("model.name", "a model for data without a store of facts", "'retrieval'", "Take the data set facts.")
    if isinstance(bend, list):
        raise BadSetting("model.activation", "one activation", f"a list of {len(bend)}")
    words = embed(graph, x, example.tokens, width, "embedding")
    table = words_table(graph)
    question = mean(graph, words, "question")
    if settings["store"]:
        question = read_store(graph, question, table, outputs, settings["neighbours"])
    describe_layer(graph, "layer1", question.shape[1], settings["units"], bend)
    a = activate(graph, dense(graph, question, settings["units"], "layer1"), "layer1", bend)
    describe_layer(graph, "layer2", settings["units"], outputs, "linear")
    z = dense(graph, a, outputs, "layer2")
    graph.alias("layer2.output", z)
    return z


def words_table(graph):
    """The table of word vectors, which questions and the store's keys share."""
    return next(p for p in graph.parameters if p.name == "embedding.weight")


def mean(graph, words, name):
    """words (n, T, D) -> name (n, D): the mean of the words' vectors."""
    y = graph.tensor(name, (words.shape[0], words.shape[2]))
    graph.add(name, ops.get("mean_steps", name), (words, None, y))
    return y


def read_store(graph, question, table, outputs, count):
    """What the store says to each question: (N, D)."""
    store, width = graph.example.store, question.shape[1]
    facts = len(store)
    if count > facts:
        raise BadSetting("model.neighbours", f"at most as many as there are facts, {facts}", count)
    asked = graph.constant("store.questions", store[:, :-1])
    words = graph.tensor("store.words", (facts, asked.shape[1], width))
    graph.add("store.words", ops.get("embedding", "model"), (asked, table, words))
    keys = mean(graph, words, "store.keys")
    answers = graph.parameter("answers.weight", (outputs, width), role="embedding", fan_in=1, fan_out=width)
    said, values = graph.constant("store.answers", store[:, -1:]), graph.tensor("store.values", (facts, 1, width))
    graph.add("store.values", ops.get("embedding", "model"), (said, answers, values))
    neighbours, scores = graph.inner("retrieved.neighbours", (BATCH, count)), graph.tensor("retrieved.scores", (BATCH, count))
    graph.add("retrieved", ops.get("nearest", "model"), (question, keys, neighbours, scores))
    weights = activate(graph, scores, "retrieved", "softmax")
    graph.alias("retrieved.weights", weights)
    read = graph.tensor("retrieved.read", (BATCH, width))
    graph.add("retrieved.read", ops.get("recall", "model"),
              (weights, neighbours, graph.reshape(values, "store.read", (facts, width)), read))
    return read


RECORD = Model(
    "retrieval", "Looks the nearest facts up in a store and answers from what it found there.",
    r"y = f(\textstyle\sum_j a_j v_j),\quad a = \mathrm{softmax}_{j \in \mathrm{top}_k}(-\lVert q - k_j \rVert^2)",
    "Khandelwal and others, 2020; Lewis and others, 2020", title="Retrieval", build=build, takes=("sequence",),
    knobs={
        "store": Knob(True, kind="boolean", effect="rebuild", title="Store", help="Whether the network may look into the store; without, it has its weights alone."),
        "neighbours": Knob(4, 1, 32, kind="integer", effect="rebuild", title="Neighbours", symbol="k", help="How many facts are looked up for a question."),
        "width": Knob(64, 1, 512, kind="integer", scale="log", effect="rebuild", title="Width", symbol="d", help="How many numbers stand for a word."),
        "units": Knob(64, 1, 1024, kind="integer", scale="log", effect="rebuild", title="Neurons", help="How many neurons make the answer of what was read."),
        "activation": Knob("relu", kind="activations", effect="rebuild", title="Activation", help="How a neuron bends its weighted sum."),
    })
