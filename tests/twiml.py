"""Checks TwiML against what Twilio documents: verbs, what stands in what, attributes, limits.

Source: https://www.twilio.com/docs/voice/twiml and the page of each verb; read November 2026.
"""

import re
import xml.etree.ElementTree as ET

#: What Twilio reads of one document.
MOST_BYTES = 64 * 1024
#: What one `<Say>` may hold.
LONGEST_SAID = 4_096
METHOD = {"GET", "POST"}
TRUTH = {"true", "false"}
NUMBER = re.compile(r"\d+")
ADDRESS = re.compile(r"https?://\S+")
E164 = re.compile(r"\+[1-9]\d{6,14}")
SECONDS_OR_AUTO = re.compile(r"\d+|auto")
LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
VOICE = re.compile(r"(?:man|woman|(?:Polly|Google)\.[\w-]+)")
KEYS = re.compile(r"[0-9*#]*")

#: Where each verb or noun may stand.
NESTING = {
    "Response": {"Dial", "Gather", "Hangup", "Pause", "Play", "Redirect", "Reject", "Say"},
    "Gather": {"Pause", "Play", "Say"},
    "Dial": {"Number"},
}
#: These end a document: what follows them is never reached.
LAST = {"Hangup", "Redirect", "Reject"}
#: What each may carry, and what its values look like.
ATTRIBUTES: dict[str, dict[str, re.Pattern[str] | set[str]]] = {
    "Response": {},
    "Say": {"voice": VOICE, "language": LANGUAGE, "loop": NUMBER},
    "Gather": {
        "input": {"dtmf", "speech", "dtmf speech", "speech dtmf"},
        "action": ADDRESS,
        "method": METHOD,
        "timeout": SECONDS_OR_AUTO,
        "speechTimeout": SECONDS_OR_AUTO,
        "maxSpeechTime": NUMBER,
        "profanityFilter": TRUTH,
        "finishOnKey": KEYS,
        "numDigits": NUMBER,
        "partialResultCallback": ADDRESS,
        "partialResultCallbackMethod": METHOD,
        "language": LANGUAGE,
        "hints": re.compile(r".+"),
        "bargeIn": TRUTH,
        "debug": TRUTH,
        "actionOnEmptyResult": TRUTH,
        "speechModel": re.compile(r"[\w-]+"),
        "enhanced": TRUTH,
    },
    "Dial": {
        "action": ADDRESS,
        "method": METHOD,
        "timeout": NUMBER,
        "timeLimit": NUMBER,
        "callerId": E164,
        "hangupOnStar": TRUTH,
        "answerOnBridge": TRUTH,
        "ringTone": re.compile(r"[a-z]{2}(?:-old)?|at|automatic"),
        "sequential": TRUTH,
    },
    "Number": {
        "url": ADDRESS,
        "method": METHOD,
        "sendDigits": re.compile(r"[0-9*#wW]+"),
        "statusCallback": ADDRESS,
        "statusCallbackMethod": METHOD,
        "statusCallbackEvent": re.compile(r"(?:initiated|ringing|answered|completed| )+"),
    },
    "Redirect": {"method": METHOD},
    "Hangup": {},
    "Pause": {"length": NUMBER},
    "Play": {"loop": NUMBER, "digits": re.compile(r"[0-9wW*#]+")},
    "Reject": {"reason": {"rejected", "busy"}},
}
TEXT = {"Say": re.compile(r"[\s\S]+"), "Number": E164, "Redirect": ADDRESS, "Play": ADDRESS}


def checked(document):
    """Return the root of a TwiML document that Twilio takes; say all that is wrong otherwise."""
    faults = list(_faults(document))
    assert faults == [], f"{faults}\n{document}"
    return ET.fromstring(document)  # noqa: S314 - our own


def faults(document):
    """Return all that is wrong with a TwiML document."""
    return list(_faults(document))


def _faults(document):
    if len(document.encode()) > MOST_BYTES:
        yield "longer than 64 kB"
    try:
        root = ET.fromstring(document)  # noqa: S314 - our own
    except ET.ParseError as fault:
        yield f"no XML: {fault}"
        return
    if root.tag != "Response":
        yield f"<{root.tag}> is no <Response>"
    yield from _within(root)


def _within(element):
    name = element.tag
    yield from _attributes(element)
    wanted = TEXT.get(name)
    text = (element.text or "").strip()
    if wanted is None and text:
        yield f"<{name}> holds text"
    if wanted is not None and not wanted.fullmatch(text):
        yield f"<{name}> holds {text!r}"
    if name == "Say" and len(text) > LONGEST_SAID:
        yield f"<Say> holds {len(text)} letters"
    children = list(element)
    for at, child in enumerate(children):
        if child.tag not in NESTING.get(name, set()):
            yield f"<{child.tag}> stands in <{name}>"
        if child.tag in LAST and at + 1 < len(children):
            yield f"<{children[at + 1].tag}> follows <{child.tag}>"
        if (child.tail or "").strip():
            yield f"text follows <{child.tag}>"
        yield from _within(child)


def _attributes(element):
    known = ATTRIBUTES.get(element.tag)
    if known is None:
        yield f"<{element.tag}> is no verb"
        return
    for name, value in element.attrib.items():
        allowed = known.get(name)
        if allowed is None:
            yield f"<{element.tag}> knows no {name}"
        elif not (value in allowed if isinstance(allowed, set) else allowed.fullmatch(value)):
            yield f"<{element.tag} {name}={value!r}>"
