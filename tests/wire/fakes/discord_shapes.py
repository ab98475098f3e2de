"""Who and what there is on the Discord of our own, as its API shows it."""

from datetime import UTC, datetime
from typing import Any

TOKEN = "OTAw.do-not-show.this-token"
BOT = {"id": "900000000000000001", "username": "fake", "discriminator": "0000", "bot": True, "avatar": None, "flags": 0}
GUILD = "800000000000000001"
CHANNEL = "800000000000000002"
THREAD = "800000000000000003"
"""The bot is in it."""
OTHER_THREAD = "800000000000000004"
FORUM = "800000000000000005"
LATE = "9000000000000000000"
"""Newer than all messages: a forum names its newest thread there."""
MY_ROLE = "800000000000000006"
"""The role that Discord made for the bot."""


def moment() -> str:
    return datetime.now(UTC).isoformat()


def a_person(number: str) -> dict[str, Any]:
    return {"id": number, "username": f"person{number}", "global_name": "First", "discriminator": "0", "avatar": None}


def a_member() -> dict[str, Any]:
    return {"nick": None, "roles": [], "joined_at": moment(), "deaf": False, "mute": False, "flags": 0}


def a_thread(number: str, name: str, parent: str = CHANNEL) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "type": 11,
        "guild_id": GUILD,
        "parent_id": parent,
        "owner_id": "77",
        "message_count": 1,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": moment(),
            "locked": False,
        },
    }


def a_guild() -> dict[str, Any]:
    member = {"id": THREAD, "user_id": BOT["id"], "join_timestamp": moment(), "flags": 0}
    return {
        "id": GUILD,
        "name": "Guild",
        "preferred_locale": "pt-BR",
        "owner_id": "77",
        "member_count": 2,
        "roles": [{"id": MY_ROLE, "name": "fake", "tags": {"bot_id": BOT["id"]}}],
        "emojis": [],
        "stickers": [],
        "features": [],
        "members": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "channels": [
            {"id": CHANNEL, "type": 0, "name": "general", "position": 0, "permission_overwrites": []},
            {
                "id": FORUM,
                "type": 15,
                "name": "help",
                "position": 1,
                "permission_overwrites": [],
                "last_message_id": LATE,
            },
        ],
        "threads": [
            {**a_thread(THREAD, "ours"), "member": member},
            a_thread(OTHER_THREAD, "theirs"),
        ],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "nsfw_level": 0,
        "system_channel_flags": 0,
        "premium_progress_bar_enabled": False,
        "afk_timeout": 300,
    }
