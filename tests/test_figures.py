"""Numbers in sentences: as the page writes them."""
import pytest

from engine.figures import figure


@pytest.mark.parametrize("value, written", [(0.012345, "0.0123"), (1234.5, "1,234"), (-2, "−2"), (1.16e18, "1.16×10¹⁸"), (-3.14e-5, "−3.14×10⁻⁵"),
                                            (1e6, "1×10⁶"), (999.4, "999"), (999999, "999,999"), (0, "0"), (float("inf"), "inf")])
def test_as_people_write_it(value, written):
    assert figure(value) == written


def test_fewer_digits():
    assert figure(0.0271828, 2) == "0.027" and figure(2.71828e-9, 2) == "2.7×10⁻⁹"
