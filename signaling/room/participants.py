"""Who is in a call, and in which slot each sees whom. Pure state; attendances.py and room.py change it."""

from dataclasses import dataclass, field

from signaling.protocol.messages import Presence, Roster, RosterEntry
from signaling.quality import Grade
from signaling.seat import Seat


@dataclass(slots=True)
class Participant:
    """A person who has taken a seat. `last_heard`: when their browser was last known to live, unless it lives now.

    `phone`: they would like to go on by phone; `hand`: they raised a hand; `sound_only`: they want no pictures;
    `encrypts`: their browser can encrypt end to end.
    `spoken`: for how many seconds they spoke over this peer.
    """

    seat: Seat
    attendance: str
    socket: str | None
    peer: str | None
    last_heard: float
    quiet: bool = False
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    connection: Grade = ""
    phone: bool = False
    hand: bool = False
    sound_only: bool = False
    encrypts: bool = False
    spoken: float = 0.0

    @property
    def flowing(self) -> bool:
        return self.peer is not None and not self.quiet

    @property
    def here(self) -> Presence:
        return "in" if self.socket is not None and self.flowing else "reconnecting"

    @property
    def missing(self) -> bool:
        return self.socket is None and not self.flowing

    def set_state(self, microphone: bool, camera: bool, screen: bool) -> None:
        """What is on, as far as the seat allows it."""
        self.microphone = microphone and self.seat.may_speak
        self.camera = camera and self.seat.may_show
        self.screen = screen and self.seat.may_show


@dataclass(slots=True)
class Participants:
    """`sockets`: the seat of each browser socket that said hello. `seated`: by person, everybody with a seat taken.

    `views`: by person, who is seen in which of their slots; everybody with a socket or a seat has one.
    """

    seats: int
    sockets: dict[str, Seat] = field(default_factory=dict)
    seated: dict[str, Participant] = field(default_factory=dict)
    views: dict[str, list[str | None]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.sockets and not self.seated

    def add_socket(self, socket: str, seat: Seat) -> None:
        """A browser said hello."""
        self.sockets[socket] = seat
        if seat.person not in self.views:
            self.views[seat.person] = [None] * (self.seats - 1)
            self._fill_views()

    def add(self, participant: Participant) -> None:
        """A person takes a seat, and the first free slot in each other's view."""
        self.seated[participant.seat.person] = participant
        self._fill_views()

    def remove(self, person: str) -> None:
        """A person gives the seat up; their slots go to people who have none."""
        del self.seated[person]
        for view in self.views.values():
            if person in view:
                view[view.index(person)] = None
        self._fill_views()

    def forget_absent(self, person: str) -> None:
        """Forget what this person sees when they have neither a seat nor a socket."""
        if person not in self.seated and not self.sockets_of(person):
            self.views.pop(person, None)

    def sockets_of(self, person: str) -> list[str]:
        return [socket for socket, seat in self.sockets.items() if seat.person == person]

    def with_peer(self, peer: str) -> Participant | None:
        return next((each for each in self.seated.values() if each.peer == peer), None)

    def senders_to(self, person: str) -> list[tuple[int, str]]:
        """(slot, peer) of everybody whom this person sees and who has a peer."""
        seen = ((slot, self.seated[other].peer) for slot, other in enumerate(self.views[person]) if other is not None)
        return [(slot, peer) for slot, peer in seen if peer is not None]

    def receivers_of(self, person: str) -> list[tuple[str, int]]:
        """(peer, slot) of everybody who sees this person and has a peer."""
        viewers = ((self.seated[viewer].peer, view) for viewer, view in self.views.items() if viewer in self.seated)
        return [(peer, view.index(person)) for peer, view in viewers if peer is not None and person in view]

    def roster_for(self, person: str) -> Roster:
        """The others, as this person sees them."""
        present = dict.fromkeys([*self.seated, *(seat.person for seat in self.sockets.values())])
        return Roster(tuple(self._entry(other, person) for other in present if other != person))

    def _entry(self, person: str, viewer: str) -> RosterEntry:
        view = self.views[viewer]
        slot = view.index(person) if person in view else None
        one = self.seated.get(person)
        if one is None:
            name = self.sockets[self.sockets_of(person)[0]].name
            return RosterEntry(person, name, "waiting", slot, False, False, False)
        on = one.microphone, one.camera, one.screen, one.connection, one.phone, one.hand, one.sound_only, one.encrypts
        return RosterEntry(person, one.seat.name, one.here, slot, *on)

    def _fill_views(self) -> None:
        for viewer, view in self.views.items():
            for person in self.seated:
                if person != viewer and person not in view and None in view:
                    view[view.index(None)] = person
