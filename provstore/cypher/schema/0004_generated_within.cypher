// Makes: the indexes by which what was inferred from a membership or a generation is found again
// when that relation is taken back. Both are numbers of relations in the catalogue.
// May run again.
CREATE RANGE INDEX generated_within_membership IF NOT EXISTS
FOR ()-[r:WAS_GENERATED_WITHIN]-() ON (r.membership);

CREATE RANGE INDEX generated_within_generation IF NOT EXISTS
FOR ()-[r:WAS_GENERATED_WITHIN]-() ON (r.generation);
