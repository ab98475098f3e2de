"""Files that a bot sends, on the Telegram of our own: photos, documents and albums, uploaded as a form."""

from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import Any

import msgspec

from tests.wire.fakes.books import Books, Shown
from tests.wire.fakes.http import Exchange
from tests.wire.fakes.people import object_of
from tests.wire.fakes.telegram_account import Refusal

PHOTO_AT_MOST, FILE_AT_MOST = 10_000_000, 50_000_000
CAPTION = 1024
"""UTF-16 units."""
ALBUM = range(2, 11)


class Upload(msgspec.Struct, frozen=True):
    """A file in a form. As a parameter it is known by the name of its field."""

    name: str
    media_type: str
    data: bytes


class Uploads:
    """sendPhoto, sendDocument, sendMediaGroup."""

    books: Books
    _message_id: int

    def _chat(self, parameters: Mapping[str, Any]) -> int:
        raise NotImplementedError

    def _slow_down(self, chat: int) -> None:
        raise NotImplementedError

    def _message(self, shown: Shown) -> bytes:
        raise NotImplementedError

    def __init__(self) -> None:
        self.sent_files: dict[tuple[int, int], tuple[str, Upload]] = {}
        """`photo` or `document`, and the file, by chat and message id."""

    def _send_photo(self, parameters: Mapping[str, Any]) -> bytes:
        return self._message(self._stands(self._chat(parameters), "photo", self._uploaded(parameters, "photo")))

    def _send_document(self, parameters: Mapping[str, Any]) -> bytes:
        return self._message(self._stands(self._chat(parameters), "document", self._uploaded(parameters, "document")))

    def _send_media_group(self, parameters: Mapping[str, Any]) -> bytes:
        chat, album = self._chat(parameters), object_of(parameters["media"])
        if len(album) not in ALBUM:
            raise Refusal(400, "Bad Request: there must be 2 to 10 items in an album")
        if len({each["type"] in ("photo", "video") for each in album}) > 1:
            raise Refusal(400, "Bad Request: documents can't be mixed with other media types")
        files = [(each["type"], self._uploaded(parameters, each["media"].removeprefix("attach://"))) for each in album]
        messages = [self._message(self._stands(chat, kind, file)) for kind, file in files]
        results = [msgspec.json.decode(each)["result"] for each in messages]
        return msgspec.json.encode({"ok": True, "result": results})

    def _captioned(self, parameters: Mapping[str, Any]) -> tuple[Upload, str, list[dict[str, Any]]]:
        """The document that is to replace what a message shows, its caption and the entities of that."""
        media = object_of(parameters["media"])
        if media["type"] != "document":
            raise Refusal(400, "Bad Request: this bot is known to send documents here")
        file = self._uploaded(parameters, media["media"].removeprefix("attach://"))
        if len(file.data) > FILE_AT_MOST:
            raise Refusal(413, "Request Entity Too Large")
        caption = str(media.get("caption", ""))
        if len(caption.encode("utf-16-le")) > 2 * CAPTION:
            raise Refusal(400, "Bad Request: message caption is too long")
        return file, caption, media.get("caption_entities", [])

    def _uploaded(self, parameters: Mapping[str, Any], field: str) -> Upload:
        file = parameters.get("_files", {}).get(field)
        if file is None:
            raise Refusal(400, "Bad Request: wrong remote file identifier specified")
        if not file.data:
            raise Refusal(400, "Bad Request: file must be non-empty")
        return file

    def _stands(self, chat: int, kind: str, file: Upload) -> Shown:
        if kind == "photo" and not file.data.startswith(b"\x89PNG"):
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        if len(file.data) > (PHOTO_AT_MOST if kind == "photo" else FILE_AT_MOST):
            raise Refusal(413, "Request Entity Too Large")
        self._slow_down(chat)
        self._message_id += 1
        self.sent_files[chat, self._message_id] = kind, file
        return self.books.shows(chat, self._message_id, f"[{kind} {file.name}]")


def form_of(exchange: Exchange) -> tuple[dict[str, str], dict[str, Upload]]:
    """Fields and files of a multipart body."""
    head = b"Content-Type: " + exchange.headers[b"content-type"] + b"\r\n\r\n"
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in message_from_bytes(head + exchange.body).get_payload():
        assert isinstance(part, Message)
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        if filename := part.get_filename():
            files[name] = Upload(filename, part.get_content_type(), data)
        else:
            fields[name] = data.decode()
    return fields, files
