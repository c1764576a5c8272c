"""The course as data: one folder an item.

- ``item.toml``: what the item is, its form, its exercises, all its words (:mod:`kamtools.declared`).
- ``lesson.md``: its lesson in both languages, and what is shown on the account's data.
- ``exercises.py``: the functions that its exercises name, where there are any.

``docs/authoring.md`` shows how an item is added.
"""
