// Asks: how many relationships are of a type. The loader joins one of these per type of the model.
// Parameters: none. Filled in by the loader: the type.
// Returns: a row per type: the type, the number.
// Index: none.
// Plan: RelationshipCountFromCountStore: no relationship is looked at.
MATCH ()-[r:<type>]->() WITH count(r) AS number RETURN '<type>' AS name, number
