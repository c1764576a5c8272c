"""The tables of a store."""

from __future__ import annotations

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

VERSION_TABLE = "kam_schema"
NEWEST = "0001"  # the last revision under migrations/versions


class Base(DeclarativeBase):
    """The tables of a store."""


class RecordRow(Base):
    """One form of one account: its fields as JSON."""

    __tablename__ = "kam_record"
    __table_args__ = (UniqueConstraint("account", "form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    fields: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[str] = mapped_column(Text)  # UTC, see values.stamp

    __mapper_args__ = {"version_id_col": version}


class ChangeRow(Base):
    """One field changed by one write: the audit."""

    __tablename__ = "kam_change"
    __table_args__ = (Index("kam_change_record", "account", "form", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
