"""The index on a real encrypted file: every length of query, every way to name a person, paging, removal."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from centerdesk.kernel import search
from centerdesk.kernel.chinese import name_key
from centerdesk.kernel.orm import Guid
from centerdesk.kernel.search import (
    ENTRY,
    Entry,
    count,
    find,
    index_rows,
    is_blank,
    matching,
    remove,
)
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]
KIND = "resident"


@pytest.fixture(scope="module")
def engine(on_database, tmp_path_factory):
    station = make_station(tmp_path_factory.mktemp("search"))
    yield station.database.rw
    station.close()


@pytest.fixture
def session(engine):
    """A session whose work is thrown away."""
    with Session(engine) as session:
        yield session


PEOPLE = [
    # name, ID tail, phone tails, doors
    ("张小明", "1239", ["2345"], ["3-2-301"]),
    ("张小", "0001", [], ["3-2-302"]),
    ("张小明月", "0002", [], ["13-2-301"]),
    ("王小明", "001X", ["7699", "8000"], ["5-1-101"]),
    ("单田芳", "0003", [], ["3号楼2单元501"]),
    ("欧阳娜娜", "0004", [], ["六栋一单元一零二"]),
    ("阿依古丽·买买提", "0005", [], []),
    ("楊明", "0006", [], []),
    ("𬺈𫟼明", "0007", [], []),
    ("Maria Lopez", "0008", [], []),
    ("乐嘉", "0009", [], []),
    ("吕布", "0010", [], ["A-2-501b"]),
]


def entry(n, name, id_last4="", phones=(), doors=(), words=()):
    tokens = search.search_tokens(name, id_last4=id_last4, phones_last4=phones, doors=doors, words=words)
    return Entry(UUID(int=n), name_key(name), tokens)


@pytest.fixture
def people(session):
    index_rows(session, KIND, [entry(n, *person) for n, person in enumerate(PEOPLE)])
    return session


def names(session, query, kind=KIND):
    return [PEOPLE[row_id.int][0] for row_id in find(session, kind, query, None, 50).rows]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # one character to six, from any place
        ("张", ["张小", "张小明", "张小明月"]),
        ("明", ["王小明", "楊明", "𬺈𫟼明", "张小明", "张小明月"]),
        ("小明", ["王小明", "张小明", "张小明月"]),
        ("张小明", ["张小明", "张小明月"]),
        ("张小明月", ["张小明月"]),
        ("依古丽买买", ["阿依古丽·买买提"]),
        ("丽·买", ["阿依古丽·买买提"]),
        ("阿依古丽·买", ["阿依古丽·买买提"]),
        # the exact name first, though it sorts later
        ("张小", ["张小", "张小明", "张小明月"]),
        ("小张", []),
        # rare, traditional, other scripts
        ("𬺈", ["𬺈𫟼明"]),
        ("𬺈𫟼", ["𬺈𫟼明"]),
        ("杨明", ["楊明"]),
        ("楊", ["楊明"]),
        ("lope", ["Maria Lopez"]),
        ("Maria", ["Maria Lopez"]),
        ("ari", ["Maria Lopez"]),
        ("ＭＡＲＩＡ", ["Maria Lopez"]),
        # pinyin: whole, beginning, from a later syllable, initials, every reading of a surname
        ("zhangxiaoming", ["张小明", "张小明月"]),
        ("zhangx", ["张小", "张小明", "张小明月"]),
        ("001x", ["王小明"]),
        ("xiaoming", ["王小明", "张小明", "张小明月"]),
        ("zhang xiao", ["张小", "张小明", "张小明月"]),
        ("zxm", ["张小明", "张小明月"]),
        ("xm", ["王小明", "张小明", "张小明月"]),
        ("z", ["Maria Lopez", "张小", "张小明", "张小明月"]),
        ("oyn", ["欧阳娜娜"]),
        ("shan", ["单田芳"]),
        ("dantian", ["单田芳"]),
        ("dtf", ["单田芳"]),
        ("yuejia", ["乐嘉"]),
        ("lejia", ["乐嘉"]),
        ("lvbu", ["吕布"]),
        ("lüb", ["吕布"]),
        # doors and last fours
        ("3-2-301", ["张小明"]),
        ("3-2-3", ["张小", "张小明"]),
        ("3-2", ["单田芳", "张小", "张小明"]),
        ("3-2-501", ["单田芳"]),
        ("3号楼2单元501", ["单田芳"]),
        ("三栋二单元五零一", ["单田芳"]),
        ("6-1-102", ["欧阳娜娜"]),
        ("a-2-501", ["吕布"]),
        ("A座2单元501B", ["吕布"]),
        ("2-501b", ["吕布"]),
        ("b-2-501", []),
        ("1239", ["张小明"]),
        ("001X", ["王小明"]),
        ("7699", ["王小明"]),
        ("8000", ["王小明"]),
        # several words: all of them
        ("明 1239", ["张小明"]),
        ("张小 302", ["张小"]),
        ("小明 wang", ["王小明"]),
        ("张xiao 3-2", ["张小", "张小明"]),
        ("王 1239", []),
        # nothing that means something to FTS5
        ("", []),
        ("  ", []),
        ('"', []),
        ("张 OR 王", []),
        ("张*", ["张小", "张小明", "张小明月"]),
        ("NEAR(张 小)", []),
        ("小-明", ["王小明", "张小明", "张小明月"]),
        ("张'; DROP", []),
    ],
)
def test_what_a_query_finds(people, query, found):
    assert names(people, query) == found
    assert count(people, KIND, query) == len(found)
    ids = set(people.scalars(matching(people, KIND, query)))
    assert ids == {UUID(int=[p[0] for p in PEOPLE].index(name)) for name in found}


SIGNS = st.sampled_from("张小明欧阳娜単單楊杨𬺈𫟼\ue863〇一三aZ7·• -")
NAMES = st.text(SIGNS, min_size=1, max_size=8).filter(lambda name: not is_blank(name))


@settings(max_examples=120, deadline=None)
@given(name=NAMES, data=st.data())
def test_any_stretch_of_any_length_of_a_name_is_found(engine, name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    piece = name[start:end]
    if is_blank(piece):
        return
    with Session(engine) as session:
        index_rows(session, KIND, [entry(1, name), entry(2, "别人")])
        assert UUID(int=1) in find(session, KIND, piece, None, 10).rows, piece


@settings(max_examples=60, deadline=None)
@given(query=st.text(max_size=12))
def test_no_text_upsets_the_index(engine, query):
    with Session(engine) as session:
        index_rows(session, KIND, [entry(1, "张小明")])
        assert len(find(session, KIND, query, None, 10).rows) <= 1


@pytest.mark.parametrize("query", ["张", "张小", "zhang", "3-2", "张 3"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 30])
def test_pages_join_without_gap_or_repeat(session, query, limit):
    index_rows(
        session,
        KIND,
        [entry(n, "张小" + "一二三四五明"[n % 6] * (n % 3), doors=["3-2-1"]) for n in range(30)],
    )
    whole = find(session, KIND, query, None, 100)
    assert (len(whole.rows), whole.next_key) == (30, None)
    walked, after = [], None
    while True:
        page = find(session, KIND, query, after, limit)
        walked += page.rows
        after = page.next_key
        if after is None:
            break
        assert len(page.rows) == limit
    assert walked == list(whole.rows)


CROWD = [
    entry(n, name, id_last4=f"{n:04}", doors=[f"{n % 7}-1-{n}"])
    for n, name in enumerate(
        [f"{surname}{given}" for surname in "张章王汪" for given in ("小明", "小", "明小", "", "小明小")] * 9
        + [f"张小{chr(0x4E00 + n)}" for n in range(300)]
        + ["Maria Lopez", "Zoe", "阿依古丽·买买提", "𬺈𫟼明", "王Z"] * 3
    )
]
"""Namesakes, hundreds whose first two characters are the same, and names that begin with no known character."""


def in_order(session, kind, query, after, limit, **more):
    stmt, values = search.first(session, kind, query, after, limit, **more)
    return [(row.sort_key, row.row_id) for row in session.execute(stmt, values)]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("query", "limit"), [("z", 7), ("张小", 40), ("1", 33), ("ming", 1000), ("w", 1)])
def test_hits_come_in_the_order_of_sort_keys_page_by_page(session, query, limit, descending):
    index_rows(session, KIND, CROWD, fresh=True)
    found = set(session.scalars(matching(session, KIND, query)))
    wanted = sorted(((e.sort_key, e.row_id) for e in CROWD if e.row_id in found), reverse=descending)
    walked, after = [], None
    while len(page := in_order(session, KIND, query, after, limit, descending=descending)) == limit:
        walked += page
        after = page[-1]
    assert walked + page == wanted
    assert len(wanted) > 9


def test_a_change_of_name_moves_a_row_to_its_new_place(session):
    index_rows(session, KIND, CROWD)
    for own in CROWD[:40]:
        index_rows(session, KIND, [Entry(own.row_id, name_key("李" + str(own.row_id.int)), own.text)])
    assert [row_id.int for _key, row_id in in_order(session, KIND, "l", None, 3)] == [0, 1, 10]
    assert count(session, KIND, "l") == 43, "forty and three of Lopez"


def test_the_first_hits_are_read_without_the_others(session):
    """In steps of SQLite's machine: ten times the hits cost no more."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the other database sorts its hits")
    driver, steps = session.connection().connection.driver_connection, []
    costs = []
    for start in (0, 10_000):
        names = [f"张{chr(0x4E00 + n % 3000)}" for n in range(start, start + 300 + start)]
        index_rows(session, KIND, [entry(start + n, name) for n, name in enumerate(names)], fresh=True)
        in_order(session, KIND, "张", None, 40)
        steps.clear()
        driver.set_progress_handler(lambda: steps.append(1), 10)
        in_order(session, KIND, "张", None, 40)
        driver.set_progress_handler(None, 0)
        costs.append(len(steps))
    assert costs[1] < costs[0] * 2


