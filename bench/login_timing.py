#!/usr/bin/env python3
"""bench/login_timing.py URL LOGIN [--tries N]

Does the time of an answer tell whether there is an account? Sends wrong passwords for LOGIN and for logins that nobody
has, in turn and in random order, and compares the two by Welch's t-test. Prints both means and the t; |t| below 3 is no
difference that anybody can see. The server must be patient: auth.free_failures = 100000.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import random
import secrets
import statistics
import time
import urllib.parse


def seconds_of(connection: http.client.HTTPConnection, login: str) -> float:
    credentials = base64.b64encode(f"{login}:{secrets.token_hex(8)}".encode()).decode()
    begin = time.perf_counter()
    connection.request("PROPFIND", "/dav/", headers={"Authorization": "Basic " + credentials, "Depth": "0"})
    response = connection.getresponse()
    response.read()
    if response.status != 401:
        raise SystemExit(f"{login}: {response.status} instead of 401")
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url", metavar="URL")
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("--tries", type=int, default=300, metavar="N", help="of each kind")
    options = parser.parse_args()
    parts = urllib.parse.urlsplit(options.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    times: dict[bool, list[float]] = {True: [], False: []}
    kinds = [True, False] * options.tries
    random.shuffle(kinds)
    for known in kinds:
        login = options.login if known else "x" + secrets.token_hex(len(options.login))[: len(options.login)]
        times[known].append(seconds_of(connection, login))
    means = {kind: statistics.fmean(values) for kind, values in times.items()}
    spread = sum(statistics.variance(values) / len(values) for values in times.values()) ** 0.5
    print(f"{options.tries} of each: there {means[True] * 1000:.3f} ms, not there {means[False] * 1000:.3f} ms, "
          f"t = {(means[True] - means[False]) / spread:.2f}")


if __name__ == "__main__":
    main()
