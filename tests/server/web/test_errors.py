"""A fault of ours is a page, without a trace of its inside."""


async def test_a_fault_is_a_page_without_a_stack_trace(mentor, monkeypatch):
    async def fail(*_):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("server.web.home.mentorships_of", fail)
    await mentor.get("/home")
    assert mentor.status == 500
    assert "on our side" in mentor.text
    assert "inside" not in mentor.text
    assert "Traceback" not in mentor.text