def test_namesakes_of_exactly_this_name_come_first_over_the_page_edge(session):
    index_rows(session, KIND, [entry(n, "张安" if n % 2 else "小张安") for n in range(8)])
    first = find(session, KIND, "张安", None, 3)
    assert [row.int for row in first.rows] == [1, 3, 5]
    second = find(session, KIND, "张安", first.next_key, 3)
    assert [row.int for row in second.rows] == [7, 0, 2]


def test_kinds_are_apart(people):
    index_rows(people, "organisation", [entry(0, "张小明诊所")])
    assert names(people, "诊所") == []
    assert names(people, "诊所", "organisation") == ["张小明"]
    remove(people, "organisation", UUID(int=0))
    assert names(people, "张小明") == ["张小明", "张小明月"]


def test_a_renamed_row_is_found_by_its_new_name_only(people):
    index_rows(people, KIND, [entry(0, "李四", "1239")])
    assert names(people, "张小明") == ["张小明月"]
    assert find(people, KIND, "李", None, 5).rows == (UUID(int=0),)
    assert names(people, "1239") == ["张小明"]
    assert people.scalar(select(func.count()).select_from(ENTRY)) == len(PEOPLE)


def test_one_row_twice_in_a_batch_counts_once(session):
    index_rows(session, KIND, [entry(1, "张三"), entry(1, "李四")])
    assert find(session, KIND, "张", None, 5).rows == ()
    assert find(session, KIND, "李", None, 5).rows == (UUID(int=1),)


