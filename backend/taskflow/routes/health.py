"""Whether this instance can do its work."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from taskflow.services import ServicesDep

ANSWER_WITHIN: Final = 0.5
"""Seconds. A Kubernetes probe gives up after one; what is left is for the way there and back."""

router = APIRouter()


@router.get("/health")
async def health(services: ServicesDep) -> JSONResponse:
    """Answer 200 if everything required is configured and the database answers, else 503."""
    healthy = not services.settings.problems and await services.database.reachable(ANSWER_WITHIN)
    return JSONResponse({"status": "healthy" if healthy else "unhealthy"}, 200 if healthy else 503)
