import pytest

from libra_emo.llm.ledger.postgres.statements import Row, translate


@pytest.mark.parametrize(
    ("query", "statement", "numbered"),
    [
        ("SELECT 1 FROM a WHERE key = ?", "SELECT 1 FROM a WHERE key = %s", False),
        ("SELECT ?1, '%', ?1 + ?2", "SELECT %(p1)s, '%%', %(p1)s + %(p2)s", True),
        (
            "INSERT OR IGNORE INTO plain_models VALUES (?)",
            "INSERT INTO plain_models VALUES (%s) ON CONFLICT DO NOTHING",
            False,
        ),
        (
            "REPLACE INTO answers (key, asked, reply) VALUES (?,?,?)",
            "INSERT INTO answers (key, asked, reply) VALUES (%s,%s,%s) ON CONFLICT (key)"
            " DO UPDATE SET asked = excluded.asked, reply = excluded.reply",
            False,
        ),
        (
            "INSERT INTO reservations VALUES (NULL, ?)",
            "INSERT INTO reservations VALUES (DEFAULT, %s) RETURNING id",
            False,
        ),
    ],
)
def test_statements_of_sqlite_in_postgresqls_language(query, statement, numbered):
    assert translate(query) == (statement, numbered)


def test_a_row_is_read_by_position_and_by_name():
    kind = type("Row", (Row,), {"names": ("key", "status")})
    row = kind(["k", "answered"])
    assert (row[0], row["status"], tuple(row)) == ("k", "answered", ("k", "answered"))
    assert dict(row) == {"key": "k", "status": "answered"}
