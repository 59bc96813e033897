"""Ray's own code reads a file for `ray up`: its schema, its defaults and, where asked for, its start of a head and a worker.

    check_config.py FILE            the schema and the defaults
    check_config.py FILE --launch   that, and instances, up to where Ray would log in to them: of AWS at AWS_ENDPOINT_URL, of Google Cloud in
                                    this process

Prints one JSON object.
"""

import json
import os
import sys

import jsonschema
import ray.autoscaler
import yaml
from google_in_memory import Google
from ray.autoscaler._private.providers import _get_node_provider, _get_node_provider_cls
from ray.autoscaler._private.util import hash_launch_conf, prepare_config, validate_config
from ray.autoscaler.tags import (
    TAG_RAY_LAUNCH_CONFIG,
    TAG_RAY_NODE_KIND,
    TAG_RAY_NODE_NAME,
    TAG_RAY_NODE_STATUS,
    TAG_RAY_USER_NODE_TYPE,
)


def read_config(path):
    with open(path, encoding="utf-8") as file:
        config = yaml.safe_load(file)
    with open(os.path.join(os.path.dirname(ray.autoscaler.__file__), "ray-schema.json"), encoding="utf-8") as file:
        jsonschema.validate(config, json.load(file))
    prepared = prepare_config(config)
    validate_config(prepared)
    return config, prepared


def launch(prepared):
    """As ray.autoscaler._private.commands does it, one node of each kind."""
    of_provider = prepared["provider"]
    google = Google(of_provider["project_id"], of_provider["availability_zone"]) if of_provider["type"] == "gcp" else None
    if google:
        google.play()
    provider_class = _get_node_provider_cls(of_provider)
    config = provider_class.bootstrap_config(prepared)
    config = provider_class.fillout_available_node_types_resources(config)
    provider = _get_node_provider(config["provider"], config["cluster_name"])
    for name, node_type in config["available_node_types"].items():
        is_head = name == config["head_node_type"]
        node_config = {**(config["head_node"] if is_head else {}), **node_type["node_config"]}
        kind = "head" if is_head else "worker"
        tags = {
            TAG_RAY_LAUNCH_CONFIG: hash_launch_conf(node_config, config["auth"]),
            TAG_RAY_NODE_KIND: kind,
            TAG_RAY_NODE_NAME: "ray-%s-%s" % (config["cluster_name"], kind),
            TAG_RAY_NODE_STATUS: "uninitialized",
            TAG_RAY_USER_NODE_TYPE: name,
        }
        provider.create_node_with_resources_and_labels(
            node_config, tags, 1, node_type.get("resources", {}), node_type.get("labels", {})
        )
    ids = provider.non_terminated_nodes({})
    nodes = nodes_of_google(google) if google else nodes_of_aws(ids, of_provider["region"])
    return {
        "resources": {name: it["resources"] for name, it in config["available_node_types"].items()},
        "nodes": nodes,
    }


def nodes_of_aws(ids, region):
    import boto3

    found = boto3.client("ec2", region_name=region).describe_instances(InstanceIds=ids)
    return [
        {
            "kind": next(tag["Value"] for tag in instance["Tags"] if tag["Key"] == TAG_RAY_NODE_KIND),
            "profile": instance.get("IamInstanceProfile", {}).get("Arn"),
        }
        for reservation in found["Reservations"]
        for instance in reservation["Instances"]
    ]


def nodes_of_google(google):
    return [
        {"kind": one["labels"][TAG_RAY_NODE_KIND], "profile": [account["email"] for account in one["serviceAccounts"]]}
        for one in google.instances.values()
    ]


def main():
    path, *options = sys.argv[1:]
    config, prepared = read_config(path)
    # Ray's own code talks on standard output.
    sys.stdout.flush()
    answer_to = os.dup(1)
    os.dup2(2, 1)
    answer = {"config": config, "prepared": prepared}
    if options == ["--launch"]:
        answer["launched"] = launch(prepared)
    sys.stdout.flush()
    with os.fdopen(answer_to, "w") as answer_file:
        json.dump(answer, answer_file)


main()
