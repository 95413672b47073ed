"""What schemathesis has to be told about forms."""

import json

import schemathesis


@schemathesis.hook
def after_call(context, case, response):
    """Puts what the server can read in place of what was meant to be sent, once a form is sent.

    Schemathesis forgives what cannot be told apart on the wire: an empty list sends nothing at all. But its validator
    does not know the bytes of files, and takes every form that has some for invalid; and a text that is an object in
    JSON it sends just like the object.
    """
    if isinstance(case.body, dict) and case.media_type == "multipart/form-data":
        case.body = {name: as_object(as_text(value)) for name, value in case.body.items()}


def as_text(value):
    if isinstance(value, list):
        return [as_text(item) for item in value]
    content = getattr(value, "data", value)
    return content.decode(errors="replace") if isinstance(content, bytes) else value


def as_object(value):
    try:
        read = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return read if isinstance(read, dict) else value
