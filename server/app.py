"""Puts the server together: routes, the socket, the page's files, the guard around them; start and end."""
import mimetypes
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, Response
from pydantic_core import to_json

from . import exports
from .connection import Connection
from .errors import Refused, explain
from .guard import Guard, names_for
from .house import House
from .page import Page

# A system's own table may know none of these, or (Windows) the wrong ones.
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".html": "text/html",
         ".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
         ".ico": "image/x-icon", ".woff2": "font/woff2", ".toml": "application/toml", ".txt": "text/plain",
         ".csv": "text/csv", ".webmanifest": "application/manifest+json"}


def json(value, status=200):
    """A JSON answer nobody stores; what is not finite becomes null."""
    return Response(to_json(value, inf_nan_mode="null", fallback=str), status, {"cache-control": "no-store"},
                    "application/json")


def create_app(settings, engine=None, tell=lambda done, total, name: None):
    """The guarded ASGI application; `.house` is what it serves, `.inside` the application without its guard."""
    if engine is None:
        import engine
    for suffix, kind in TYPES.items():
        mimetypes.add_type(kind, suffix)
    house = House(settings, engine, tell)

    @asynccontextmanager
    async def lifespan(app):
        await house.open()
        yield
        await house.close()

    app = FastAPI(title="Neural Playground", version=house.version, lifespan=lifespan,
                  docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(Refused)
    async def refused(request: Request, problem: Refused):
        return json({"ok": False, "error": problem.as_dict()}, getattr(problem, "status", 400))

    @app.exception_handler(engine.EngineError)
    async def wrong(request: Request, problem: engine.EngineError):
        return json({"ok": False, "error": explain(problem)}, 400)

    @app.exception_handler(Exception)
    async def fault(request: Request, problem: Exception):
        return JSONResponse({"ok": False, "error": explain(problem)}, 500)

    @app.get("/api/health")
    async def health():
        """Whether the server is there (200 at once) and everything is compiled."""
        warm = house.warm
        return json({"app": "neural-playground", "version": house.version, "sessions": len(house.store.sessions),
                     "ready": warm.ready, "compiled": warm.done, "total": warm.total, "name": warm.name})

    @app.get("/api/catalog")
    async def catalog():
        """Everything the engine knows, as its menus and sliders show it."""
        return json(house.catalog)

    @app.get("/api/labs")
    async def labs():
        """The shelf: what there is in teaching order, and what could not be read."""
        return json({"labs": house.shelf.labs(), "problems": house.shelf.problems})

    @app.get("/api/labs/{name}")
    async def lab(name: str):
        """One lab, whole."""
        return json(house.shelf.lab(name))

    @app.get("/api/labs/{name}/miniature")
    async def miniature(name: str, request: Request):
        """The lab's small picture, a frame; 202 while its kernels are being compiled."""
        found = await house.miniatures.of(house.shelf.lab(name))
        if found is None:
            return json({"ready": False}, 202)
        tag, frame = f'"{found[0]}"', found[1]
        headers = {"etag": tag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(None, 304, headers)
        return Response(frame, 200, headers, "application/octet-stream")

    @app.websocket("/ws")
    async def socket(websocket: WebSocket):
        """Commands, answers, events and frames."""
        await websocket.accept()

        async def receive():
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            return message["text"] if message.get("text") is not None else message.get("bytes") or b""

        async def send(message):
            if isinstance(message, bytes):
                await websocket.send_bytes(message)
            else:
                await websocket.send_text(message)

        try:
            await Connection(house, receive, send, websocket.close).serve()
        except WebSocketDisconnect:
            pass

    app.include_router(exports.router(house))
    app.mount("/", Page(directory=house.shelf.web, first=house.shelf.first_panels, html=True, check_dir=False))
    # Around everything, also around the answer to a fault, which a framework's own middleware would not see.
    guard = Guard(app, names_for(settings.host), house.shelf.web / "index.html", more=settings.allowed_hosts,
                  per_address=settings.max_connections_per_address, in_all=settings.max_connections)
    guard.house, guard.inside = house, app
    return guard
