"""Numbers as people write them, for sentences about a run."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def figure(value, digits=3):
    """A number with so many digits that count: 0.0123, 1,235, 3.1×10⁻⁵, −2."""
    if 1000 <= abs(value) < 1e6:
        written = f"{value:,.0f}"
    else:
        written, _, power = f"{value:.{digits}g}".partition("e")
        if power:
            return f"{written}×10{str(int(power)).translate(RAISED)}".replace("-", "−")
    return written.replace("-", "−")
