"""Gradient checkpointing: forget most values of the forward pass, and make them again when the backward pass needs them.

    ── segment 1 ──●── segment 2 ──●── segment 3 ──     ●: a value that a later segment reads; it is kept
Values that only their own segment reads share one piece of memory with those of all other segments.  The backward pass
takes the segments from the last to the first and runs each one's forward part again before it goes back through it: about one
more forward pass, for memory that grows as the longest segment and the number of cuts do, √n each for n layers.
The same kernels on the same numbers give the same bits; a dropout mask depends on seed, step and name alone, so it is the
same mask.  An op that measures while it trains (running means) would measure twice: what it makes is kept instead.
Source: Chen, Xu, Zhang and Guestrin, 2016.
"""
from .errors import BadSetting
from .graph import Parameter
from .knob import Knob

KNOB = Knob(None, 2, 200, kind="integer", optional=True, effect="rebuild", title="Checkpoint segments",
            help="In how many pieces the network is cut to save memory: only what passes from one to the next is kept, all else "
                 "is computed again in the backward pass. Null keeps everything.")


class Cut:
    """A graph's nodes in segments, and which tensors live in one segment only.

    segments   lists of nodes, in the order they run
    inner      tensor that owns memory -> number of the one segment that needs it
    """

    def __init__(self, graph, output, count):
        if count > len(graph.nodes):
            raise BadSetting("checkpoint_segments", f"at most as many as the network has ops, {len(graph.nodes)}, or null", count)
        self.segments = _segments(graph.nodes, count)
        kept = {t.root for t in (graph.tensors["input"], graph.target, graph.answer, output, *graph.penalties) if t is not None}
        self.inner = {root: found.pop() for root, found in self._uses().items() if len(found) == 1 and root not in kept}

    def _uses(self):
        """tensor -> the segments it is needed in; -1 is among them where it must stay for another reason."""
        uses, seen = {}, {}
        for number, segment in enumerate(self.segments):
            for node in segment:
                for tensor in node.operands:
                    if tensor is None or isinstance(tensor, Parameter):
                        continue
                    found = uses.setdefault(tensor.root, set())
                    found.add(number)
                    seen[tensor.root] = seen.get(tensor.root, 0) + 1
                    if measures(node) and seen[tensor.root] == 1:
                        found.add(-1)
        for root, times in seen.items():
            if root.learns and times == 1:                   # nobody reads it: its gradient is the zero it started with
                uses[root].add(-1)
        return uses

    def again(self, number, fresh=True):
        """The nodes of a segment that run a second time; none of the last one straight (`fresh`) after the forward pass, whose
        values are still there."""
        there = fresh and number == len(self.segments) - 1
        return [] if there else [node for node in self.segments[number] if not measures(node)]


def measures(node):
    """Whether a node changes a statistic, so that it must not run twice in a step."""
    return any(isinstance(t, Parameter) and t.role == "statistic" for t in node.operands)


def _segments(nodes, count):
    """Nodes in `count` runs whose values take about the same memory each."""
    seen, sizes = set(), []
    for node in nodes:
        made = {t.root for t in node.operands if t is not None and not isinstance(t, Parameter)} - seen
        seen |= made
        sizes.append(sum(root.size(1) * (1 + root.learns) for root in made))
    share, segments, done = sum(sizes) / count, [[]], 0
    for place, (node, size) in enumerate(zip(nodes, sizes)):
        left, nodes_left = count - len(segments), len(nodes) - place
        if segments[-1] and left and (done + size / 2 > share * len(segments) or nodes_left == left):
            segments.append([])
        segments[-1].append(node)
        done += size
    return segments
