"""Hands the runtime to an endpoint."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from outreach.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    """Return the runtime that the web app was made with."""
    return cast("Runtime", request.app.state.runtime)


RuntimeOf = Annotated[Runtime, Depends(runtime_of)]
