"""Two checks of our own for schemathesis, and what lets it call this API as often as it likes."""

import atexit
import itertools
import json
import os
import re
from pathlib import Path

import requests.sessions
import schemathesis
from requests.adapters import HTTPAdapter
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

# Said of data that the document calls valid, these mean that the document is wrong.
NOT_UNDERSTOOD = {"REQUEST_INVALID", "REQUEST_MALFORMED", "NAME_INVALID"}
GOOD_CONFIG = {
    "docker_image": "registry.example.com/team/app:1",
    "ray_version": "2.55.1",
    "registry_login_secret": "team/login",
}
# What is there when the run begins: ids by the name of their parameter.
WORLD = json.loads(os.environ["FAIRLEAD_API_WORLD"])
UNKNOWN_TOKEN = "tok_" + "0" * 26


def code_of(response):
    kind = (response.headers.get("content-type") or [""])[0]
    return response.json().get("code") if "problem+json" in kind else None


@schemathesis.check
def documented_problem_code(ctx, response, case):
    """A problem is one of those that the document lists for the status."""
    code = code_of(response)
    documented = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    if code is not None and "x-problem-codes" in documented and not is_unexpected_http_status_case(case):
        assert code in documented["x-problem-codes"], f"{code} is not documented for {response.status_code}"


@schemathesis.check
def valid_data_is_understood(ctx, response, case):
    """What follows the document may be refused by a rule with a code of its own, never as malformed."""
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if is_valid and not is_unexpected_http_status_case(case):
        assert code_of(response) not in NOT_UNDERSTOOD, f"valid data is {code_of(response)}"


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """The token of this run must outlive it, and reports are as the rules for them say."""
    name_engines_of_doors(case.body)
    begin_one_way(case.query)
    if case.operation.path.endswith("/clouds/{cloud_id}/update"):
        keep_the_way_to_join(case.body)
    if (case.path_parameters or {}).get("token_id") == WORLD["own_token_id"]:
        case.path_parameters["token_id"] = UNKNOWN_TOKEN
    if (case.headers or {}).get("If-None-Match") == newest_etag and type((case.query or {}).get("wait")) is int:
        # Nothing will change: how long a node is let wait, other tests look at.
        case.query["wait"] = min(case.query["wait"], 0)


def name_engines_of_doors(body):
    """A pull through a door names its engine, and no other pull does: the document cannot make one field depend on another."""
    pulls = body.get("pulls") if isinstance(body, dict) else None
    for pull in pulls if isinstance(pulls, list) else []:
        if isinstance(pull, dict) and pull.get("purpose") == "door":
            pull.setdefault("engine", "docker")
        elif isinstance(pull, dict):
            pull.pop("engine", None)


def keep_the_way_to_join(change):
    """Whether machines may join by token depends on what the cloud has by now, such as the pods that an earlier call let join."""
    if not isinstance(change, dict):
        return
    change.pop("join", None)
    if isinstance(change.get("kubernetes"), dict):
        change["join"] = "proof"
    elif change.get("kubernetes", 0) is None:
        del change["kubernetes"]


def begin_one_way(query):
    """A page begins where its token says, in the order of the list that gave it: the document cannot make parameters depend on another."""
    if "paging_token" in (query or {}):
        for name in ("offset", "sort", "order"):
            query.pop(name, None)


newest_etag = None
# Of the stream, which schemathesis has held against the document. Told at the end, in the folder of the run.
events_read = 0


@schemathesis.hook
def after_call(ctx, case, response):
    global newest_etag, events_read
    [newest_etag] = response.headers.get("etag") or [newest_etag]
    if "text/event-stream" in (response.headers.get("content-type") or []):
        events_read += response.content.count(b"\ndata: ")


atexit.register(lambda: Path("events-read").write_text(str(events_read)))


def every_other(text):
    return sum(map(ord, text)) % 2 == 0


def name_what_is_there(fields):
    """An id of the right form is every other time the id of something that is there."""
    for name, value in fields.items():
        if name in WORLD["ids"] and re.fullmatch("[a-z]+_[0-9a-z]{26}", str(value)) and every_other(value):
            fields[name] = WORLD["ids"][name]


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    name_what_is_there(path_parameters or {})
    return path_parameters


@schemathesis.hook
def map_query(ctx, query):
    for name in ("identifier", "cluster_environment"):
        value = (query or {}).get(name)
        if isinstance(value, str) and re.fullmatch("[A-Za-z0-9._-]{1,128}", value) and every_other(value):
            query[name] = WORLD["environment_name"]
    return query


@schemathesis.hook
def map_headers(ctx, headers):
    """A reader of events goes every other time on from the beginning, so that there are some to read; a node knows what it was told."""
    last = (headers or {}).get("Last-Event-ID")
    if last is not None and re.fullmatch("[0-9-]+", str(last)) and every_other(str(last)):
        headers["Last-Event-ID"] = "1"
    if newest_etag is not None and every_other(str((headers or {}).get("If-None-Match", "."))):
        headers["If-None-Match"] = newest_etag
    return headers


def printable(text):
    return "".join(filter(str.isprintable, text))


def name_parts_of_a_report(report):
    """A node tells of the cluster that it has, and of builds that are there."""
    parts = [report["workload"], report["checks"], report["pulls"]]
    for part in itertools.chain.from_iterable(part if isinstance(part, list) else [part] for part in parts):
        if isinstance(part, dict):
            name_what_is_there(part)
            lines = part.get("last_lines")
            if isinstance(lines, list):
                # Which characters may be printed, no pattern says that all languages read alike.
                part["last_lines"] = [printable(line) if isinstance(line, str) else line for line in lines]
            if part.get("cluster_id") == WORLD["ids"]["cluster_id"] and "generation" in part:
                part["generation"] = 1


@schemathesis.hook
def map_body(ctx, body):
    """Names of images and secrets have grammars that the document does not hold: every other configuration follows them."""
    if isinstance(body, dict) and {"workload", "checks", "pulls"} <= body.keys():
        name_parts_of_a_report(body)
    config = body.get("config_json") if isinstance(body, dict) else None
    if isinstance(config, dict):
        for name, good in GOOD_CONFIG.items():
            value = config.get(name)
            if isinstance(value, str) and 1 <= len(value) <= 64 and every_other(value):
                config[name] = good
    return body


class FromManyAddresses(HTTPAdapter):
    """Wrong tokens from one address are limited, and some checks send them: a few calls come from each address of the loopback network."""

    addresses = (f"127.1.{high}.{low}" for high, low in itertools.product(range(256), range(1, 255)))
    calls = 0

    def send(self, request, *args, **kwargs):
        if self.calls % 10 == 0:
            self.poolmanager.clear()
            self.poolmanager.connection_pool_kw["source_address"] = (next(self.addresses), 0)
        self.calls += 1
        return super().send(request, *args, **kwargs)


requests.sessions.HTTPAdapter = FromManyAddresses
