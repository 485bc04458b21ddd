"""What goes on between those who entered one call: chat, and how the speaking time was shared. Pure."""

from collections.abc import Callable

from signaling.protocol.messages import Chat, ServerMessage
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

    def catch_up(self, socket: str, now: float) -> None:
        """Tell this socket what was said and counted before."""
        for line in self._chat.lines:
            self._do(Send(socket, line))
        spoken = self._speaking.message(now)
        if spoken.people or not spoken.on:
            self._do(Send(socket, spoken))

    def chat(self, seat: Seat, message: Chat, now: float) -> None:
        """Hand a message on to everybody, its sender too. Raises Refusal: too_often."""
        self._tell(self._chat.add(seat, message, now, self._unix_time(now)))

    def spoke(self, event: PeerSpoke, now: float) -> None:
        """Add what was spoken since the last such event."""
        participant = self._participants.with_peer(event.peer)
        if participant is not None:
            self._speaking.add(participant.seat.person, event.seconds - participant.spoken, now)
            participant.spoken = event.seconds
        if self._speaking.due(now):
            self._tell(self._speaking.message(now))

    def switch_speaking_off(self, now: float) -> None:
        """Forget the speaking times, for everybody and for the rest of the call."""
        self._speaking.switch_off()
        self._tell(self._speaking.message(now))

    def _tell(self, message: ServerMessage) -> None:
        for participant in self._participants.seated.values():
            if participant.socket is not None:
                self._do(Send(participant.socket, message))
