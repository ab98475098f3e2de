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


def moment() -> str:
    return datetime.now(UTC).isoformat()


def a_person(number: str) -> dict[str, Any]:
    return {"id": number, "username": f"person{number}", "global_name": "First", "discriminator": "0", "avatar": None}


def a_member() -> dict[str, Any]:
    return {"nick": None, "roles": [], "joined_at": moment(), "deaf": False, "mute": False, "flags": 0}


def a_guild() -> dict[str, Any]:
    thread = {
        "type": 11,
        "guild_id": GUILD,
        "parent_id": CHANNEL,
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
    member = {"id": THREAD, "user_id": BOT["id"], "join_timestamp": moment(), "flags": 0}
    return {
        "id": GUILD,
        "name": "Guild",
        "preferred_locale": "pt-BR",
        "owner_id": "77",
        "member_count": 2,
        "roles": [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "members": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "channels": [{"id": CHANNEL, "type": 0, "name": "general", "position": 0, "permission_overwrites": []}],
        "threads": [
            {**thread, "id": THREAD, "name": "ours", "member": member},
            {**thread, "id": OTHER_THREAD, "name": "theirs"},
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
