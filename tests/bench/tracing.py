"""What a page's scripts cost, from Chromium's own trace: durations on the page's main thread between animation frames."""
import json

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8"]
SCRIPT = {"FunctionCall", "FireAnimationFrame", "EvaluateScript", "TimerFire", "EventDispatch", "RunMicrotasks",
          "MinorGC", "MajorGC", "V8.GC_MC_INCREMENTAL", "v8.callFunction"}


def script_per_frame(trace):
    """Milliseconds of script for each animation frame that drew: (by the clock, on the processor).

    A frame's script is all that ran since the frame before: messages that came, and the drawing itself.
    """
    events = json.loads(trace)["traceEvents"]
    place = _main_thread(events)
    own = sorted((e for e in events if (e["pid"], e["tid"]) == place and e.get("ph") == "X" and "dur" in e), key=lambda e: e["ts"])
    pieces = _outermost([e for e in own if e["name"] in SCRIPT])
    marks = [e["ts"] + e["dur"] for e in own if e["name"] == "FireAnimationFrame" and e["dur"] > 200]
    clock, processor = [0.0] * len(marks), [0.0] * len(marks)
    at = 0
    for piece in pieces:
        while at < len(marks) and piece["ts"] >= marks[at]:
            at += 1
        if at == len(marks):
            break
        clock[at] += piece["dur"] / 1e3
        processor[at] += piece.get("tdur", piece["dur"]) / 1e3
    return clock[1:], processor[1:]


def _main_thread(events):
    """(process, thread) of the renderer that drew most."""
    count = {}
    for event in events:
        if event["name"] == "FireAnimationFrame":
            place = event["pid"], event["tid"]
            count[place] = count.get(place, 0) + 1
    if not count:
        raise RuntimeError("the trace holds no animation frame")
    return max(count, key=count.get)


def _outermost(events):
    """Those that lie in no other."""
    found, end = [], -1
    for event in events:
        if event["ts"] >= end:
            found.append(event)
            end = event["ts"] + event["dur"]
    return found
