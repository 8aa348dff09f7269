"""An address book that keeps in step with the partners by what there is: the feed, versions and names in other systems."""

import random

import crm
import pytest


class Book:
    """Cards of another system by their own keys: what they say, which version of the partner that was, and what was changed since."""

    def __init__(self):
        self.cards, self.versions, self.dirty, self.mark = {}, {}, {}, 0

    def edit(self, key, **fields):
        self.cards.setdefault(key, {}).update(fields)
        self.dirty.setdefault(key, set()).update(fields)

    def sync(self, db):
        """Sends and fetches; answers the conflicts, in which the partner keeps what it says and nothing is dropped."""
        conflicts = []
        with db.session() as s:
            for key, fields in sorted(self.dirty.items()):
                told = {name: self.cards[key][name] for name in sorted(fields)}
                if key not in self.versions:
                    partner = s.partners.create(**told, external_id=("book", key))
                else:
                    known = s.partners.get(external_id=("book", key))
                    try:
                        partner = s.partners.update(known.id, expected_version=self.versions[key], **told)
                    except crm.ConflictError as error:
                        # It names a field that both have changed, if there is one.
                        if error.field in told:
                            conflicts.append((key, told, str(error)))
                            partner = known
                        else:
                            partner = s.partners.update(known.id, expected_version=known.version, **told)
                self.versions[key] = partner.version
            self.dirty = {}
            names = {s.partners.get(external_id=("book", key)).id: key for key in self.versions}
            while page := db.feed(after=self.mark).to_pylist():
                self.mark = page[-1]["seq"]
                for id in sorted({row["record_id"] for row in page if row["record"] == "partner"}):
                    partner, key = s.partners.get(id), names.get(id)
                    if key is None:
                        key = names[id] = f"crm-{id}"
                        partner = s.partners.update(id, external_id=("book", key))
                    self.cards[key] = {"name": partner.name, "phone": partner.phone, "city": partner.city}
                    self.versions[key] = partner.version
        return conflicts


def content(db, book):
    with db.session() as s:
        partners = {key: s.partners.get(external_id=("book", key)) for key in book.cards}
    return {key: {"name": p.name, "phone": p.phone, "city": p.city} for key, p in partners.items()}


def test_a_conflict_is_reported_and_loses_nothing():
    db, book = crm.open(":memory:"), Book()
    book.edit("ada", name="Ada", phone="+33 6 12 34 56 78")
    assert book.sync(db) == []
    with db.session() as s:
        ada = s.partners.get(external_id=("book", "ada"))
        s.partners.update(ada.id, phone="+33 6 99 99 99 99")
    book.edit("ada", phone="+33 6 11 11 11 11")
    [(key, told, why)] = book.sync(db)
    assert (key, told) == ("ada", {"phone": "+33 6 11 11 11 11"}) and "phone" in why
    assert book.cards["ada"]["phone"] == "+33 6 99 99 99 99"
    # Different fields of one card are no conflict.
    with db.session() as s:
        s.partners.update(ada.id, city="Kiel")
    book.edit("ada", phone="+33 6 11 11 11 11")
    assert book.sync(db) == []
    assert content(db, book)["ada"] == book.cards["ada"]
    assert (book.cards["ada"]["city"], book.cards["ada"]["phone"]) == ("Kiel", "+33 6 11 11 11 11")


@pytest.mark.parametrize("seed", range(5))
def test_both_sides_end_with_equal_content(seed):
    dice, db, book = random.Random(seed), crm.open(":memory:"), Book()
    for _ in range(6):
        for _ in range(dice.randrange(6)):
            field, value = dice.choice(["phone", "city"]), f"v{dice.randrange(99)}"
            key = f"k{dice.randrange(4)}"
            book.edit(key, name=key, **{field: value})
        with db.session() as s:
            for partner in s.partners.find():
                if dice.random() < 0.4:
                    s.partners.update(partner.id, **{dice.choice(["phone", "city"]): f"w{dice.randrange(99)}"})
            s.partners.create(name=f"Met at the fair {dice.randrange(99)}")
        for key, told, why in book.sync(db):
            assert key in book.cards and told and any(name in why for name in told)
        book.sync(db)
        assert content(db, book) == book.cards
    with db.session() as s:
        assert s.partners.count() == len(book.cards)
