"""What goes on between those who entered one call: chat, keys, captions, and how the speaking time was shared. Pure."""

from collections.abc import Callable

from signaling.protocol.messages import Captions, CaptionsFrom, Chat, Keys, KeysFrom, Said, ServerMessage
from signaling.room.chat import ChatLog
from signaling.room.events import Command, PeerSpoke, Send
from signaling.room.participants import Participants
from signaling.room.speaking import SpeakingTally
from signaling.seat import Seat


class Conversation:
    """`unix_time` turns the seconds of `now` into unix time; `do` takes the commands that follow."""

    def __init__(
        self, participants: Participants, unix_time: Callable[[float], float], do: Callable[[Command], None]
    ) -> None:
        self._participants = participants
        self._unix_time = unix_time
        self._do = do
        self._chat = ChatLog()
        self._speaking = SpeakingTally()
        # From when on (unix time) those read the chat who get no earlier lines, by their attendance.
        self._reads_from: dict[str, float] = {}

    def catch_up(self, socket: str, now: float) -> None:
        """Tell this socket what was said and counted before, to some only since they entered."""
        seat = self._participants.sockets[socket]
        since = 0.0
        if not seat.reads_earlier:
            attendance = self._participants.seated[seat.person].attendance
            since = self._reads_from.setdefault(attendance, self._unix_time(now))
        for line in self._chat.lines:
            if line.at >= since:
                self._do(Send(socket, line))
        spoken = self._speaking.message(now)
        if spoken.people or not spoken.on:
            self._do(Send(socket, spoken))

    def take(self, seat: Seat, message: Said, now: float) -> None:
        """Take what the person in this seat says; a line goes to its sender, too. Raises Refusal: too_often."""
        if isinstance(message, Chat):
            self._tell(self._chat.add(seat, message, now, self._unix_time(now)))
        elif isinstance(message, Keys):
            self._hand_on(seat, message)
        elif isinstance(message, Captions):
            self._ask_or_answer(seat, message)
        else:
            self._switch_speaking_off(now)

    def _hand_on(self, seat: Seat, message: Keys) -> None:
        """Send what one browser says to another, which asks again for what does not come."""
        if message.to == seat.person:
            return
        receiver = self._participants.seated.get(message.to)
        sockets = self._participants.sockets_of(message.to) if receiver is None else [receiver.socket]
        for socket in filter(None, sockets):
            self._do(Send(socket, KeysFrom(seat.person, message.content)))

    def _ask_or_answer(self, seat: Seat, message: Captions) -> None:
        """Tell the one it is for, if they are in the call. Nothing is kept: readers ask again and again."""
        receiver = self._participants.seated.get(message.to)
        if receiver is not None and receiver.socket is not None and message.to != seat.person:
            self._do(Send(receiver.socket, CaptionsFrom(seat.person, message.says, message.language)))

    def spoke(self, event: PeerSpoke, now: float) -> None:
        """Add what was spoken since the last such event."""
        participant = self._participants.with_peer(event.peer)
        if participant is not None:
            self._speaking.add(participant.seat.person, event.seconds - participant.spoken, now)
            participant.spoken = event.seconds
        if self._speaking.due(now):
            self._tell(self._speaking.message(now))

    def _switch_speaking_off(self, now: float) -> None:
        """Forget the speaking times, for everybody and for the rest of the call."""
        self._speaking.switch_off()
        self._tell(self._speaking.message(now))

    def _tell(self, message: ServerMessage) -> None:
        for participant in self._participants.seated.values():
            if participant.socket is not None:
                self._do(Send(participant.socket, message))
