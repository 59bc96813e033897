"""Ray's autoscaler under KubeRay reads a RayCluster: what it makes of it, or why it does not.

    check_ray_cluster.py FILE       the object as Kubernetes would give it, in JSON

Prints one JSON object.
"""

import json
import sys

from ray.autoscaler._private.kuberay.autoscaling_config import _derive_autoscaling_config_from_ray_cr


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cluster = json.load(file)
    try:
        answer = {"config": _derive_autoscaling_config_from_ray_cr(cluster)}
    except ValueError as error:
        answer = {"refused": str(error)}
    print(json.dumps(answer))


main()
