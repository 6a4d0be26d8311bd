"""The tasks of the user who is signed in. Those of others do not exist."""

from uuid import UUID

from fastapi import APIRouter, HTTPException
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from taskflow.models import Task, TaskIn, TaskOut, TaskPatch, User
from taskflow.routes.deps import CurrentUser, SessionDep

router = APIRouter(prefix="/api/tasks")


async def own_task(session: AsyncSession, user: User, task_id: UUID) -> Task:
    """Load a task of this user."""
    query = select(Task).where(col(Task.id) == task_id, col(Task.owner_id) == user.id)
    task = (await session.exec(query)).one_or_none()
    if task is None:
        raise HTTPException(404, "there is no such task")
    return task


@router.get("")
async def list_tasks(user: CurrentUser, session: SessionDep) -> list[TaskOut]:
    """List all tasks, the oldest first."""
    query = select(Task).where(col(Task.owner_id) == user.id).order_by(col(Task.created_at), col(Task.id))
    return [TaskOut.model_validate(task) for task in await session.exec(query)]


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
