"""Whom a citizen can turn to, and what the municipality asks them (vejledning)."""

from __future__ import annotations

from datetime import date

from data.municipalities.blocks import Phone, Words
from data.yaml_files import Block, Source


class Line(Block):
    """Somebody people can call (telefonnummer), by the name they know them by."""

    name: Words
    number: Phone


class Guidance(Block):
    """Whom a citizen can turn to besides the assistant (vejledning, forvaltningsloven § 7)."""

    #: Who reads a complaint first, as in "the head of the collections office reads it".
    complaints: Words
    #: The municipality's independent adviser (borgerrådgiver); none: it has none, or none is known.
    adviser: Line | None = None
    #: Questions about personal data (databeskyttelsesrådgiver, DPO).
    data_protection: Line
    #: All errands that are not ours (borgerservice).
    citizen_service: Line
    #: Help with a bill (enkeltydelser, aktivloven § 81).
    benefits: Line
    #: Who knows where advice on debt is free and independent (gratis gældsrådgivning).
    debt_advice: Line
    source: Source
    #: When somebody at the municipality confirmed them; null: starting values.
    verified_on: date | None


class Satisfaction(Block):
    """Whether a citizen is asked how it went once a talk has ended (tilfredshed, F33)."""

    asked: bool
    source: Source
