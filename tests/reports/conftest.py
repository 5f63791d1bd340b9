"""Reports are made of the sample journals."""

from samples import allure_results, chromium, generator, journal_of, stand_in

__all__ = ["allure_results", "chromium", "generator", "journal_of", "stand_in"]
