"""The directive as tests: each states one claim in a sentence. They read and judge; nothing here drives anything."""
