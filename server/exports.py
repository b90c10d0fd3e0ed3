"""What goes out to a file and comes back in: weights, history, PyTorch script, setting, and a person's own CSV.

Every route names its session in the header X-Session, never in the address, which would end up in logs and histories.
Where a session has several runs, the header X-Run or ?run= names one of them.
"""
import asyncio
import csv
import io
import json
import zipfile

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic_core import from_json, to_json

from .errors import Refused, short
from .protocol import check_tree, several_runs
from .saving import load_parameters

UPLOAD_SECONDS = 30
ANSWERS = ("target", "task", "header", "delimiter", "decimal", "missing", "inputs")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def router(house):
    """The routes, for this server's sessions."""
    routes, settings = APIRouter(prefix="/api"), house.settings

    async def session_of(request):
        session = await house.store.find(request.headers.get("x-session"))
        if session is None or session.run is None:
            raise _status(Refused("X-Session", "a session of this server", "none that is known",
                                  "Reload the page."), 404)
        return session

    def run_of(request):
        """The id of the run that is named, or None."""
        return request.headers.get("x-run") or request.query_params.get("run") or None

    @routes.post("/export/weights")
    async def export_weights(request: Request):
        """All parameters of one run by name, as npz."""
        session, run = await session_of(request), run_of(request)
        arrays = await session.ask(lambda one: {
            name: np.array(view) for name, view in one.lanes.find(run).run.parameters.items()})
        return _file(await asyncio.to_thread(_npz, arrays), "weights.npz", "application/zip")

    @routes.post("/export/history")
    async def export_history(request: Request):
        """The samples of the curves, as CSV: of one run, or of all with the column "run"."""
        session, run = await session_of(request), run_of(request)
        tables = await session.ask(lambda one: [
            (lane.label, *lane.curves.table()) for lane in (one.lanes if run is None else [one.lanes.find(run)])])
        return _file(_csv(tables).encode(), "history.csv", "text/csv; charset=utf-8")

    @routes.post("/export/pytorch")
    async def export_pytorch(request: Request):
        """The same model and training of one run as a PyTorch script."""
        session, run = await session_of(request), run_of(request)
        script = await session.ask(lambda one: house.engine.torch_script(one.lanes.find(run).run))
        return _file(script.encode(), "playground_torch.py", "text/x-python; charset=utf-8")

    @routes.post("/export/setting")
    async def export_setting(request: Request):
        """The whole setting with every text in it, as JSON; with the other runs where there are any."""
        session = await session_of(request)
        setting = await session.ask(lambda one: {
            "what": "a setting of the Neural Playground", "version": house.version, "lab": one.lab,
            "step": one.lanes.clock, "config": one.run.config} | ({"runs": [
                {"label": lane.label, "changes": lane.changes} for lane in one.lanes]} if len(one.lanes) > 1 else {}))
        return _file(to_json(setting, indent=1), "setting.json", "application/json")

    @routes.post("/import/weights")
    async def import_weights(request: Request):
        """Parameters from an npz, checked by name and shape."""
        session, run = await session_of(request), run_of(request)
        most = settings.max_weights_bytes
        arrays = await asyncio.to_thread(_arrays, await _body(request, most), most)
        return _json({"ok": True, "value": await session.ask(
            lambda one: load_parameters(one, arrays, None if run is None else one.lanes.find(run)))})

    @routes.post("/import/setting")
    async def import_setting(request: Request):
        """A setting that was exported, or a bare config; too large for a command where a CSV is in it."""
        session = await session_of(request)
        body = await _body(request, 2 * settings.max_csv_bytes)
        try:
            setting = from_json(body, allow_inf_nan=False)
        except ValueError as problem:
            raise Refused("setting", "JSON", short(str(problem))) from None
        check_tree(setting)
        config = setting.get("config", setting) if isinstance(setting, dict) else setting
        if not isinstance(config, dict):
            raise Refused("setting", 'an object with "config"', short(setting))
        runs = several_runs(setting["runs"]) if config is not setting and setting.get("runs") else None
        return _json({"ok": True, "value": await session.ask(lambda one: _open(one, config, runs))})

    @routes.post("/csv")
    async def own_table(request: Request):
        """What is in a CSV and what is unclear; with ?use=1 the session trains on it from now on."""
        session = await session_of(request)
        body = await _body(request, settings.max_csv_bytes)
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise Refused("file", "text in UTF-8", f"byte {body[problem.start]:#04x} at place {problem.start:,}",
                          "Save it as CSV UTF-8, or as Unicode text.") from None
        answers = _answers(request.query_params)
        report = await asyncio.to_thread(house.engine.inspect_csv, text, answers)
        used = None
        if request.query_params.get("use") in ("1", "true", "yes") and not report.get("refused"):
            used = await session.ask(lambda one: one.change({"data": {"name": "csv", "text": text, **answers}}))
        return _json({"ok": not report.get("refused"), "value": report, "used": used, "error": report.get("refused")})

    return routes


def _open(session, config, runs):
    """In the session's turn: take a whole setting, and the runs that were exported with it."""
    session.open(config, runs)
    return session.state()


async def _body(request, most):
    """The raw body, counted while it comes in: nothing larger is ever held."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _status(Refused("file", f"at most {most:,} bytes", "more"), 413)
                parts.append(chunk)
    except TimeoutError:
        raise _status(Refused("file", f"all of it within {UPLOAD_SECONDS} s", f"{size:,} bytes"), 408) from None
    return b"".join(parts)


def _status(problem, status):
    problem.status = status
    return problem


def _answers(query):
    """The answers to the engine's questions that stand in the address."""
    answers = {name: query[name] for name in ANSWERS if query.get(name)}
    if "inputs" in answers:
        try:
            answers["inputs"] = [str(name) for name in json.loads(answers["inputs"])]
        except (ValueError, TypeError):
            raise Refused("inputs", 'a JSON list of column names, such as ["width", "height"]',
                          answers["inputs"]) from None
    return answers


def _json(value):
    content = to_json(value, inf_nan_mode="null", fallback=str)
    return Response(content, 200, {"cache-control": "no-store"}, "application/json")


def _file(content, name, kind):
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, 200, headers, kind)


def _npz(arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _csv(tables):
    """One table of (label, names, rows) whose words no spreadsheet takes for a formula; not known is an empty cell."""
    file, several = io.StringIO(), len(tables) > 1
    writer = csv.writer(file, lineterminator="\r\n")
    columns = list(dict.fromkeys(name for _, names, _ in tables for name in names))
    writer.writerow([*(["run"] if several else []), *map(harmless, columns)])
    for label, names, rows in tables:
        places = [names.index(name) if name in names else None for name in columns]
        for row in rows:
            cells = [np.nan if place is None else row[place] for place in places]
            writer.writerow([*([harmless(label)] if several else []), *map(_cell, columns, cells)])
    return file.getvalue()


def _cell(name, value):
    return "" if np.isnan(value) else int(value) if name == "step" else repr(float(value))


def harmless(cell):
    """Text that a spreadsheet shows rather than runs."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _arrays(data, most):
    """The arrays of an npz by name; nothing in it is executed, and nothing that unpacks too large is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > most or len(packed.infolist()) > 1_000:
                raise Refused("weights", f"at most {most:,} bytes when unpacked", "more")
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except Refused:
        raise
    except Exception as problem:
        raise Refused("weights", "an npz file of arrays", short(f"{type(problem).__name__}: {problem}"),
                      "Export weights first to see what it looks like.") from None
