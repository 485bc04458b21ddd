"""A web process with a hub and one page that speaks the protocol: the smallest thing that carries a call.

    python tests/signaling/small_web.py DIRECTORY PORT

News are appended to DIRECTORY/news as JSON lines.
"""

import json
import sys
from pathlib import Path

import msgspec
from aiohttp import web

from signaling.hub.hub import Hub, RelaySettings, browser_socket
from signaling.news import News
from signaling.seat import Seat

HUB = web.AppKey("hub", Hub)

PAGE = """<!doctype html><meta charset="utf-8"><title>call</title><link rel="icon" href="data:,">
<video id="far" autoplay playsinline></video>
<script>
const person = new URLSearchParams(location.search).get("person");
let socket, pc, peer, near;
const seen = {closes: [], rosters: [], entered: 0, resumed: 0, errors: []};
const say = message => socket.send(JSON.stringify(message));
const handlers = {
  hello: () => peer ? say({type: "resume", peer}) : enter(),
  entered: async message => {
    seen.entered += 1;
    peer = message.peer;
    await pc.setRemoteDescription({type: "answer", sdp: message.answer});
  },
  resumed: () => { seen.resumed += 1; },
  roster: message => seen.rosters.push(message.people),
  error: message => { seen.errors.push(message.code); if (message.code === "unknown_peer") enter(); },
  ended: () => {},
};
function connect() {
  socket = new WebSocket(`ws://${location.host}/calls/7/socket?person=${person}`);
  socket.onopen = () => say({type: "hello", version: 1});
  socket.onmessage = event => { const message = JSON.parse(event.data); handlers[message.type](message); };
  socket.onclose = event => {
    seen.closes.push(event.code);
    if (event.code !== 4000) setTimeout(connect, event.code === 4001 ? 0 : 100);
  };
}
async function enter() {
  pc?.close();
  pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  for (const track of [near.getAudioTracks()[0], near.getVideoTracks()[0]]) {
    pc.addTransceiver(track, {direction: "sendonly"});
  }
  pc.addTransceiver("video", {direction: "sendonly"});
  for (const kind of ["audio", "video", "video"]) pc.addTransceiver(kind, {direction: "recvonly"});
  const [audio, video] = pc.getTransceivers().slice(3).map(each => each.receiver.track);
  document.getElementById("far").srcObject = new MediaStream([audio, video]);
  await pc.setLocalDescription();
  say({type: "enter", offer: pc.localDescription.sdp, microphone: true, camera: true});
}
async function figures() {
  const found = {connection: seen.entered, frames: 0, energy: 0, lost: 0};
  for (const each of (await pc?.getStats() ?? new Map()).values()) {
    if (each.type !== "inbound-rtp") continue;
    if (each.kind === "video") found.frames += each.framesDecoded ?? 0;
    else found.energy += each.totalAudioEnergy ?? 0;
    found.lost += each.packetsLost ?? 0;
  }
  return found;
}
navigator.mediaDevices.getUserMedia({audio: true, video: true}).then(stream => { near = stream; connect(); });
</script>"""


def make_app(directory: Path, relays: int = 1) -> web.Application:
    """A web application with a hub whose relays announce this machine's own addresses."""
    app = web.Application()

    async def keep(news: News) -> None:
        with (directory / "news").open("a") as file:
            file.write(json.dumps({"news": type(news).__name__, **msgspec.to_builtins(news)}) + "\n")

    app[HUB] = Hub(RelaySettings(directory / "run", "", 0, relays=relays), keep)
    app.on_startup.append(start)
    # Before the server waits for open sockets to be closed by themselves, which they would not be.
    app.on_shutdown.append(stop)
    app.add_routes([web.get("/", page), web.get("/calls/{call}/socket", socket), web.get("/health", health)])
    return app


async def start(app: web.Application) -> None:
    await app[HUB].start()


async def stop(app: web.Application) -> None:
    await app[HUB].stop()


async def page(request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def health(request: web.Request) -> web.Response:
    return web.json_response(request.app[HUB].health())


async def socket(request: web.Request) -> web.WebSocketResponse:
    person = request.query["person"]
    opened = browser_socket()
    await opened.prepare(request)
    await request.app[HUB].serve(opened, Seat(request.match_info["call"], person, person.title()))
    return opened


if __name__ == "__main__":
    web.run_app(make_app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), print=lambda *_: None)
