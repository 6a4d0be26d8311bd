"""What the server loads: ``uvicorn main:app``."""

import os

from taskflow.app import create_app
from taskflow.config import Settings
from taskflow.logs import configure_logging

# Seconds that the process may still take once its connections are closed; uvicorn's own
# limit for running requests comes before it, and both together stay below 30.
EXIT_LIMIT = 3.0

settings = Settings.from_env(os.environ)
configure_logging(settings.secrets())
settings.report()
app = create_app(settings, exit_limit=EXIT_LIMIT)
