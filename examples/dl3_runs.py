"""The DL3 runs behind a dataset, one line each: `python dl3_runs.py IDENTIFIER`."""

import sys

from provstore.client import Client


def main() -> None:
    """Ask the server of PROVSTORE_URL, and print obs_id and identifier."""
    answer = Client().lineage(sys.argv[1], stop="DL3", parameters="hide")
    if answer["cut"] is not None:
        sys.exit(f"the answer is not whole: {answer['cut']}")
    for node in answer["nodes"]:
        if node["level"] == "DL3":
            sys.stdout.write(f"{node['obs_id']} {node['obs_publisher_did'] or node['id']}\n")


if __name__ == "__main__":
    main()
