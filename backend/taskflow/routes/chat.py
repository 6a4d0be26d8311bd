"""The assistant."""

from fastapi import APIRouter, HTTPException

from taskflow.chat import AssistantError, TaskTools
from taskflow.models import ChatIn, ChatOut
from taskflow.routes.deps import UserId, load_user
from taskflow.services import ServicesDep

router = APIRouter(prefix="/api/chat")


@router.post("")
async def chat(body: ChatIn, user_id: UserId, services: ServicesDep) -> ChatOut:
    """Answer a message, with the user's tasks at hand."""
    # No session is held while the model thinks.
    async with services.database.session() as session:
        user = await load_user(session, user_id)
    if services.assistant is None:
        raise HTTPException(503, "the assistant is not configured")
    tools = TaskTools(services.database, user.id)
    try:
        reply = await services.assistant.answer(body.message, tools)
    except AssistantError as error:
        raise HTTPException(error.status, str(error)) from None
    return ChatOut(reply=reply, tasks_changed=tools.changed)
