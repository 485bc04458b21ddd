"""The page of an import that was made."""


async def test_an_import_that_never_was_is_not_found(coordinator):
    assert (await coordinator.get("/admin/imports/999999")).status == 404
