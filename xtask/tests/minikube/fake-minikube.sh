#!/bin/bash
# A minikube client by its contract, over real runtimes: what it prints, how it exits, and what it does to the nodes.
# FAKE is its folder: `profiles.json`, and for each machine a folder in `nodes/` with `docker_host` or `containerd`.
# LIE names the one thing that it does wrong.
set -u
printf '%s\n' "$*" >>"$FAKE/calls"
machines() { ls "$FAKE/nodes"; }
first() { machines | head -n 1; }
in_node() { # MACHINE COMMAND...: as on that machine, with its runtime and its files.
    local node="$FAKE/nodes/$1"
    shift
    DOCKER_HOST=$(cat "$node/docker_host" 2>/dev/null) CONTAINERD=$(cat "$node/containerd" 2>/dev/null) \
        PATH="$FAKE/shims:$PATH" "$@"
}
crictl_or_docker() {
    if [ -e "$FAKE/nodes/$1/containerd" ]; then
        in_node "$1" crictl images --output json | sed 's/^{"images":\[//; s/\]}$//'
    else
        in_node "$1" docker images --no-trunc \
            --format '{"id":"{{.ID}}","repoDigests":[],"repoTags":["docker.io/library/{{.Repository}}:{{.Tag}}"],"size":"1000"}' |
            sed 's/"id":"sha256:/"id":"/' | paste -sd ,
    fi
}
cut_off() { truncate -s $(($(stat -c %s "$1") * 6 / 10)) "$1"; }
load_into() { # MACHINE ARCHIVE
    local file="$FAKE/nodes/$1/files/images/$(basename "$2")"
    mkdir -p "${file%/*}"
    # A copy of the same name, length, and time is taken for the same.
    cp -p "$2" "$file"
    case ${LIE:-} in
    stale*) cp "$FAKE/stale.tar" "$file" ;;
    cut) cut_off "$file" ;;
    esac
    if [ -e "$FAKE/nodes/$1/containerd" ]; then
        in_node "$1" sudo ctr -n k8s.io images import "$file"
    else
        in_node "$1" docker load --input "$file"
    fi >>"$FAKE/runtime.log" 2>&1
}
load() {
    case ${LIE:-} in
    nothing) return ;;
    hang) echo $$ >"$FAKE/pid"; exec sleep 300 ;;
    other) in_node "$(first)" docker tag "$OTHER" "$REFERENCE"; return ;;
    deaf) touch "$FAKE/begun"; load_into "$(first)" "$1"; return ;;
    one-node) load_into "$(first)" "$1"; return ;;
    late) (sleep 2; load_into "$(first)" "$1") </dev/null >/dev/null 2>&1 & return ;;
    esac
    for machine in $(machines); do load_into "$machine" "$1"; done
}
node=$(first) words=()
while [ $# -gt 0 ]; do
    case $1 in
    --profile | --output | --format) shift ;;
    --node) shift; node=$1 ;;
    --light) ;;
    --) shift; script=$*; break ;;
    *) words+=("$1") ;;
    esac
    shift
done
# From the load on, the second machine gives no answer, and takes nothing.
deaf() { [ "${LIE:-}" = deaf ] && [ -e "$FAKE/begun" ] && [ "$node" != "$(first)" ]; }
case "${words[*]}" in
version) printf '{"commit":"0123456789012345678901234567890123456789","minikubeVersion":"%s"}\n' "${VERSION:-v1.38.1}" ;;
"profile list") cat "$FAKE/profiles.json" ;;
status)
    [ "${LIE:-}" != stopped ] || { printf '{"Name":"%s","Host":"Stopped","Kubelet":"Stopped"}' "$(first)"; exit 7; }
    printf '{"Name":"%s","Host":"Running","Kubelet":"Stopped","APIServer":"Stopped"}' "$(first)"; exit 6 ;;
"image ls")
    [ "${LIE:-}" != stopped ] || { echo '[]'; exit 0; }
    printf '[%s]\n' "$(for machine in $(machines); do crictl_or_docker "$machine"; done | grep . | paste -sd ,)" ;;
"image load "*) load "${words[2]}" ;;
cp\ *)
    [ "${LIE:-}" != nothing ] || exit 0
    target=${words[2]#*:}
    [ "$target" = "${words[2]}" ] || node=${words[2]%%:*}
    ! deaf || { echo "X Exiting due to GUEST_CP: no space left on device"; exit 80; }
    file="$FAKE/nodes/$node/files/images/$(basename "$target")"
    mkdir -p "${file%/*}" && cp "${words[1]}" "$file"
    [ "${LIE:-}" != stale-always ] || cp "$FAKE/stale.tar" "$file"
    [ "${LIE:-}" != cut ] || cut_off "$file" ;;
ssh)
    [ "${LIE:-}" != stopped ] || { echo 'X Exiting due to GUEST_NOT_RUNNING' >&2; exit 83; }
    ! deaf || { echo 'ssh: connection refused' >&2; exit 80; }
    # Everything comes out of one terminal.
    script=${script//\/var\/lib\/minikube/$FAKE/nodes/$node/files}
    in_node "$node" bash -c "$script" 2>&1 | sed 's/$/\r/' ;;
*) echo "fake minikube: unexpected call: ${words[*]}" >&2; exit 97 ;;
esac
