"""What the server loads: ``uvicorn main:app``."""

import os

from taskflow.app import create_app
from taskflow.config import Settings
from taskflow.exit import EXIT_LIMIT
from taskflow.logs import configure_logging

settings = Settings.from_env(os.environ)
configure_logging(settings.secrets())
settings.report()
app = create_app(settings, exit_limit=EXIT_LIMIT)
