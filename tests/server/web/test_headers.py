"""Every answer carries a strict policy with a fresh nonce."""

import asyncio
import re

import aiohttp
import pytest


@pytest.mark.parametrize("path", ["/", "/home", "/nowhere", "/l/invented", "/healthz"])
async def test_every_answer_has_them(mentor, path):
    policies = set()
    for _ in range(2):
        await mentor.get(path)
        policies.add(mentor.headers["Content-Security-Policy"])
        assert mentor.headers["X-Content-Type-Options"] == "nosniff"
        assert mentor.headers["Cache-Control"] == "no-store"
        assert "Server" not in mentor.headers
    assert len(policies) == 2
    assert all("default-src 'none'" in policy and "unsafe" not in policy for policy in policies)


async def test_what_aiohttp_refuses_by_itself_has_them_too(site):
    host, _, port = site.base_url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nExpect: nothing\r\nConnection: close\r\n\r\n")
    answer = (await asyncio.wait_for(reader.read(), 60)).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 417")
    assert "Content-Security-Policy: default-src 'none'" in answer


async def test_the_redirection_after_a_decision_has_them_too(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    fields = re.findall(r'name="(csrf|wording)" value="([^"]*)"', mentee.text)
    async with mentee.session.post(
        f"{mentee.base_url}/offers/{offer.id}/refusal", data=aiohttp.FormData(fields), allow_redirects=False
    ) as response:
        assert response.status == 303
        assert "Content-Security-Policy" in response.headers


async def test_what_a_page_at_a_links_address_loads_does_not_name_the_link(nobody, pair):
    """A proxy may log which page a request came from."""
    for path, policy in (("/l/invented", "strict-origin"), ("/g/7.invented", "strict-origin"), ("/", "same-origin")):
        await nobody.get(path)
        assert nobody.headers["Referrer-Policy"] == policy
