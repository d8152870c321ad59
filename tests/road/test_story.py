"""What a newcomer runs first, and the page it ends with, in a real browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.road.images import NEVER_SHIPPED, Builder
from tests.tools import path_with, tool

ROOT = Path(__file__).parent.parent.parent
STOPPED_BY = {
    "A test that fails": "check",
    "A query built from values": "scan",
    "A model below its threshold": "validate",
}


@pytest.fixture(scope="module")
def page(builder: Builder) -> Iterator[Page]:
    """The page, after the story was told on a machine that can build images."""
    builder.know(NEVER_SHIPPED)
    programs = path_with("buildah", "skopeo", "trivy", "docker-registry")
    told = subprocess.run(
        [sys.executable, "scripts/demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | builder.env | {"PATH": programs},
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(tool("chromium")),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.goto((ROOT / "build" / "demo" / "index.html").as_uri())
        yield page
        browser.close()


def test_one_push_is_delivered_and_three_are_stopped_at_their_gates(page):
    outcomes = {
        section.locator("h2").inner_text(): section.locator("p span").first.inner_text()
        for section in page.locator("section").all()
    }

    assert outcomes.pop("A model that ships") == "delivered"
    assert set(outcomes) == set(STOPPED_BY)
    for name, gate in STOPPED_BY.items():
        assert outcomes[name] == f"stopped by {gate}; the manifests are untouched"


def test_what_is_delivered_is_the_digest_of_an_image_that_was_built(page):
    shipped = page.locator("section").first
    built = shipped.locator("details", has_text="gatepost image").locator("pre").text_content()
    commit = shipped.locator("h3", has_text="The commit in the manifests repository").locator("+ pre")

    [digest] = re.findall(r"digest\W+(sha256:[0-9a-f]{64})", built)
    assert f"+    digest: {digest}" in commit.text_content()
    assert shipped.get_by_role("link", name="sbom.cdx.json").count() == 1


def test_each_stopped_push_is_explained_where_it_says_why(page):
    posts = {s.locator("h2").inner_text(): s.locator(".post") for s in page.locator("section").all()}

    assert posts.pop("A model that ships").count() == 0
    assert "test_training_writes_what_the_gates_read" in posts["A test that fails"].inner_text()
    assert "churn/features.py" in posts["A query built from values"].inner_text()
    assert "is below the threshold 0.85" in posts["A model below its threshold"].inner_text()


def test_every_link_and_picture_leads_somewhere(page):
    links = page.locator("a[href]").evaluate_all("found => found.map(a => a.href)")
    pictures = page.locator("img").evaluate_all("found => found.map(i => [i.src, i.naturalWidth])")

    assert len(links) > 20
    assert pictures
    for link in links:
        parts = urlsplit(link)
        if parts.scheme == "file" and not parts.fragment:
            assert Path(unquote(parts.path)).is_file(), link
    assert [source for source, width in pictures if not width] == []


def test_the_page_fits_its_window(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
