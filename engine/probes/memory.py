"""How much memory a run takes for what, and what gradient checkpointing saves of it."""
from ..registry import Probe


def measure(run, options):
    """Bytes: parameters (with statistics), gradients, optimizer (its slots), values (everything that flows, with gradients), total.

    whole       total if all values were kept (the same without checkpointing)
    recomputed  ops that run twice in a step
    """
    program, made = run.assembly.program, run.assembly
    size = run.arena.dtype.itemsize
    slots = len(made.optimizer.slots) * program.parameter_count
    known = program.state_count + program.parameter_count + slots
    recomputed = sum(len(program.cut.again(k)) for k in range(len(program.cut.segments))) if program.cut else 0
    return {"parameters": program.state_count * size, "gradients": program.parameter_count * size, "optimizer": slots * size,
            "values": (program.size - known) * size, "total": program.size * size, "whole": made.uncut.program.size * size,
            "segments": len(program.cut.segments) if program.cut else 1, "ops": len(made.graph.nodes), "recomputed": recomputed,
            "slots": list(made.optimizer.slots), "batch": made.batch, "precision": made.precision.name}


RECORD = Probe("memory", "How many bytes a run takes for what, and what is saved by computing values twice.", measure=measure)
