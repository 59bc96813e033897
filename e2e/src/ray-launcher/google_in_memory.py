"""Plays, within this process, the part of Google Cloud that Ray's launcher asks: who the user is, the project, its roles, and Compute Engine.

Google's own client builds the requests from the descriptions that it carries. A machine that is asked for must have no field that the
description of an instance does not have.
"""

import importlib.resources
import json
import os
import re
import tempfile
from urllib.parse import urlsplit

import httplib2

USER = {"type": "authorized_user", "client_id": "x", "client_secret": "x", "refresh_token": "x"}


class Google:
    def __init__(self, project, zone):
        self.project = project
        self.zone = zone
        self.instances = {}
        self.metadata = {"items": []}
        self.bindings = []
        documents = importlib.resources.files("googleapiclient.discovery_cache.documents")
        self.schemas = json.loads(documents.joinpath("compute.v1.json").read_text(encoding="utf-8"))["schemas"]

    def play(self):
        """From here on nothing of this process reaches the network by httplib2."""
        google = self

        def request(_http, uri, method="GET", body=None, **_others):
            status, answer = google.answer(method, urlsplit(uri), body)
            headers = httplib2.Response({"status": str(status), "content-type": "application/json"})
            return headers, json.dumps(answer).encode()

        httplib2.Http.request = request
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(USER, file)
        os.environ["GOOGLE_APPLICATION_CREDENTIALS"] = file.name

    def answer(self, method, url, body):
        if url.hostname == "oauth2.googleapis.com":
            return 200, {"access_token": "of-the-user", "expires_in": 3600, "token_type": "Bearer"}
        known = {
            "cloudresourcemanager.googleapis.com": self.resource_manager,
            "iam.googleapis.com": self.iam,
            "compute.googleapis.com": self.compute,
        }
        return known[url.hostname](method, url.path, json.loads(body) if body else None)

    def resource_manager(self, method, path, body):
        if path == "/v1/projects/%s" % self.project:
            return 200, {"projectId": self.project, "lifecycleState": "ACTIVE"}
        if path.endswith(":getIamPolicy"):
            return 200, {"bindings": self.bindings}
        if path.endswith(":setIamPolicy"):
            self.bindings = body["policy"]["bindings"]
            return 200, body["policy"]
        raise AssertionError("%s %s" % (method, path))

    def iam(self, method, path, body):
        if method == "GET":
            return 404, {"error": {"code": 404}}
        email = "%s@%s.iam.gserviceaccount.com" % (body["accountId"], self.project)
        return 200, {"email": email, "projectId": self.project}

    def compute(self, method, path, body):
        place = path.removeprefix("/compute/v1/projects/%s" % self.project)
        if place == "":
            return 200, {"name": self.project, "commonInstanceMetadata": self.metadata}
        if place == "/setCommonInstanceMetadata":
            self.metadata = body
            return 200, {"name": "operation"}
        if "/operations/" in place:
            return 200, {"name": "operation", "status": "DONE"}
        if place.endswith("/subnetworks"):
            return 200, {"items": [{"selfLink": "projects/%s/regions/x/subnetworks/default" % self.project}]}
        if place == "/zones/%s/instances" % self.zone and method == "POST":
            self.check(body, "Instance", "instance")
            self.instances[body["name"]] = {**body, "status": "RUNNING", "labelFingerprint": "x"}
            return 200, {"name": "operation"}
        if place == "/zones/%s/instances" % self.zone:
            return 200, {"items": list(self.instances.values())}
        raise AssertionError("%s %s" % (method, path))

    def check(self, value, schema, where):
        """Fields, and texts that Google holds to a pattern, as the description has them."""
        schema = self.schemas[schema] if isinstance(schema, str) else schema
        if "$ref" in schema:
            return self.check(value, schema["$ref"], where)
        if isinstance(value, list):
            for index, item in enumerate(value):
                self.check(item, schema["items"], "%s[%d]" % (where, index))
        elif isinstance(value, dict):
            for key, item in value.items():
                inner = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
                assert inner is not None, "%s has no field %s" % (where, key)
                self.check(item, inner, "%s.%s" % (where, key))
        elif "pattern" in schema:
            assert re.fullmatch(schema["pattern"], value), "%s is %r" % (where, value)
