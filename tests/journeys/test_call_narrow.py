"""The buttons of the call on small phones, in long words and from right to left: each can be read and pressed."""

import pytest
from playwright.async_api import Page
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import people
from tests.cast import Fireside

SIZES = ((320, 568), (320, 640), (360, 740), (390, 844), (844, 390))
# All at once, as when the sound is held back and both would go on by phone.
ALL = "for (const id of ['sound', 'phone', 'screen']) document.querySelector('#' + id).hidden = false"
# What is cut off, what overlaps, and what is too small to be pressed with a thumb: in the bar, and in its menu.
FAULTS = """(() => {
  const found = [];
  const look = (buttons, fewest) => {
    const boxes = buttons.map((button) => [button.innerText, button.getBoundingClientRect()]);
    if (boxes.length < fewest) found.push('only ' + boxes.length + ' buttons');
    for (const button of buttons) {
      const label = button.querySelector('span');
      const width = Math.max(label.scrollWidth, button.scrollWidth);
      if (width > button.clientWidth) found.push('cut: ' + label.innerText);
    }
    boxes.forEach(([name, box], index) => {
      const inside = box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
      if (!inside) found.push('outside: ' + name);
      if (box.width < 44 || box.height < 44) found.push('small: ' + name);
      for (const [other, next] of boxes.slice(index + 1))
        if (box.left < next.right && next.left < box.right && box.top < next.bottom && next.top < box.bottom)
          found.push(name + ' overlaps ' + other);
    });
    return Math.min(...boxes.map(([, box]) => box.top));
  };
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((button) => button.offsetParent);
  const top = look(shown('.controls > button'), 6);
  const self = document.querySelector('.self').getBoundingClientRect();
  if (self.bottom > top) found.push('the own picture lies behind the buttons');
  document.querySelector('#more').click();
  if (look(shown('#rest button'), 5) > top) found.push('the menu is not above the bar');
  document.querySelector('#more').click();
  return found;
})()"""


@pytest.mark.parametrize("language", ["de", "ar"])
async def test_all_buttons_fit(shared_fireside: Fireside, mentee: Page, language: str) -> None:
    database = Database(f"sqlite+aiosqlite:///{shared_fireside.data / 'fireside.sqlite3'}")
    async with database.writing() as connection:
        await connection.execute(update(people).values(language=language, zone_known=True))
    await database.close()
    await mentee.goto(shared_fireside.links["booking_mentee"])
    await mentee.locator(".go button").click()
    await mentee.locator("#enter").click()
    await mentee.locator(".call[data-phase='in']").wait_for()
    found = {}
    for width, height in SIZES:
        await mentee.set_viewport_size({"width": width, "height": height})
        # What the call does at this moment may hide one of them again.
        for _ in range(5):
            await mentee.evaluate(ALL)
            # The height of the buttons is measured after the next drawing.
            await mentee.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found[width, height] = await mentee.evaluate(FAULTS)
            if not found[width, height]:
                break
    assert {size: faults for size, faults in found.items() if faults} == {}
