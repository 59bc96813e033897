"""What is done: the only modules that speak to the network."""
