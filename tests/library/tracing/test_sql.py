import pytest
from zappa_xray.tracing.sql import without_literals

ANY = ("postgresql", "mysql", "sqlite")


@pytest.mark.parametrize("vendor", ANY)
@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = ?"),
        ("SELECT 'it''s' || 'b'", "SELECT ? || ?"),
        ("SELECT '' , 'a'", "SELECT ? , ?"),
        (
            "SELECT a FROM t WHERE b IN (1, 22, 3.5, -1.5e-10)",
            "SELECT a FROM t WHERE b IN (1, ?, ?, -?)",
        ),
        ("SELECT 0xDEADBEEF", "SELECT ?"),
        ("SELECT X'4D7953' , N'a', b1 FROM t2", "SELECT X? , N?, b1 FROM t2"),
        ("SELECT a -- 'x'\nFROM t -- y", "SELECT a  \nFROM t"),
        ("SELECT a /* 'x' */ FROM t /* y", "SELECT a   FROM t"),
        ("SELECT a FROM t WHERE b = 'never ends, -- x", "SELECT a FROM t WHERE b = ?"),
        ("SELECT '--', '/*', a", "SELECT ?, ?, a"),
        ("SELECT 'ä\n日本'", "SELECT ?"),
        (
            "UPDATE t SET a = 'x' WHERE b = %s AND c = %(name)s",
            "UPDATE t SET a = ? WHERE b = %s AND c = %(name)s",
        ),
        ("SELECT a LIKE '100%%'", "SELECT a LIKE ?"),
    ],
)
def test_strings_and_numbers_are_placeholders(vendor: str, sql: str, expected: str) -> None:
    assert without_literals(sql, vendor) == expected


@pytest.mark.parametrize("vendor", ANY)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT (1) AS a FROM t WHERE b = %s ORDER BY 2 LIMIT 21 OFFSET 40",
        "SELECT `t12`.`a 34` FROM `t12` LIMIT 10, 20",
        "SELECT T12.a FROM t12 T12 WHERE b34 = %s",
        "SAVEPOINT s140000_x12",
    ],
)
def test_what_django_writes_itself_stays(vendor: str, sql: str) -> None:
    assert without_literals(sql, vendor) == sql


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (r"SELECT E'it\'s', 'back\', a, 'x'", "SELECT ?, ?, a, ?"),
        ("SELECT $$it's$$, $tag$ $$ 'x' $tag$, $1, a$b$c", "SELECT ?, ?, $1, a$b$c"),
        ("SELECT $$never ends", "SELECT ?"),
        ("SELECT \"it's 12\", 'x'::date", 'SELECT "it\'s 12", ?::date'),
        ("SELECT a /* b /* c */ 'd' */ FROM t", "SELECT a"),
        ("SELECT '12'::int, a->>'key', ARRAY['x', 'y']", "SELECT ?::int, a->>?, ARRAY[?, ?]"),
    ],
)
def test_postgresql_has_its_own_strings(sql: str, expected: str) -> None:
    assert without_literals(sql, "postgresql") == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (r"SELECT 'it\'s', a, 'x'", "SELECT ?, a, ?"),
        (r'SELECT "it\"s", a, "x"', "SELECT ?, a, ?"),
        ("SELECT a # 'x'\nFROM t", "SELECT a  \nFROM t"),
        ("SELECT `it's`, _utf8mb4'x', 5--6, @a12", "SELECT `it's`, _utf8mb4?, 5--6, @a12"),
    ],
)
def test_mysql_has_its_own_strings(sql: str, expected: str) -> None:
    assert without_literals(sql, "mysql") == expected


@pytest.mark.parametrize("vendor", ANY)
@pytest.mark.parametrize(
    "piece", ["'", "''", "'\\", "/*", "/**", "$a", "1.", '"', "a'", "E'", "%(", "LIMIT ", "-", "0x"]
)
def test_no_text_takes_long(vendor: str, piece: str) -> None:
    without_literals(piece * 100_000, vendor)  # a backtracking expression would take hours
