"""The part of a booking's page that changes while the page is open; its script asks for it again and again."""

from aiohttp import web

from server.catchups.queries.booking_news import read_booking_news
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    app = request.app
    news = await read_booking_news(
        app[DATABASE], visitor_of(request), id_of(request), app[SETTINGS].join_window, app[CLOCK]()
    )
    return page(request, "catchups/booking/news.html", **fields_of(news))
