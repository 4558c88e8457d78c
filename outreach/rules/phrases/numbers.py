"""Reads numbers in words (talord): "femhundrede" is 500, "halvanden tusind" 1500, "en plovmand" 500."""

from __future__ import annotations

import re
from fractions import Fraction

from text_to_num import text2num

from data.phrases.folding import fold
