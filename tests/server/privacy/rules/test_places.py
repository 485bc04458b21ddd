"""The list of places names every table and column of the schema once: what is new fails here until it has an entry."""

from collections import Counter

from server.db.tables import metadata
from server.privacy.rules.places import BY_TABLE, NOBODYS, PLACES, OnErasure


def test_every_table_has_one_entry_with_all_its_columns() -> None:
    listed = Counter(entry.table for entry in (*PLACES, *NOBODYS))
    assert listed == Counter(metadata.tables.keys())
    columns = {entry.table: sorted(entry.columns.split()) for entry in (*PLACES, *NOBODYS)}
    assert columns == {name: sorted(table.c.keys()) for name, table in metadata.tables.items()}


def test_an_entry_names_columns_that_it_has() -> None:
    for place in PLACES:
        named = {*place.whose, *place.secret.split(), *place.blanked, *place.blanked.values()}
        named |= {place.within[0]} if place.within else set()
        assert named <= set(place.columns.split()), place.table
        assert place.whose or place.within
        assert not place.within or place.within[1] in BY_TABLE
        assert not (place.blanked and place.on_erasure is OnErasure.GOES), "what goes need not be emptied"


def test_every_reference_to_a_person_is_in_the_list() -> None:
    """Nobody's tables refer to no person, and a place is found by each column that does, unless all of it goes with
    what it belongs to."""
    for table in metadata.tables.values():
        naming = {key.parent.name for key in table.foreign_keys if key.column.table.name == "people"}
        place = BY_TABLE.get(table.name)
        whole = place is not None and place.on_erasure is OnErasure.GOES and not place.whose
        assert whole or naming <= (set(place.whose) if place else set()), table.name
