"""The style sheet and the icon."""

import re
from pathlib import Path

import pytest
from support.shown import Site

from provstore.exporters import svg
from provstore.web.links import Links
from provstore.web.static_files import FILES

CSS = FILES["provstore.css"].decode()
LINKS = Links("http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("provstore.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml")],
)
def test_files_are_kept_for_a_year_under_an_address_of_their_own(
    site: Site, name: str, media_type: str
) -> None:
    answer = site.client.get(LINKS.static(name))
    assert answer.content == FILES[name]
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/static/0/icon.svg", "/static/x/..%2F..%2Fpages.py"])
def test_other_versions_and_other_files_are_not_there(site: Site, path: str) -> None:
    answer = site.client.get(path)
    assert answer.status_code == 404
    assert "cache-control" not in answer.headers


def test_no_other_file_of_this_version(site: Site) -> None:
    assert site.client.get(LINKS.static("pages.py")).status_code == 404


def test_one_small_style_sheet_that_loads_nothing() -> None:
    assert sorted(FILES) == ["icon.svg", "provstore.css"]
    assert len(FILES["provstore.css"]) < 12_000
    assert not re.search(r"url\(|@import|@font-face|https?:", CSS)


def test_dark_colours_stand_for_every_colour_of_the_picture() -> None:
    drawn = set(re.findall(r'"(#[0-9a-f]{6})"', Path(svg.__file__).read_text()))
    overridden = set(re.findall(r'\[(?:fill|stroke)="(#[0-9a-f]{6})"\]', CSS))
    ink = {svg._INK}  # the whole picture's, overridden on the picture
    lines = {line for _, line in svg._COLOURS.values()}  # overridden with the fill beside them
    assert overridden == drawn - ink - lines
