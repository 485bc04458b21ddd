"""What a datagram is, by its first bytes (RFC 7983, RFC 5761). A table is the cheapest look-up."""

UNKNOWN, STUN, DTLS, MEDIA = range(4)

KIND = bytes(
    STUN if first < 4 else DTLS if 20 <= first < 64 else MEDIA if 128 <= first < 192 else UNKNOWN
    for first in range(256)
)
IS_MEDIA = bytes(kind == MEDIA for kind in KIND)
# The size of an RTP header, and of the smallest SRTCP packet.
SHORTEST_MEDIA = 12
# RTP never uses payload types 64 to 95, so a second byte in this range (with the marker bit) means RTCP.
IS_RTCP = bytes(192 <= second < 224 for second in range(256))
