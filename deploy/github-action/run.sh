#!/usr/bin/env bash
# Runs `fairlead cluster-env lint` or `build` on each file. All are tried, and the step fails if one does.
set -euo pipefail

# An empty input is an unset one.
for name in FAIRLEAD_HOST FAIRLEAD_TOKEN FAIRLEAD_CA_FILE; do
  [ -n "${!name:-}" ] || unset "$name"
done

fairlead=fairlead
folder=$(mktemp -d)
signed_in=''
finish() {
  [ -z "$signed_in" ] || "$fairlead" logout >/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

if [ -n "${INPUT_PROGRAM_URL:-}" ]; then
  fairlead="$folder/fairlead"
  curl --fail --silent --show-error --location --output "$fairlead" "$INPUT_PROGRAM_URL"
  echo "${INPUT_PROGRAM_SHA256:?is required with program-url}  $fairlead" | sha256sum --check --quiet
  chmod 0755 "$fairlead"
fi

case "$INPUT_COMMAND" in
  lint) words=(cluster-env lint) ;;
  build) words=(cluster-env build --require-check ${INPUT_CLOUD_NAME:+"--cloud-name=$INPUT_CLOUD_NAME"}) ;;
  *)
    echo "::error::command: expected lint or build"
    exit 2
    ;;
esac

# Without a token the job signs in as itself; nothing of it stays on the runner.
if [ "$INPUT_COMMAND" = build ] && [ -z "${FAIRLEAD_TOKEN:-}" ]; then
  export XDG_CONFIG_HOME="$folder/config"
  "$fairlead" login --ci </dev/null
  signed_in=yes
fi

status=0
while IFS= read -r file; do
  [ -n "$file" ] || continue
  "$fairlead" "${words[@]}" -- "$file" </dev/null || status=$?
done <<<"$INPUT_FILES"
exit "$status"
