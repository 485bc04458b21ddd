"""What a datagram is by its first bytes (RFC 7983, RFC 5761): tables, as they are the cheapest look-up."""

NOTHING, STUN, DTLS, MEDIA = range(4)

KIND = bytes(
    STUN if first < 4 else DTLS if 20 <= first < 64 else MEDIA if 128 <= first < 192 else NOTHING
    for first in range(256)
)
FIRST_OF_MEDIA = bytes(kind == MEDIA for kind in KIND)
# An RTP header, or the least of an SRTCP packet.
SHORTEST_MEDIA = 12
# Payload types 64 to 95 are never given to RTP, so this second byte, marker bit included, means RTCP.
RTCP = bytes(192 <= second < 224 for second in range(256))
