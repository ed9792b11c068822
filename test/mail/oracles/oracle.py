"""Reads mails with Python's own email package and prints what it found: one JSON object per line.

Paths of the mails come on standard input, one a line.
"""
import email
import email.header
import email.utils
import hashlib
import json
import sys


def words(value):
    if value is None:
        return None
    try:
        text = str(email.header.make_header(email.header.decode_header(value)))
    except Exception:
        text = str(value)
    return " ".join(text.split())


def people(message, name):
    values = [str(value) for value in message.get_all(name, [])]
    if name == "from":
        values = values[:1]
    return [[words(person) or "", address] for person, address in email.utils.getaddresses(values)]


def date(message):
    value = message.get("date")
    try:
        parsed = email.utils.parsedate_tz(str(value))
        return None if parsed is None else round(email.utils.mktime_tz(parsed) * 1000)
    except Exception:
        return None


def text(part, payload):
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return payload.decode("utf-8", "replace")


def leaves(part):
    """Parts with content. Reports (message/delivery-status and the like) are left out: Python takes them apart."""
    if part.get_content_maintype() == "message" and part.get_content_subtype() not in ("rfc822", "global", "news"):
        return
    if part.is_multipart():
        for child in part.get_payload():
            yield from leaves(child)
    else:
        yield part


def read(path):
    with open(path, "rb") as file:
        message = email.message_from_bytes(file.read())
    found = {"subject": words(message.get("subject")) or "", "date": date(message)}
    found["from"] = people(message, "from")
    found["to"] = people(message, "to")
    plain = []
    attachments = []
    for part in leaves(message):
        payload = part.get_payload(decode=True) or b""
        kind = part.get_content_type()
        name = part.get_filename()
        is_text = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if not is_text or name:
            attachments.append([len(payload), hashlib.sha256(payload).hexdigest()])
        if is_text and kind == "text/plain":
            plain.append(text(part, payload))
    found["texts"] = plain
    found["attachments"] = attachments
    return found


for line in sys.stdin.read().splitlines():
    try:
        print(json.dumps(read(line)))
    except (Exception, RecursionError) as error:
        print(json.dumps({"error": type(error).__name__}))
