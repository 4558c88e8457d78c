"""Answers faults: a stable code and a sentence, never a traceback, never what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from outreach.errors import MindeligError

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from pydantic_core import ErrorDetails

log = structlog.get_logger(__name__)

#: HTTP status of each code that is not simply "wrong here" (500).
STATUS = {
    "unknown_municipality": 404,
    "not_found": 404,
    "conflict": 409,
    "not_agreed": 404,
    "not_configured": 503,
    "rasa_unavailable": 503,
}
TRY_AGAIN_SECONDS = "10"


class RefusedAtDoorError(MindeligError):
    """What was sent is not taken; `status` and `code` say why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def install(app: FastAPI) -> None:
    """Answer every fault of the app in one way."""
    app.add_exception_handler(MindeligError, _fault)
    app.add_exception_handler(RequestValidationError, _malformed)
    for down in (OperationalError, InterfaceError, PoolTimeoutError):
        app.add_exception_handler(down, _database_down)
    app.add_exception_handler(Exception, _unforeseen)


def answer(status: int, code: str, message: str) -> JSONResponse:
    """Write an error as everybody gets it."""
    headers = {"Retry-After": TRY_AGAIN_SECONDS} if status == 503 else None  # noqa: PLR2004
    return JSONResponse({"code": code, "message": message}, status_code=status, headers=headers)


def explain(errors: list[ErrorDetails]) -> str:
    """Name each wrong field and what is wrong with it, without showing what was in it."""
    return "; ".join(
        f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in errors
    )


async def _fault(request: Request, fault: Exception) -> JSONResponse:
    error = cast("MindeligError", fault)
    status = getattr(error, "status", None) or STATUS.get(error.code, 500)
    log.warning("refused", code=error.code, status=status, path=request.url.path)
    return answer(status, error.code, str(error))


async def _malformed(request: Request, fault: Exception) -> JSONResponse:
    errors = cast("RequestValidationError", fault).errors()
    log.warning("malformed", path=request.url.path, fields=[error["loc"] for error in errors])
    return answer(422, "malformed", explain(list(errors)))


async def _database_down(request: Request, fault: Exception) -> JSONResponse:
    log.error("database_unavailable", path=request.url.path, fault=type(fault).__name__)
    return answer(503, "database_unavailable", "The database cannot be reached; try again.")


async def _unforeseen(request: Request, fault: Exception) -> JSONResponse:
    log.error("unforeseen", path=request.url.path, exc_info=fault)
    return answer(500, "fault", "Something went wrong here; it has been noted.")
