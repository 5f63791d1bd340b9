"""The text of a file that an option names."""

from pathlib import Path

from ramp.validation import Invalid


def text_of(file: Path, option: str) -> str:
    """What is in `file`, which is named by `option`. Raises Invalid."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        problem = f"cannot be read ({why}); name the {option} file with --{option}=FILE"
        raise Invalid(str(file), [problem]) from None
    if text.startswith("\ufeff"):
        raise Invalid(str(file), ["begins with a byte-order mark (BOM); save it as UTF-8 without one"])
    return text
