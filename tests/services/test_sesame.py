"""A Sesame service is asked for what a user names, and for nothing else; its answers are bounded.

The service is one that speaks as that of the CDS does. Expected positions are those of Simbad.
"""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from support.sesame_server import (
    CRAB,
    HIP,
    NOTHING,
    PATH,
    PKS_2155,
    SesameSite,
    answer,
    sesame_server,
)

from provstore.errors import ServerError
from provstore.services.resolver import Memory, Resolver
from provstore.services.sesame import Sesame, read_answer

pytestmark = pytest.mark.sqlite


BOMB = (
    b'<!DOCTYPE Sesame [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<Sesame><Target><name>&b;</name></Target></Sesame>"
)


@pytest.fixture
def site() -> Iterator[SesameSite]:
    known = {"Crab Nebula": CRAB, "PKS 2155-304": PKS_2155, "HIP 123": HIP}
    with sesame_server(SesameSite(known)) as site:
        yield site


def _ask(site: SesameSite, name: str, timeout_s: float = 5) -> tuple[str, float, float, str] | None:
    found = Sesame(site.url, timeout_s).resolve(name)
    return None if found is None else (found.name, *found.position, found.source)


# -- what is told


def test_where_objects_are(site: SesameSite) -> None:
    assert _ask(site, "Crab Nebula") == ("M 1", 83.6287, 22.0147, "Simbad")
    assert _ask(site, "PKS 2155-304") == ("QSO B2155-304", 329.71693792, -30.22558833, "Simbad")
    assert _ask(site, "HIP 123") == ("HIP 123", 0.399875, 72.2366111, "VizieR")


def test_an_object_that_nobody_knows(site: SesameSite) -> None:
    assert _ask(site, "Crab Nebla") is None


def test_the_address_may_end_with_a_slash(site: SesameSite) -> None:
    site.url += "/"
    assert _ask(site, "HIP 123") is not None


def test_of_several_resolvers_the_first_with_a_position_counts() -> None:
    ned = '<Resolver name="N=NED"><oname>CRAB NEBULA</oname></Resolver>'
    off = CRAB.replace("83.628700", "999.0").replace("Simbad", "Broken")
    found = read_answer(answer("Crab", ned + off + CRAB + PKS_2155))
    assert found is not None
    assert (found.name, found.source) == ("M 1", "Simbad")


@pytest.mark.parametrize(
    "coordinates",
    [
        "<jradeg>nan</jradeg><jdedeg>22</jdedeg>",
        "<jradeg>inf</jradeg><jdedeg>22</jdedeg>",
        "<jradeg>83</jradeg><jdedeg>90.1</jdedeg>",
        "<jradeg>83</jradeg>",
        "<jradeg/><jdedeg/>",
        "<jradeg>05:34</jradeg><jdedeg>22</jdedeg>",
        "",
    ],
)
def test_without_a_position_on_the_sky_nothing_is_found(coordinates: str) -> None:
    told = f'<Resolver name="S=Simbad"><oname>X</oname>{coordinates}</Resolver>'
    assert read_answer(answer("X", told)) is None


def test_names_of_no_catalogue_lose_their_mark() -> None:
    found = read_answer(answer("Sgr A*", CRAB.replace("M   1", "NAME Sgr A*")))
    assert found is not None
    assert found.name == "Sgr A*"


def test_a_resolver_without_a_name_and_an_object_without_one() -> None:
    told = "<Resolver><jradeg>1</jradeg><jdedeg>2</jdedeg></Resolver>"
    assert read_answer(answer("X", told)) == ("", (1, 2), "")


# -- names


@pytest.mark.parametrize(
    "name",
    [
        "a/b",
        "a/../../b",
        "a?b=c",
        "a#b",
        "a%2Fb",
        "a&b",
        "a+b c",
        "a=b;c",
        "[VV2006] J1",
        "h\u03b1 \u2605",
        "<script>",
        "'; DROP TABLE",
    ],
)
def test_a_name_stays_one_name(site: SesameSite, name: str) -> None:
    site.objects[name] = CRAB
    assert _ask(site, name) is not None
    [path] = site.asked
    assert path.startswith(f"{PATH}/-ox/SNV?")
    assert not set(path.partition("?")[2]) & set("/?#&+=; ")
    assert site.names_asked() == [name]


