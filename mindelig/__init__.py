"""The roof: the commands that put the floors together and start them."""