def test_removal_leaves_nothing_behind(people):
    for n in range(len(PEOPLE)):
        remove(people, KIND, UUID(int=n))
    remove(people, KIND, UUID(int=999))
    search.compact(people)
    assert people.scalar(select(func.count()).select_from(ENTRY)) == 0
    database = search.search_text(people)
    asked = {"kind": KIND, "match": database.match([((((("张",), False),),),)])}
    hits = select(func.count()).select_from(database.hits(Guid()).subquery())
    assert people.scalar(hits, asked) == 0
    index_rows(people, KIND, [entry(0, "张小明")])
    assert names(people, "小") == ["张小明"]


def test_more_rows_than_one_statement_carries(session):
    index_rows(session, KIND, [entry(n, "张" + chr(0x4E00 + n)) for n in range(search.CHUNK + 3)])
    assert count(session, KIND, "张") == search.CHUNK + 3


def test_other_words_are_found_as_written(session):
    index_rows(session, KIND, [entry(1, "张三", words=["YH-2026-0007", "曾用名王五"])])
    for query in ("YH-2026-0007", "0007", "yh", "王五"):
        assert find(session, KIND, query, None, 5).rows == (UUID(int=1),), query


def test_the_index_holds_no_full_number(session):
    assert set(search.search_tokens("张三", id_last4="1239", phones_last4=["2345"]).split()) == {
        "张", "三", "zs", "zhangsan", "san", "1239", "2345",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["乐长行重" * 15, "阿卜杜热合曼·买买提艾力·吾斯曼江", "a" * 60, "张" * 60])
def test_the_text_of_the_longest_name_fits_its_column(name):
    assert (
        len(search.search_tokens(name, id_last4="1239", phones_last4=["2345"] * 3, doors=["3-2-301"])) <= 2000
    )


def _tokens(n):
    """The n-th of many people; few names, so that words are shared."""
    name = "张王李赵"[n % 4] + "小明月华"[n // 4 % 4]
    return Entry(
        UUID(int=n + 1),
        name_key(name),
        search.search_tokens(name, id_last4=f"{n:04}", doors=[f"{n % 7}-1-{n}"]),
    )


def test_fresh_rows_are_found_like_others(session):
    entries = [_tokens(n) for n in range(search.CHUNK + 20)]
    index_rows(session, "fresh", entries, fresh=True)
    index_rows(session, "usual", entries)
    for query in ("张", "zhangxiaoming", "wx", "0519", "3-1-17", "5", "李华", "nobody"):
        assert find(session, "fresh", query, None, 2000) == find(session, "usual", query, None, 2000), query
        assert count(session, "fresh", query) == count(session, "usual", query)


def test_fresh_rows_follow_those_that_are_there(session):
    index_rows(session, KIND, [_tokens(1)])
    index_rows(session, KIND, [_tokens(2), _tokens(3)], fresh=True)
    assert [count(session, KIND, f"{n:04}") for n in (1, 2, 3)] == [1, 1, 1]


def test_fresh_rows_can_be_replaced_and_taken_out(session):
    index_rows(session, KIND, [_tokens(1), _tokens(2)], fresh=True)
    index_rows(session, KIND, [Entry(UUID(int=2), name_key("周全"), search.search_tokens("周全"))])
    remove(session, KIND, UUID(int=3))
    assert [count(session, KIND, query) for query in ("0001", "0002", "周全")] == [0, 0, 1]
    assert session.scalar(select(func.count()).select_from(ENTRY).where(ENTRY.c.kind == KIND)) == 1


def test_a_fresh_row_that_stands_there_already_is_refused(session):
    index_rows(session, KIND, [_tokens(1)])
    with pytest.raises(IntegrityError):
        index_rows(session, KIND, [_tokens(1)], fresh=True)
