"""The small `fairlead` command, for people without Node."""
