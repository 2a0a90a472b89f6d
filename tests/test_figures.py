"""The table of the fault harnesses: bounds by hand, and rows that replace each other."""

from __future__ import annotations

import pytest

from tests.faults.__main__ import merged, row
from tests.faults.figures import Figure, upper_bound


@pytest.mark.parametrize(("wrong", "n"), [(0, 300), (0, 1000), (0, 2000)])
def test_none_wrong_proves_about_three_of_n(wrong, n):
    # (1 - p) ** n = 0.05, so p = 1 - 0.05 ** (1 / n)
    assert upper_bound(wrong, n) == pytest.approx(1 - 0.05 ** (1 / n), rel=1e-6)
    assert upper_bound(wrong, n) == pytest.approx(3 / n, rel=0.01)


def test_a_bound_of_some_wrong():
    # Clopper and Pearson, one-sided: 2 of 10 gives 0.507 (their tables)
    assert upper_bound(2, 10) == pytest.approx(0.5069, abs=1e-4)
    assert upper_bound(5, 5) == upper_bound(0, 0) == 1


def test_rows_of_one_name_replace_each_other_and_others_stay():
    first = merged("", [Figure("a", 10, 0, 1.0), Figure("b", 20, 1, 2.0, "seen", "control")])
    second = merged(first, [Figure("a", 1000, 0, 3.4)])
    assert row(Figure("a", 1000, 0, 3.4)) == "| a | 1,000 | 0 | 0.30% | 3 |  |  |"
    assert second.count("\n| a |") == second.count("\n| b |") == 1
    assert "| a | 1,000 | 0 | 0.30% | 3 |  |  |" in second
    assert "| b | 20 | 1 | 21.61% | 2 | seen | control |" in second
