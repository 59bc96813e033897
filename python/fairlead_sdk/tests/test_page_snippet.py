"""The snippet from the page, unchanged except for the names of the imports and of the class."""

from conftest import Place, Stage

snippet = """
from fairlead_sdk import FairleadSDK
from fairlead_sdk.models import CreateBYODClusterEnvironment
sdk = FairleadSDK()
create_cluster_environment = CreateBYODClusterEnvironment(
name="<cluster-env-name>",
config_json={
"docker_image": "my-registry/my-image:tag",
"ray_version": "2.7.0", # Replace this with the version of Ray in your image
"env_vars": { # Optionally, specify environment variables
"MY_VAR": "value"
},
"registry_login_secret": "mysecretid"
}
)
cluster_environment_build = sdk.build_cluster_environment(
create_cluster_environment=create_cluster_environment
)
"""


def test_returns_the_build_as_pending_if_no_node_is_online(quiet: Place) -> None:
    left: dict[str, object] = {}
    exec(snippet.replace("<cluster-env-name>", "page"), left)  # noqa: S102
    build = left["cluster_environment_build"]
    assert type(build).__name__ == "Build"
    assert build.status == "pending"
    assert build.is_byod is True
    assert build.registry_login_secret == "mysecretid"
    assert build.env_vars == {"MY_VAR": "value"}


def test_returns_the_checked_build_if_a_node_can_read_the_secret_and_log_in(lively: Place, stage: Stage) -> None:
    left: dict[str, object] = {}
    own = {"<cluster-env-name>": "page", "my-registry/my-image:tag": stage.config["docker_image"], "mysecretid": stage.secret}
    text = snippet
    for placeholder, value in own.items():
        text = text.replace(placeholder, value)
    exec(text, left)  # noqa: S102
    build = left["cluster_environment_build"]
    assert (build.status, build.digest) == ("succeeded", stage.digest)
