"""The same amount in another unit is no other amount."""

import re

import pytest

from rag.values import dates, excludes, numbers


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
        ("75 minutes", "one and a quarter hours"),
        ("45 minutes", "three quarters of an hour"),
        ("60 days", "two months"),
        ("2½ hours", "150 minutes"),
        ("2 ½ km", "2.5 km"),
        ("½ l", "500 ml"),
        ("half an hour", "30 minutes"),
        ("half a million", "500,000 people"),
        ("1.5 km", "1,523 m"),
        ("6 feet", "1.8 m"),
        ("5 MWh", "5,000 kilowatt hours"),
        ("60 days", "150 litres"),  # of something else
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
        ("half an hour", "45 minutes"),
        ("2½ hours", "2 hours"),
        ("half a million", "400,000 people"),
        ("1 hour", "60 days"),
        ("3.5 mm", "3,500 people"),
        ("1,000 kg", "1.02 t"),  # both exact
        ("2 hours", "100 minutes"),
        ("1 km", "1,400 m"),
        ("36 km/h", "36,000 m"),
        ("5 mW", "0.005 MW"),
        ("5G", "5,000 mg"),
    ],
)
def test_another_amount(first, second) -> None:
    (a,), (b,) = numbers(first), numbers(second)
    assert excludes(a, b, "number")


@pytest.mark.parametrize("said", ["$5m", "$5 m", "EUR 5 m", "£5 mn"])
def test_money_has_no_length(said) -> None:
    (value,) = numbers(f"It cost {said}.")
    assert (value.key, value.measure) == ("5000000", None)


@pytest.mark.parametrize("text", ["Founded 1894 L. Smith", "1943 T. S. Eliot", "1930 W. H. Auden"])
def test_initials_behind_a_year_are_no_units(text) -> None:
    assert [v.text for v in dates(text)] == re.findall(r"\d{4}", text)


@pytest.mark.parametrize("text", ["1500 ml of water", "2000 kWh", "It holds 2000 GB."])
def test_a_unit_behind_four_digits_makes_them_no_year(text) -> None:
    assert dates(text) == []
