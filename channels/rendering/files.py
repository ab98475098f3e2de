"""Long code as a file of its own: what would fill more than two messages reads better so."""

import re

import msgspec

from channels.rendering import cutting
from channels.rendering.splitting import Form, Size, pieces
from channels.rendering.syntax import block_tokens
from channels.rendering.tree import Code, block_of, marked_up

MESSAGES = 2
"""Code that fits so many stays in the text."""
_NOTE = 200
"""Characters of an opening line that a caption can say; beyond, the code stays in the text."""
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_ENDINGS = {
    "bash": "sh",
    "c": "c",
    "c#": "cs",
    "c++": "cpp",
    "cpp": "cpp",
    "cs": "cs",
    "csharp": "cs",
    "css": "css",
    "csv": "csv",
    "dart": "dart",
    "diff": "diff",
    "go": "go",
    "golang": "go",
    "haskell": "hs",
    "html": "html",
    "ini": "ini",
    "java": "java",
    "javascript": "js",
    "js": "js",
    "json": "json",
    "jsx": "jsx",
    "kotlin": "kt",
    "kt": "kt",
    "latex": "tex",
    "lua": "lua",
    "markdown": "md",
    "md": "md",
    "patch": "diff",
    "perl": "pl",
    "php": "php",
    "py": "py",
    "python": "py",
    "r": "r",
    "rb": "rb",
    "rs": "rs",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "sh": "sh",
    "shell": "sh",
    "sql": "sql",
    "swift": "swift",
    "tex": "tex",
    "toml": "toml",
    "ts": "ts",
    "tsx": "tsx",
    "typescript": "ts",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yaml",
    "zsh": "sh",
}
"""How the file's name ends, by the fence's language in small letters; else `txt`."""


class CodeFile(msgspec.Struct, frozen=True):
    """`data` in UTF-8; `note`: what the opening line says beyond the language."""

    name: str
    data: bytes
    note: str = ""


def pieces_and_files(source: str, form: Form) -> list[str]:
    """Like `pieces`, but a fence of which `file_of` makes a file is one part, whole.

    Only fences that stand in no list or quotation: there, the code belongs to the words around it.
    """
    source = cutting.sanitized(source)
    if form.plain_length(source) <= _room(form).length or not (_FENCE.search(source) and marked_up(source)):
        return pieces(source, form)
    lines = source.split("\n")
    parts: list[str] = []
    done = 0
    for token in block_tokens(source):
        if token.type != "fence" or token.level or not token.map:
            continue
        start, end = token.map
        fence = "\n".join(lines[start:end])
        if file_of(fence, form):
            parts += pieces("\n".join(lines[done:start]).strip("\n"), form)
            parts.append(fence)
            done = end
    if not parts:
        return pieces(source, form)
    return parts + pieces("\n".join(lines[done:]).strip("\n"), form)


def file_of(part: str, form: Form) -> CodeFile | None:
    """The file that shows this part; None where it is text."""
    if form.plain_length(part) <= _room(form).length or not _FENCE.match(part):
        return None
    tokens = block_tokens(part)
    if len(tokens) != 1:
        return None
    code = block_of(tokens, part.split("\n"))
    if not isinstance(code, Code) or form.size([code]).within(_room(form)):
        return None
    if len(code.note) > _NOTE or not cutting.visible(code.text):
        return None
    return CodeFile(f"answer.{_ENDINGS.get(code.language.lower(), 'txt')}", f"{code.text}\n".encode(), code.note)


def _room(form: Form) -> Size:
    return Size(form.limit.length * MESSAGES, form.limit.marks * MESSAGES)
