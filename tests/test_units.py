"""The same amount in another unit is no other amount."""

import pytest

from rag.values import excludes, numbers


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1.5 km long", "1,500 m"),
        ("2.5kg", "2,500 grams"),
        ("18 months", "one and a half years"),
        ("5 miles", "8 km"),
        ("2 million tonnes", "2 billion kg"),
        ("1 ha", "10,000 m²"),
        ("10 square kilometres", "1,000 hectares"),
        ("a 1.5-litre bottle", "1500 ml"),
        ("90 minutes", "1.5 hours"),
        ("0.5 GW", "500MW"),
    ],
)
def test_same_in_another_unit(first, second) -> None:
    (a,), (b,) = numbers(first), numbers(second)
    assert not excludes(a, b, "number")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("20 kg", "20.2 kg"),  # nobody converted, nobody rounded
        ("5 miles", "9 km"),
        ("10 m", "1 km"),
        ("1.5 km", "1,500 kg"),
        ("1 hour", "60 days"),
        ("2 m high", "200 m²"),
        ("3.5 mm", "3,500 people"),
    ],
)
def test_another_amount(first, second) -> None:
    (a,), (b,) = numbers(first), numbers(second)
    assert excludes(a, b, "number")


def test_money_has_no_length() -> None:
    (value,) = numbers("It cost $5m.")
    assert (value.key, value.measure) == ("5000000", None)
