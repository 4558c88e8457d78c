"""The family of faults: each has a stable code and says whether trying again helps."""

from __future__ import annotations


class MindeligError(Exception):
    """Something is wrong that a rule did not foresee (fejl); the text is for people."""

    code = "fault"
    #: Whether the same call may succeed later, with nothing changed here.
    try_again = False


class UnknownMunicipalityError(MindeligError):
    """No municipality has this key or this number; check `data/municipalities/`."""

    code = "unknown_municipality"


class NotFoundError(MindeligError):
    """There is no such thing, or not in this municipality."""

    code = "not_found"


class ConflictError(MindeligError):
    """Somebody else was first; the text says who."""

    code = "conflict"


class RasaUnavailableError(MindeligError):
    """Rasa gave no answer that can be used; a person takes over."""

    code = "rasa_unavailable"
    try_again = True


class RasaSilentError(RasaUnavailableError):
    """Rasa did not answer at all, as while it starts: soon it may."""

    code = "rasa_silent"


class TextError(MindeligError):
    """A text of the catalogue is missing, or asks for a value nobody gave."""

    code = "text"


class FileUnreadableError(MindeligError):
    """A file cannot be read at all; nothing of it was taken."""

    code = "file_unreadable"


class NotConfiguredError(MindeligError):
    """A setting is needed for this and is not there; the text names it."""

    code = "not_configured"


class LetterNotTakenError(MindeligError):
    """Digital Post, or the folder it is taken from, has not taken a letter; try again later."""

    code = "letter_not_taken"
    try_again = True
