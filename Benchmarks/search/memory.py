"""What the system says a process holds in memory."""


def resident(process="self"):
    """Bytes: all resident pages, those that belong to no file, and the most that was ever resident."""
    names = {"VmRSS": "resident", "RssAnon": "anonymous", "VmHWM": "peak"}
    facts = {}
    with open(f"/proc/{process}/status") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name in names:
                facts[names[name]] = int(value.split()[0]) * 1024
    return facts
