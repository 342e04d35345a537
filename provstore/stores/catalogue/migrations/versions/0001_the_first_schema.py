"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "body",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("attrs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "document",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("replaces", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "replaced_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("new_elements", sa.Integer(), server_default="0", nullable=False),
        sa.Column("new_relations", sa.Integer(), server_default="0", nullable=False),
        sa.Column("known_elements", sa.Integer(), server_default="0", nullable=False),
        sa.Column("known_relations", sa.Integer(), server_default="0", nullable=False),
        sa.Column("findings", sa.Text(), server_default="[]", nullable=False),
        sa.Column("options", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["document.id"], name=op.f("fk_document_replaced_by")
        ),
        sa.ForeignKeyConstraint(["replaces"], ["document.id"], name=op.f("fk_document_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(
            "ix_document_idempotence",
            ["source", "sha"],
            unique=True,
            sqlite_where=sa.text("status IN ('accepted', 'pending')"),
            postgresql_where=sa.text("status IN ('accepted', 'pending')"),
        )
        batch_op.create_index("ix_document_source_sha", ["source", "sha"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_status"), ["status"], unique=False)

    op.create_table(
        "element",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("declared", sa.SmallInteger(), nullable=False),
        sa.Column("inferred", sa.SmallInteger(), nullable=False),
        sa.Column("class", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("level_from", sa.Text(), nullable=True),
        sa.Column("body", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_element")),
        sa.UniqueConstraint("iri", name=op.f("uq_element_iri")),
    )
    op.create_table(
        "namespace",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_namespace")),
        sa.UniqueConstraint("iri", name=op.f("uq_namespace_iri")),
    )
    op.create_table(
        "part",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
    )
    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.create_index("ix_part_identity", ["namespace", "sha"], unique=True)
        batch_op.create_index(
            "ix_part_subject",
            ["namespace", "subject"],
            unique=False,
            sqlite_where=sa.text("subject IS NOT NULL"),
        )

    op.create_table(
        "refusal",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_table(
        "token",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_token_hash")),
    )
    op.create_table(
        "activity",
        sa.Column(
            "element",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("start_time", sa.Text(), nullable=True),
        sa.Column("end_time", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["element"], ["element.id"], name=op.f("fk_activity_element")),
        sa.PrimaryKeyConstraint("element", name=op.f("pk_activity")),
    )
    op.create_table(
        "alias",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("element", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["element"], ["element.id"], name=op.f("fk_alias_element")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_element"), ["element"], unique=False)
        batch_op.create_index("ix_alias_value", ["value", "kind"], unique=False)

    op.create_table(
        "assertion",
        sa.Column("element", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("part", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bundle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["element"], ["element.id"], name=op.f("fk_assertion_element")),
        sa.ForeignKeyConstraint(["part"], ["part.id"], name=op.f("fk_assertion_part")),
        sa.PrimaryKeyConstraint(
            "element", "hash", "kind", "part", "bundle", name=op.f("pk_assertion")
        ),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("assertion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assertion_part"), ["part"], unique=False)

    op.create_table(
        "document_part",
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("part", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lead", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["document.id"], name=op.f("fk_document_part_document")
        ),
        sa.ForeignKeyConstraint(["part"], ["part.id"], name=op.f("fk_document_part_part")),
        sa.PrimaryKeyConstraint("document", "seq", name=op.f("pk_document_part")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("document_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_part_part"), ["part"], unique=False)

    op.create_table(
        "entity",
        sa.Column(
            "element",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("generated_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["element"], ["element.id"], name=op.f("fk_entity_element")),
        sa.PrimaryKeyConstraint("element", name=op.f("pk_entity")),
    )
    op.create_table(
        "obscore",
        sa.Column("element", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=True),
        sa.Column("dataproduct_type", sa.Text(), nullable=True),
        sa.Column("calib_level", sa.BigInteger(), nullable=False),
        sa.Column("obs_collection", sa.Text(), nullable=False),
        sa.Column("obs_id", sa.Text(), nullable=False),
        sa.Column("obs_publisher_did", sa.Text(), nullable=False),
        sa.Column("access_url", sa.Text(), nullable=True),
        sa.Column("access_format", sa.Text(), nullable=True),
        sa.Column("access_estsize", sa.BigInteger(), nullable=True),
        sa.Column("target_name", sa.Text(), nullable=True),
        sa.Column("s_ra", sa.Double(), nullable=True),
        sa.Column("s_dec", sa.Double(), nullable=True),
        sa.Column("s_fov", sa.Double(), nullable=True),
        sa.Column("s_region", sa.Text(), nullable=True),
        sa.Column("s_resolution", sa.Double(), nullable=True),
        sa.Column("s_xel1", sa.BigInteger(), nullable=True),
        sa.Column("s_xel2", sa.BigInteger(), nullable=True),
        sa.Column("t_min", sa.Double(), nullable=True),
        sa.Column("t_max", sa.Double(), nullable=True),
        sa.Column("t_exptime", sa.Double(), nullable=True),
        sa.Column("t_resolution", sa.Double(), nullable=True),
        sa.Column("t_xel", sa.BigInteger(), nullable=True),
        sa.Column("em_min", sa.Double(), nullable=True),
        sa.Column("em_max", sa.Double(), nullable=True),
        sa.Column("em_res_power", sa.Double(), nullable=True),
        sa.Column("em_xel", sa.BigInteger(), nullable=True),
        sa.Column("o_ucd", sa.Text(), nullable=True),
        sa.Column("pol_states", sa.Text(), nullable=True),
        sa.Column("pol_xel", sa.BigInteger(), nullable=True),
        sa.Column("facility_name", sa.Text(), nullable=True),
        sa.Column("instrument_name", sa.Text(), nullable=True),
        sa.Column("dataproduct_subtype", sa.Text(), nullable=True),
        sa.Column("target_class", sa.Text(), nullable=True),
        sa.Column("obs_creation_date", sa.Text(), nullable=True),
        sa.Column("obs_creator_name", sa.Text(), nullable=True),
        sa.Column("obs_creator_did", sa.Text(), nullable=True),
        sa.Column("obs_title", sa.Text(), nullable=True),
        sa.Column("publisher_id", sa.Text(), nullable=True),
        sa.Column("bib_reference", sa.Text(), nullable=True),
        sa.Column("data_rights", sa.Text(), nullable=True),
        sa.Column("obs_release_date", sa.Text(), nullable=True),
        sa.Column("s_ucd", sa.Text(), nullable=True),
        sa.Column("s_unit", sa.Text(), nullable=True),
        sa.Column("s_resolution_min", sa.Double(), nullable=True),
        sa.Column("s_resolution_max", sa.Double(), nullable=True),
        sa.Column("s_pixel_scale", sa.Double(), nullable=True),
        sa.Column("s_calib_status", sa.Text(), nullable=True),
        sa.Column("s_stat_error", sa.Double(), nullable=True),
        sa.Column("t_calib_status", sa.Text(), nullable=True),
        sa.Column("t_stat_error", sa.Double(), nullable=True),
        sa.Column("em_ucd", sa.Text(), nullable=True),
        sa.Column("em_unit", sa.Text(), nullable=True),
        sa.Column("em_calib_status", sa.Text(), nullable=True),
        sa.Column("em_res_power_min", sa.Double(), nullable=True),
        sa.Column("em_res_power_max", sa.Double(), nullable=True),
        sa.Column("em_resolution", sa.Double(), nullable=True),
        sa.Column("em_stat_error", sa.Double(), nullable=True),
        sa.Column("o_unit", sa.Text(), nullable=True),
        sa.Column("o_calib_status", sa.Text(), nullable=True),
        sa.Column("o_stat_error", sa.Double(), nullable=True),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("sub_array_name", sa.Text(), nullable=True),
        sa.Column("pointing_mode", sa.Text(), nullable=True),
        sa.Column("obs_mode", sa.Text(), nullable=True),
        sa.Column("run_type", sa.Text(), nullable=True),
        sa.Column("data_quality", sa.Text(), nullable=True),
        sa.Column("calib_version", sa.Text(), nullable=True),
        sa.Column("reco_version", sa.Text(), nullable=True),
        sa.Column("reco_method", sa.Text(), nullable=True),
        sa.Column("applied_cuts", sa.Text(), nullable=True),
        sa.Column("spectral_model", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["element"], ["element.id"], name=op.f("fk_obscore_element")),
        sa.ForeignKeyConstraint(["part"], ["part.id"], name=op.f("fk_obscore_part")),
        sa.PrimaryKeyConstraint("element", "part", name=op.f("pk_obscore")),
    )
    with op.batch_alter_table("obscore", schema=None) as batch_op:
        batch_op.create_index("ix_obscore_obs_id", ["obs_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_obscore_part"), ["part"], unique=False)
        batch_op.create_index("ix_obscore_target_name", ["target_name"], unique=False)

    op.create_table(
        "prefix",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_prefix_document")),
        sa.PrimaryKeyConstraint("prefix", "iri", "document", name=op.f("pk_prefix")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("prefix", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prefix_document"), ["document"], unique=False)

    op.create_table(
        "relation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("subj", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("obj", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("time", sa.Text(), nullable=True),
        sa.Column("time_utc", sa.Text(), nullable=True),
        sa.Column("iri", sa.Text(), nullable=True),
        sa.Column("bundle", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attrs", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["obj"], ["element.id"], name=op.f("fk_relation_obj")),
        sa.ForeignKeyConstraint(["subj"], ["element.id"], name=op.f("fk_relation_subj")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_relation_iri",
            ["iri"],
            unique=False,
            sqlite_where=sa.text("iri IS NOT NULL"),
            postgresql_where=sa.text("iri IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_relation_member",
            ["kind"],
            unique=False,
            sqlite_where=sa.text("kind = 9"),
            postgresql_where=sa.text("kind = 9"),
        )
        batch_op.create_index("ix_relation_obj", ["obj", "kind", "subj"], unique=False)
        batch_op.create_index("ix_relation_subj", ["subj", "kind", "obj"], unique=False)

    op.create_table(
        "tie",
        sa.Column("a", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("b", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["a"], ["element.id"], name=op.f("fk_tie_a")),
        sa.PrimaryKeyConstraint("a", "b", "kind", "value", name=op.f("pk_tie")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("tie", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tie_value"), ["value"], unique=False)

    op.create_table(
        "relation_assertion",
        sa.Column("part", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("relation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["part"], ["part.id"], name=op.f("fk_relation_assertion_part")),
        sa.ForeignKeyConstraint(
            ["relation"], ["relation.id"], name=op.f("fk_relation_assertion_relation")
        ),
        sa.PrimaryKeyConstraint("part", "relation", name=op.f("pk_relation_assertion")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("relation_assertion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_relation_assertion_relation"), ["relation"], unique=False
        )

    op.create_table(
        "relation_end",
        sa.Column("relation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("element", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["element"], ["element.id"], name=op.f("fk_relation_end_element")),
        sa.ForeignKeyConstraint(
            ["relation"], ["relation.id"], name=op.f("fk_relation_end_relation")
        ),
        sa.PrimaryKeyConstraint("relation", "position", name=op.f("pk_relation_end")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("relation_end", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_end_element"), ["element"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("relation_end", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_end_element"))

    op.drop_table("relation_end")
    with op.batch_alter_table("relation_assertion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_assertion_relation"))

    op.drop_table("relation_assertion")
    with op.batch_alter_table("tie", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tie_value"))

    op.drop_table("tie")
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.drop_index("ix_relation_subj")
        batch_op.drop_index("ix_relation_obj")
        batch_op.drop_index(
            "ix_relation_member",
            sqlite_where=sa.text("kind = 9"),
            postgresql_where=sa.text("kind = 9"),
        )
        batch_op.drop_index(
            "ix_relation_iri",
            sqlite_where=sa.text("iri IS NOT NULL"),
            postgresql_where=sa.text("iri IS NOT NULL"),
        )

    op.drop_table("relation")
    with op.batch_alter_table("prefix", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prefix_document"))

    op.drop_table("prefix")
    with op.batch_alter_table("obscore", schema=None) as batch_op:
        batch_op.drop_index("ix_obscore_target_name")
        batch_op.drop_index(batch_op.f("ix_obscore_part"))
        batch_op.drop_index("ix_obscore_obs_id")

    op.drop_table("obscore")
    op.drop_table("entity")
    with op.batch_alter_table("document_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_part_part"))

    op.drop_table("document_part")
    with op.batch_alter_table("assertion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assertion_part"))

    op.drop_table("assertion")
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.drop_index("ix_alias_value")
        batch_op.drop_index(batch_op.f("ix_alias_element"))

    op.drop_table("alias")
    op.drop_table("activity")
    op.drop_table("token")
    op.drop_table("refusal")
    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.drop_index("ix_part_subject", sqlite_where=sa.text("subject IS NOT NULL"))
        batch_op.drop_index("ix_part_identity")

    op.drop_table("part")
    op.drop_table("namespace")
    op.drop_table("element")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_status"))
        batch_op.drop_index("ix_document_source_sha")
        batch_op.drop_index(
            "ix_document_idempotence",
            sqlite_where=sa.text("status IN ('accepted', 'pending')"),
            postgresql_where=sa.text("status IN ('accepted', 'pending')"),
        )

    op.drop_table("document")
    op.drop_table("counter")
    op.drop_table("body")
