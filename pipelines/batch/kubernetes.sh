#!/usr/bin/env bash
# Prints an indexed Job for Kubernetes that draws the masks into all clips of a list.
# Usage: kubernetes.sh MANIFEST IMAGE CLAIM [PARALLELISM]
#
# IMAGE is a container image with this project in /sam2overlay. CLAIM is a persistent volume claim that is mounted as /data. MANIFEST is its
# path there; here a copy of the file is read to count its lines. PARALLELISM is how many clips are worked on at once (default: 4).
# Example: kubernetes.sh list.tsv registry/sam2overlay:1 clips | kubectl create -f -
set -euo pipefail
# shellcheck source=pipelines/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
answer_options "" "$@"

(($# >= 3)) || die "Usage: ${0##*/} MANIFEST IMAGE CLAIM [PARALLELISM]"
[[ -f $1 ]] || die "$1: no such file"
count=$(grep -cvE '^[[:space:]]*(#|$)' "$1" || true)
((count > 0)) || die "$1: no lines in it"
cat <<YAML
apiVersion: batch/v1
kind: Job
metadata:
  generateName: masks-
spec:
  completions: $count
  parallelism: ${4:-4}
  completionMode: Indexed
  backoffLimit: $((2 * count))
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: masks
          image: $2
          command: ["/sam2overlay/pipelines/batch/process-one.sh", "/data/${1##*/}"]
          volumeMounts:
            - {name: data, mountPath: /data}
      volumes:
        - name: data
          persistentVolumeClaim: {claimName: $3}
YAML
