"""What tools/generate.py wrote."""
