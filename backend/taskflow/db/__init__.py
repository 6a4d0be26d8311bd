"""The database: connections that cannot hang, and tables that are complete before anything is healthy.

- ``connection``: one connection; every wait for the server has a limit inside of the driver
- ``failures``: what went wrong, in words that quote nothing of the configuration
- ``schema``: what the tables must have, and the way there
- ``migrations``: the steps of that way, one file each (Alembic)
- ``probe``: whether the database answers and is complete, however many ask
- ``database``: all of it for the application

Everything runs on the event loop; no thread can be held by a query.
"""

from taskflow.db.database import Database
from taskflow.db.failures import DatabaseUnavailableError

__all__ = ["Database", "DatabaseUnavailableError"]
