"""/reload: regions.toml read anew, in every process."""

from hub.commands.command import Call, Told, command, for_the_hub


async def _reload(call: Call) -> Told:
    problem, changes = call.steering.reload_everywhere(call.caller.id)
    if problem:
        return Told(f"Nothing was changed:\n{problem}")
    return Told("regions.toml was read anew and is in force; other processes follow within seconds.", tuple(changes))


RELOAD = command("reload", "Read the settings anew, in every process", _reload, role="operator", needs=for_the_hub)
