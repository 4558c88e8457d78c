"""What no text for a citizen may do: threaten, blame, tire the reader, or speak officialese.

The readability index (læsbarhedsindeks, LIX; Björnsson 1968) is the words a sentence has plus the
long words in a hundred: below 25 for children, 30 to 40 for newspapers, above 50 for statutes.
"""

import re

#: Words a sentence may have; in what is filled in, dates and names of offices make it longer.
LONGEST_SENTENCE, LONGEST_IN_A_LETTER = 20, 30
#: How hard to read a text of two sentences or more may be; a word with more letters is long.
HARDEST, ENOUGH_SENTENCES, LONG_WORD = 35, 2, 6

#: What debt collection is blamed for (Inkassobetænkningen's list; domain research, 4.1), and the
#: orders and officialese that keeps people from understanding a letter.
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
    "gives orders": r"\b(du|i) (skal|skulle)\b(?! ikke)|\bskal du\b(?! ikke)"
    r"|\byou (must|shall|should|have to)\b|\byou are (required|obliged)\b",
    "is officialese": r"\b(herved|hermed|såfremt|ovennævnte|undertegnede|i henhold til|i medfør af"
    r"|fremsende\w*|anmod\w*|foranledig\w*|vedlagte|imødese\w*|vedrørende|såvel|pågældende"
    r"|førnævnte|nærværende|endvidere|desuagtet|bedes|restance\w*|debitor|kreditor|skyldner\w*"
    r"|fordring\w*|forfald\w*|rettidig\w*|iværksæt\w*|effektuer\w*|misligh\w*|påkrav\w*"
    r"|efterkomme\w*|jf|tilsidesæt\w*|udeblivelse\w*"
    r"|hereby|herewith|herein|thereof|whereas|aforementioned|aforesaid|pursuant to|henceforth"
    r"|notwithstanding|remit\w*|delinquen\w*|arrears|creditor(?! number)|debtor(?! group)"
    r"|commence\w*|in respect of|in accordance with|forthwith|comply|liable)\b",
    "shouts": r"!",
}
#: Words that people write to us stand in capitals, and so do what is called by its letters.
CAPITALS = {
    *("AI", "CPR", "CVR", "PBS", "JA", "NEJ", "YES", "NO", "STOP", "START", "MENNESKE", "HUMAN"),
    *("KODE", "CODE"),
    *("SMS", "ID", "KR", "FI", "EAN", "IT", "SFO"),
    *("KI", "DI"),  # AI in German and Lithuanian
}


#: Who the creditor is must be said, in these words, in a letter that asks for money.
LAW_ASKS_FOR = ("som er kreditor", "which is the creditor")


def faults(text):
    """Name all that a text does which none of ours may."""
    for formula in LAW_ASKS_FOR:
        text = text.replace(formula, "")
    found = [name for name, bad in BAD_PRACTICE.items() if re.search(bad, text, re.IGNORECASE)]
    shouted = set(re.findall(r"\b[A-ZÆØÅ]{2,}\b", text)) - CAPITALS
    if shouted:
        found.append(f"shouts {', '.join(sorted(shouted))}")
    return found


_SHORT = r"(?<!\bkr\.)(?<!\bkl\.)(?<!\bca\.)(?<!\bnr\.)(?<!\bstk\.)(?<!\btlf\.)(?<!\btel\.)"
#: A sentence ends with a line or before what is no small letter: not in "kl. 15" or "1. maj".
END_OF_SENTENCE = re.compile(rf"(?<=[.!?:؟]){_SHORT}\s+(?![a-zæøå])|(?<=\bkr\.)\s+(?=[A-ZÆØÅ])|\n+")
FULL_STOP = re.compile(r"[.!?](\s|$)")
WORD = re.compile(r"[^\W_]+(?:[-'’.,/‌][^\W_]+)*")


def sentences(text):
    """Return the sentences of a text that hold a word; a colon ends one, as LIX has it."""
    return [part for part in END_OF_SENTENCE.split(text) if WORD.search(part)]


def long_sentences(text, most=LONGEST_SENTENCE):
    """Return the sentences of a text that are too long to understand at once."""
    return [one for one in sentences(text) if len(WORD.findall(one)) > most]


def lix(text):
    """Return the readability index of a text, rounded; of no words it is 0."""
    words = WORD.findall(text)
    if not words:
        return 0
    long = sum(len(word) > LONG_WORD for word in words)
    return round(len(words) / len(sentences(text)) + 100 * long / len(words))


def is_hard_to_read(text):
    """Tell whether a text is harder than the house allows; one sentence is too little to weigh."""
    return len(FULL_STOP.findall(text)) >= ENOUGH_SENTENCES and lix(text) > HARDEST
