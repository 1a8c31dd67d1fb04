"""The time zones that a field offers: Russia's, its neighbours', and whatever somebody has chosen already."""

COMMON = (
    *("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk"),
    *("Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok"),
    *("Asia/Magadan", "Asia/Kamchatka", "Europe/Minsk", "Asia/Almaty", "Asia/Tashkent", "Asia/Tbilisi"),
    *("Asia/Yerevan", "Asia/Baku", "Europe/Istanbul", "Asia/Dubai", "Asia/Jerusalem", "Europe/Berlin"),
    *("Europe/London", "America/New_York", "Asia/Bangkok", "UTC"),
)


def zones(chosen: str | None) -> list[str]:
    """Names of zones, the chosen one among them."""
    return [*COMMON, *([chosen] if chosen and chosen not in COMMON else [])]
