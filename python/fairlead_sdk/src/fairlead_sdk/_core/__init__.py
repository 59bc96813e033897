"""What is decided: calls, retries, waiting. Pure: nothing here opens a connection or sleeps."""
