"""Alarms in words: what was measured, against which limit, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamtools.show.context import Context, one_line
from kamtools.show.numbers import is_missing, number, percent, window
from kamtools.words import has_message

if TYPE_CHECKING:
    from kamtools.identification import Alarm


# measured in points, days or by counting, not in per cent
PLAIN = ("fit_conflict", "too_few_rivals", "payment_stopped", "payment_slowing", "wrong_code")
UNSIGNED = (
    "terms_out_of_line",
    "single_thread",
    "stale_dossier",
    "over_limit",
    "no_lift",
)  # a part of something, not a change


def alarm_values(alarm: Alarm, context: Context) -> tuple[str, str]:
    """Return the value that raised the alarm and its threshold, as people write them."""
    if alarm.kind in PLAIN:
        return number(alarm.value, context), number(alarm.threshold, context)
    value = percent(alarm.value, context, sign=alarm.kind not in UNSIGNED)
    threshold = "" if is_missing(alarm.threshold) else percent(alarm.threshold, context, 0)
    return value, threshold


def alarm_text(alarm: Alarm, context: Context) -> str:
    """Return an alarm as a sentence."""
    value, threshold = percent(alarm.value, context), percent(alarm.threshold, context, 0)
    if alarm.kind in PLAIN:
        value, threshold = alarm_values(alarm, context)
    if alarm.kind == "sales_fall":  # said as "fell by"
        value, threshold = percent(-alarm.value, context), percent(-alarm.threshold, context, 0)
    severe = has_message("show.alarm_text", alarm.kind, alarm.severity)
    return context.say(
        "show.alarm_text",
        alarm.kind,
        *([alarm.severity] if severe else []),
        name=one_line(context.name(str(alarm.account)), 40),
        value=value,
        threshold=threshold,
        period=window(str(alarm.period or ""), context),
    )


def alarm_advice(alarm: Alarm, context: Context) -> str:
    """Return what to do about an alarm."""
    return context.say("show.alarm_do", alarm.kind) if has_message("show.alarm_do", alarm.kind) else ""
