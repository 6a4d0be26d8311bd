"""The taskflow backend: accounts, tasks and an assistant over HTTP."""
