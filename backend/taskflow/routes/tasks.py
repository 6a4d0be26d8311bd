"""The tasks of the user who is signed in. Those of others do not exist."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Response
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from taskflow.models import Task, TaskIn, TaskOut, TaskPatch, User
from taskflow.routes.deps import CurrentUser, SessionDep
from taskflow.task_list import MAX_PAGE, Cursor, read_page

router = APIRouter(prefix="/api/tasks")


async def own_task(session: AsyncSession, user: User, task_id: UUID) -> Task:
    """Load a task of this user."""
    query = select(Task).where(col(Task.id) == task_id, col(Task.owner_id) == user.id)
    task = (await session.exec(query)).one_or_none()
    if task is None:
        raise HTTPException(404, "there is no such task")
    return task


Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@router.get("")
async def list_tasks(
    user: CurrentUser,
    session: SessionDep,
    response: Response,
    limit: Limit = MAX_PAGE,
    before: str | None = None,
) -> list[TaskOut]:
    """List the newest tasks, the oldest of them first. The header ``Link`` leads to the page before."""
    try:
        place = None if before is None else Cursor.parse(before)
    except ValueError as error:
        raise HTTPException(422, f"before: {error}") from None
    page = await read_page(session, user.id, limit, place)
    if page.earlier is not None:
        response.headers["Link"] = f'<{router.prefix}?limit={limit}&before={page.earlier}>; rel="prev"'
    return [TaskOut.model_validate(task) for task in page.tasks]


@router.post("", status_code=201)
async def create_task(body: TaskIn, user: CurrentUser, session: SessionDep) -> TaskOut:
    """Add a task."""
    task = Task(owner_id=user.id, title=body.title)
    session.add(task)
    await session.commit()
    return TaskOut.model_validate(task)


@router.get("/{task_id}")
async def get_task(task_id: UUID, user: CurrentUser, session: SessionDep) -> TaskOut:
    """Show one task."""
    return TaskOut.model_validate(await own_task(session, user, task_id))


@router.patch("/{task_id}")
async def change_task(task_id: UUID, body: TaskPatch, user: CurrentUser, session: SessionDep) -> TaskOut:
    """Change the title, the state or both."""
    task = await own_task(session, user, task_id)
    if body.title is not None:
        task.title = body.title
    if body.done is not None:
        task.done = body.done
    await session.commit()
    return TaskOut.model_validate(task)


@router.delete("/{task_id}", status_code=204)
async def delete_task(task_id: UUID, user: CurrentUser, session: SessionDep) -> None:
    """Remove a task."""
    await session.delete(await own_task(session, user, task_id))
    await session.commit()
