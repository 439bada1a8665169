"""Random logs: lists, corrections, withdrawals, lists that do not agree, and strangers in between."""

from hypothesis import strategies as st

from tests.village import County, mark, payout

NAMES = st.sampled_from(["林秋实", "张伟", "朱𬭎", "王㛃", "欧阳建国"])
BATCHES = st.sampled_from(["b1", "b2", "b3"])


@st.composite
def logs(draw):
    """A log as the county would write it, with lists, corrections, withdrawals and strangers in between."""
    county = County()
    editions: dict[str, int] = {}
    rows: dict[str, int] = {}
    for _ in range(draw(st.integers(1, 12))):
        batch, act = (
            draw(BATCHES),
            draw(st.sampled_from(["publish", "publish", "change", "away", "close", "odd"])),
        )
        if act == "publish":
            for _ in range(draw(st.integers(1, 4))):
                rows[batch] = rows.get(batch, 0) + 1
                keyed = draw(st.booleans())
                about = {
                    "amount_fen": draw(st.integers(1, 10**6)),
                    "group": draw(st.sampled_from(["一组", "二组"])),
                }
                about["household"] = mark(draw(st.integers(1, 4))) if keyed else ""
                county.publish(batch, payout(rows[batch], draw(NAMES), **about))
        elif act == "change" and rows.get(batch):
            seq = draw(st.integers(1, rows[batch]))
            county.correct(batch, payout(seq, draw(NAMES), amount_fen=draw(st.integers(1, 10**6))))
        elif act == "away" and rows.get(batch):
            county.withdraw(batch, draw(st.integers(1, rows[batch])))
        elif act == "close":
            editions[batch] = editions.get(batch, 0) + 1
            wrong = {"count": 99} if draw(st.integers(0, 5)) == 0 else {}
            county.close(batch, edition=editions[batch], **wrong)
        elif act == "odd":
            kind = draw(st.sampled_from(["notice", "publish"]))
            trouble = "privacy" if kind == "publish" else ""
            county.event(kind, f"odd-{len(county.leaves)}", batch, b"{}", trouble=trouble)
    return county
