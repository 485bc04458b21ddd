from signaling.rate_limit import TokenBucket


def test_it_gives_its_size_at_once_and_then_its_rate() -> None:
    bucket = TokenBucket(3, 2, 100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]


def test_it_never_holds_more_than_its_size() -> None:
    bucket = TokenBucket(2, 50, 0.0)
    assert [bucket.take(1000.0) for _ in range(3)] == [True, True, False]
