"""What a canary does for a while, and what is missing of it: changes of the sound release of `ramp_of`."""

from dataclasses import replace

SLOW, COLD, FAILING, COSTLY = {"slow": 60}, {"cache_hits": 800}, {"errors": 20}, {"cost_usd": 270.0}


def until(minute, during, later):
    """Counters and gauges that add `during` up to `minute` and `later` from then on."""
    return {name: lambda now, name=name: (during if now <= minute else later)[name] for name in during}


def healthy(change):
    sound = {"slow": 20, "cache_hits": 950, "errors": 1, "cost_usd": 250.0, "cost_usd_squared": 251.0}
    return {name: (sound | {"db_cpu_ratio": 0.4})[name] for name in change}


def blinded(seen, names, minutes):
    """The canary without `names` in those minutes."""
    ats = {seen[0].at + (seen[2].at - seen[0].at) * minute for minute in minutes}

    def kept(values):
        return {name: value for name, value in values.items() if name not in names}

    return [
        replace(one, counters=kept(one.counters), gauges=kept(one.gauges))
        if one.slice == "canary" and one.at in ats
        else one
        for one in seen
    ]
