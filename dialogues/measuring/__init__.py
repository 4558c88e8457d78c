"""Measures the classifier inside Rasa's environment, for `make nlu-report`."""
