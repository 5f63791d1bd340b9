"""What tells people: the journal, and its projections for terminal, page, Allure and #ship-room."""
