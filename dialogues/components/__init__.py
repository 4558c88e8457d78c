"""Rasa's own components: how it understands a message, and the one door it is reached by.

They run inside Rasa's environment (Python 3.10), so nothing here imports from our other floors.
"""
