"""Decides what to do: calls, retries, waiting. Pure: nothing here opens a connection or sleeps."""
