// Makes: the indexes by which people find an element: its name, its level, and the identifier under
// which a dataset was published.
// May run again.
CREATE RANGE INDEX element_name IF NOT EXISTS
FOR (n:Element) ON (n.name);

CREATE RANGE INDEX element_obs_publisher_did IF NOT EXISTS
FOR (n:Element) ON (n.obs_publisher_did);

CREATE RANGE INDEX element_level IF NOT EXISTS
FOR (n:Element) ON (n.level);
