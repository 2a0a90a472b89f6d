"""Plots are well-formed, escaped, and put values where they belong."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from rag import plots
from rag.statistics import Bin

SCRIPT = "</text><script>alert(1)</script>"


def made() -> dict[str, str]:
    return {
        "intervals": plots.intervals([plots.Estimate(SCRIPT, 0.5, 0.25, 1.0)], title=SCRIPT),
        "bars": plots.bars([(SCRIPT, [1.0, 2.0])], title=SCRIPT, unit=SCRIPT),
        "curve": plots.curve(
            [(0.5, 0.0), (1.0, 1.0)], title=SCRIPT, x_label=SCRIPT, y_label=SCRIPT, here=(0.5, 0.5)
        ),
        "calibration": plots.calibration([Bin(0.5, 0.25, 4)], title=SCRIPT),
        "empty": plots.bars([], title="nothing"),
    }


@pytest.mark.parametrize("name", ["intervals", "bars", "curve", "calibration", "empty"])
def test_every_plot_is_xml_without_a_script_of_its_labels(name) -> None:
    root = ET.fromstring(made()[name])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not [e for e in root.iter() if e.tag.endswith("script")]


def test_an_interval_lies_between_its_bounds() -> None:
    (line,) = re.findall(
        r'class="line" x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"', made()["intervals"]
    )
    (dot,) = re.findall(r'class="mark" cx="([\d.]+)"', made()["intervals"])
    # Values run from 190 to 430: .25 is 250, .5 is 310.
    assert (*map(float, line), float(dot)) == (250.0, 430.0, 310.0)


def test_bars_are_as_long_as_their_values() -> None:
    widths = dict(re.findall(r'class="(mark|soft)".*?width="([\d.]+)"', made()["bars"]))
    assert float(widths["soft"]) == 2 * float(widths["mark"])
    assert "1 / 2" not in made()["bars"]
    assert "1.00 / 2.00" in made()["bars"]
    assert ">3</text>" in plots.bars([("lost", [3])], title="counts")


def test_a_curve_runs_from_the_left_to_the_right_and_upwards() -> None:
    # 0 to 1 is 60 to 360 across, and 324 to 24 down.
    assert 'points="210.0,324.0 360.0,24.0"' in made()["curve"]
    assert '<circle class="here" cx="210.0" cy="174.0"' in made()["curve"]
