// Makes: every relation once per type, by its number in the catalogue (of what was inferred: by the
// numbers of both relations). Two relations of one kind between the same elements stay two.
// May run again. Each constraint brings the index by which a relation is found.
CREATE CONSTRAINT used_key IF NOT EXISTS
FOR ()-[r:USED]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_generated_by_key IF NOT EXISTS
FOR ()-[r:WAS_GENERATED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_derived_from_key IF NOT EXISTS
FOR ()-[r:WAS_DERIVED_FROM]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_informed_by_key IF NOT EXISTS
FOR ()-[r:WAS_INFORMED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_started_by_key IF NOT EXISTS
FOR ()-[r:WAS_STARTED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_ended_by_key IF NOT EXISTS
FOR ()-[r:WAS_ENDED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_invalidated_by_key IF NOT EXISTS
FOR ()-[r:WAS_INVALIDATED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT specialization_of_key IF NOT EXISTS
FOR ()-[r:SPECIALIZATION_OF]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT had_member_key IF NOT EXISTS
FOR ()-[r:HAD_MEMBER]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT had_step_key IF NOT EXISTS
FOR ()-[r:HAD_STEP]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_attributed_to_key IF NOT EXISTS
FOR ()-[r:WAS_ATTRIBUTED_TO]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_associated_with_key IF NOT EXISTS
FOR ()-[r:WAS_ASSOCIATED_WITH]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT acted_on_behalf_of_key IF NOT EXISTS
FOR ()-[r:ACTED_ON_BEHALF_OF]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT is_described_by_key IF NOT EXISTS
FOR ()-[r:IS_DESCRIBED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT is_related_to_key IF NOT EXISTS
FOR ()-[r:IS_RELATED_TO]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_configured_by_key IF NOT EXISTS
FOR ()-[r:WAS_CONFIGURED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT had_reference_key IF NOT EXISTS
FOR ()-[r:HAD_REFERENCE]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT alternate_of_key IF NOT EXISTS
FOR ()-[r:ALTERNATE_OF]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT mention_of_key IF NOT EXISTS
FOR ()-[r:MENTION_OF]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_influenced_by_key IF NOT EXISTS
FOR ()-[r:WAS_INFLUENCED_BY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT had_dictionary_member_key IF NOT EXISTS
FOR ()-[r:HAD_DICTIONARY_MEMBER]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT derived_by_insertion_from_key IF NOT EXISTS
FOR ()-[r:DERIVED_BY_INSERTION_FROM]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT derived_by_removal_from_key IF NOT EXISTS
FOR ()-[r:DERIVED_BY_REMOVAL_FROM]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT is_member_of_key IF NOT EXISTS
FOR ()-[r:IS_MEMBER_OF]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT is_dictionary_member_of_key IF NOT EXISTS
FOR ()-[r:IS_DICTIONARY_MEMBER_OF]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT is_step_of_key IF NOT EXISTS
FOR ()-[r:IS_STEP_OF]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT is_credited_with_key IF NOT EXISTS
FOR ()-[r:IS_CREDITED_WITH]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT took_part_in_key IF NOT EXISTS
FOR ()-[r:TOOK_PART_IN]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_started_by_activity_key IF NOT EXISTS
FOR ()-[r:WAS_STARTED_BY_ACTIVITY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_ended_by_activity_key IF NOT EXISTS
FOR ()-[r:WAS_ENDED_BY_ACTIVITY]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT had_plan_key IF NOT EXISTS
FOR ()-[r:HAD_PLAN]-() REQUIRE r.key IS UNIQUE;

CREATE CONSTRAINT was_generated_within_key IF NOT EXISTS
FOR ()-[r:WAS_GENERATED_WITHIN]-() REQUIRE r.key IS UNIQUE;
