"""What no text for a citizen may do: threaten, blame, or say plain things in officialese."""

import re

#: Words a sentence may have; in a letter dates and the names of offices are filled in.
LONGEST_SENTENCE, LONGEST_IN_A_LETTER = 24, 30

#: What debt collection is blamed for (Inkassobetænkningen's list; domain research, 4.1), and the
#: officialese that keeps people from understanding a letter.
BAD_PRACTICE = {
    "threatens with the police": r"\bpoliti(et|anmeld\w*)?\b|\bpolice\b|report you\b",
    "speaks loosely of credit bureaus": r"\bRKI\b|skyldnerregist|debitorregist|credit (bureau|rat)",
    "brings in the employer": r"arbejdsgiver|\bchef\b|employer|your boss",
    "brings in the family": r"din(e)? (familie|pårørende|naboer)|your (family|relatives|neighbo)",
    "threatens with the childcare place": r"mist\w+ .{0,20}plads|udmeld"
    r"|lose .{0,20}(place|childcare)",
    "gives an ultimatum": r"sidste (chance|advarsel)|uden (yderligere|videre) varsel|omgående"
    r"|øjeblikkelig|ellers (vil|skal|bliver|må)|last (chance|warning)|final (warning|demand)"
    r"|without further notice|or else\b|failure to (pay|respond)|at once, or",
    "threatens with a court": r"inkasso|fogedret|retslige skridt|retsforfølg|sagsøg"
    r"|stævne\b|straffe|debt collector|legal action|prosecut|take you to court|\bsue\b",
    "lays blame": r"din egen (skyld|fejl)|skamme|\bflov\b|uansvarlig|ansvarsløs|forsøm|\bburde\b"
    r"|du har (glemt|undladt)|your (own )?fault|asham|irresponsib|you should have"
    r"|you have (failed|neg)",
    "predicts what the state will do to this person": r"\bdin løn\b|your (wages|salary)\b"
    r"|du får udlæg|dine (ejendele|ting)|your belongings|gældsstyrelsen vil .{0,20}\bdig\b",
    "is officialese": r"\b(herved|hermed|såfremt|ovennævnte|undertegnede|i henhold til|i medfør af"
    r"|fremsende\w*|anmodes|foranledig\w*|vedlagte|imødese\w*|hereby|herewith|aforementioned"
    r"|pursuant to|henceforth)\b",
    "shouts": r"!",
}
#: Words that people write to us stand in capitals, and so do what is called by its letters.
CAPITALS = {
    *("AI", "CPR", "CVR", "PBS", "JA", "NEJ", "YES", "NO", "STOP", "START", "MENNESKE", "HUMAN"),
    *("SMS", "ID", "KR", "FI", "EAN", "IT"),
}


def faults(text):
    """Name all that a text does which none of ours may."""
    found = [name for name, bad in BAD_PRACTICE.items() if re.search(bad, text, re.IGNORECASE)]
    shouted = set(re.findall(r"\b[A-ZÆØÅ]{2,}\b", text)) - CAPITALS
    if shouted:
        found.append(f"shouts {', '.join(sorted(shouted))}")
    return found


def long_sentences(text, most=LONGEST_SENTENCE):
    """Return the sentences of a text that are too long to understand at once."""
    parts = re.split(r"(?<=[.!?:])\s+|\n", text)
    return [sentence for sentence in parts if len(sentence.split()) > most]
