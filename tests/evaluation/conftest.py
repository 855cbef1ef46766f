"""The browser that tests of pages share."""

from screening.conftest import browser_page, chromium

__all__ = ["browser_page", "chromium"]