@pytest.mark.parametrize(
    "name", ["", "  ", "a\0b", "a\x07b", "a\ud800b", "x" * 201, "a\u202eb"], ids=ascii
)
def test_what_is_no_name_is_not_asked_for(site: SesameSite, name: str) -> None:
    assert Resolver(Sesame(site.url, 5)).resolve(name) is None
    assert site.asked == []


def test_line_feeds_and_other_blanks_are_one_blank(site: SesameSite) -> None:
    """The service takes what follows a line feed for another name."""
    assert Resolver(Sesame(site.url, 5)).resolve(" Crab\r\nNebula\u00a0\t") is not None
    assert site.names_asked() == ["Crab Nebula"]


# -- answers that are none


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (b"", "not XML"),
        (b"Crab is at 83.6 22.0", "not XML"),
        (b"<html><body>busy</body></html>", "its root is 'html'"),
        (b"<Sesame/>", "it has no Target"),
        (b"<Sesame><Target>", "not XML"),
        (answer("Crab", CRAB)[:-100], "not XML"),
        (answer("Crab", CRAB).replace(b"&amp;", b"&"), "not XML"),
        (answer("Crab", CRAB).replace(b"<name>", b"<name>\0"), "without NUL"),
        (answer("Crab", CRAB).decode().encode("utf-16"), "XML is read in UTF-8"),
        (
            BOMB,
            "a document type declaration is not read",
        ),
        (
            b'<!DOCTYPE Sesame SYSTEM "file:///etc/passwd"><Sesame><Target/></Sesame>',
            "a document type declaration is not read",
        ),
        (b"<Sesame>" * 5000, "not XML"),
    ],
)
def test_nonsense_is_told_as_such(site: SesameSite, whole: bytes, why: str) -> None:
    site.whole = whole
    with pytest.raises(ServerError, match=f"the answer of the name resolver cannot be read.*{why}"):
        _ask(site, "Crab")


def test_an_answer_that_is_too_large_is_not_read_to_its_end(site: SesameSite) -> None:
    site.whole = answer("Crab", CRAB + " " * 50_000_000)
    with pytest.raises(ServerError, match="more than 200000 bytes"):
        _ask(site, "Crab", 30)


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_service_that_refuses(site: SesameSite, status: int) -> None:
    site.status = status
    with pytest.raises(ServerError, match=f"answers with status {status}") as caught:
        _ask(site, "Crab Nebula")
    assert caught.value.status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(site: SesameSite, status: int) -> None:
    with sesame_server(SesameSite({"Crab Nebula": PKS_2155})) as other:
        site.status, site.moved_to = status, f"{other.url}/-ox/SNV?Crab%20Nebula"
        with pytest.raises(ServerError, match="sends elsewhere, and is not followed"):
            _ask(site, "Crab Nebula")
        assert other.asked == []


# -- a service that is away


def test_a_service_that_is_not_there() -> None:
    with socket.socket() as reserved:  # bound and not listening
        reserved.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{reserved.getsockname()[1]}/sesame"
        with pytest.raises(ServerError, match=r"cannot be reached: .*refused") as caught:
            Sesame(address, 5).resolve("Crab")
    assert caught.value.status == 0


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_nobody_waits_longer_than_the_time_out(site: SesameSite, fault: str) -> None:
    site.fault = fault
    begun = time.monotonic()
    with pytest.raises(ServerError, match=r"does not answer within 0\.5 s") as caught:
        _ask(site, "Crab Nebula", 0.5)
    assert time.monotonic() - begun < 3
    assert caught.value.status == 0


def test_an_answer_that_nobody_waits_for_is_not_read_to_its_end(site: SesameSite) -> None:
    """Else a few of them would keep all others from being asked for."""
    site.fault = "drip"
    sesame = Sesame(site.url, 0.3)
    for _ in range(7):
        with pytest.raises(ServerError, match=r"does not answer within 0\.3 s"):
            sesame.resolve("Crab Nebula")


def test_a_service_that_hangs_up(site: SesameSite) -> None:
    site.fault = "hang up"
    with pytest.raises(ServerError, match="cannot be reached"):
        _ask(site, "Crab Nebula")


def test_questions_that_wait_are_few(site: SesameSite) -> None:
    site.fault = "hang"
    sesame = Sesame(site.url, 30)
    failures: list[str] = []

    def ask() -> None:
        try:
            sesame.resolve("Crab Nebula")
        except ServerError as error:
            failures.append(str(error))

    waiting = [threading.Thread(target=ask) for _ in range(4)]
    for thread in waiting:
        thread.start()
    while len(site.asked) < 4:
        time.sleep(0.01)
    begun = time.monotonic()
    ask()
    assert failures == ["4 questions wait for an answer of the name resolver"]
    assert time.monotonic() - begun < 5
    site.ends.set()
    for thread in waiting:
        thread.join()
    site.fault = ""
    assert sesame.resolve("Crab Nebula") is not None, "they make room when they end"


# -- what is remembered


class _Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


MEMORY = Memory(most=2, known_s=100, unknown_s=10, away_s=5)


def _resolver(site: SesameSite, clock: _Clock, timeout_s: float = 5) -> Resolver:
    return Resolver(Sesame(site.url, timeout_s), MEMORY, clock)


def test_a_name_is_asked_once(site: SesameSite) -> None:
    clock = _Clock()
    resolver = _resolver(site, clock)
    for name in ("Crab Nebula", "Crab  Nebula ", "Crab Nebula"):
        assert resolver.resolve(name) is not None
    clock.now = 99
    assert resolver.resolve("Crab Nebula") is not None
    assert site.names_asked() == ["Crab Nebula"]
    clock.now = 100
    assert resolver.resolve("Crab Nebula") is not None
    assert len(site.asked) == 2


def test_that_nobody_knows_a_name_counts_for_less_long(site: SesameSite) -> None:
    clock = _Clock()
    resolver = _resolver(site, clock)
    assert resolver.resolve("Nova") is None
    site.objects["Nova"] = CRAB
    clock.now = 9
    assert resolver.resolve("Nova") is None
    clock.now = 10
    assert resolver.resolve("Nova") is not None
    assert len(site.asked) == 2


def test_the_names_asked_for_last_are_kept(site: SesameSite) -> None:
    resolver = _resolver(site, _Clock())
    for name in ("a", "b", "a", "c", "a", "b"):
        resolver.resolve(name)
    assert site.names_asked() == ["a", "b", "c", "b"]


def test_a_service_that_is_away_is_left_alone_for_a_while(site: SesameSite) -> None:
    clock = _Clock()
    resolver = _resolver(site, clock, 0.5)
    assert resolver.resolve("HIP 123") is not None
    site.fault = "hang"
    for _ in range(3):
        with pytest.raises(ServerError, match="does not answer within"):
            resolver.resolve("Crab Nebula")
    assert site.names_asked() == ["HIP 123", "Crab Nebula"]
    assert resolver.resolve("HIP 123") is not None, "what is known is known"
    site.fault, clock.now = "", 5
    assert resolver.resolve("Crab Nebula") is not None


@pytest.mark.parametrize(("status", "asked"), [(400, 2), (403, 2), (429, 1), (500, 1), (503, 1)])
def test_a_service_that_failed_is_left_alone_too(site: SesameSite, status: int, asked: int) -> None:
    """Another refusal may be of that one name."""
    resolver = _resolver(site, _Clock())
    site.status = status
    for name in ("Crab Nebula", "HIP 123"):
        with pytest.raises(ServerError, match=f"status {status}"):
            resolver.resolve(name)
    assert len(site.asked) == asked


def test_an_answer_that_cannot_be_read_speaks_of_one_name_only(site: SesameSite) -> None:
    resolver = _resolver(site, _Clock())
    site.whole = b"nonsense"
    with pytest.raises(ServerError):
        resolver.resolve("Crab Nebula")
    site.whole = None
    assert resolver.resolve("Crab Nebula") is not None


def test_nothing_is_what_the_service_says() -> None:
    assert read_answer(answer("X", NOTHING)) is None
