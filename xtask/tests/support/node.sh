# A minikube client with one profile, whose node is a folder below $state, which a line before this text sets. Scripts
# for the node are run by a shell whose `docker` is this text, too.
#
#   node/tags/REFERENCE     the ID of the image that has the reference; `/` in it is written as `%`
#   node/images/ID          the digests of the image's layers, as JSON
#   node/files/             archives that were loaded
#   node-faults/NAME        three lines as the engine's faults have them

PATH=$state/node/bin:/usr/bin:/bin
export LC_ALL=C
node=$state/node

# Prints a line for each reference: its repository, its tag, and the ID of its image.
images() {
    for entry in "$node"/tags/*; do
        [ -f "$entry" ] || continue
        read -r image <"$entry"
        name=$(printf '%s' "${entry##*/}" | tr % /)
        printf '%s %s %s\n' "${name%:*}" "${name##*:}" "$image"
    done
}

# Takes the images of an archive, each with its references and its layers.
load() {
    tar --extract --to-stdout --file "$1" manifest.json | sed 's/},{/}\n{/g' >"$node/manifest.$$"
    while IFS= read -r line || [ -n "$line" ]; do
        image=$(printf '%s' "$line" | sed -n 's/.*"Config":"\([0-9a-f]*\)\.json".*/\1/p')
        name=$(printf '%s' "$line" | sed -n 's/.*"RepoTags":\["\([^"]*\)".*/\1/p' | sed 's/^docker.io.library.//' | tr / %)
        layers=$(tar --extract --to-stdout --file "$1" "$image.json" | sed -n 's/.*"diff_ids":\(\[[^]]*\]\).*/\1/p')
        printf '%s\n' "$layers" >"$node/images/$image"
        printf 'sha256:%s\n' "$image" >"$node/tags/$name"
    done <"$node/manifest.$$"
    rm "$node/manifest.$$"
}

# The answers of docker on the node.
on_node() {
    case $* in
    'images --no-trunc --format {{.Repository}}:{{.Tag}}={{.ID}}') images | sed 's/^\(.*\) \(.*\) \(.*\)$/\1:\2=\3/' ;;
    'images --no-trunc --format {{.|json}}')
        images | sed 's/^\(.*\) \(.*\) \(.*\)$/{"ID":"\3","Repository":"\1","Tag":"\2"}/'
        ;;
    'images --quiet --no-trunc') images | sed 's/.* //' ;;
    'image inspect --format '*)
        shift 4
        for image; do read -r layers <"$node/images/${image#sha256:}" && printf '%s=%s\n' "$image" "$layers"; done
        ;;
    'load --input '*) load "$3" ;;
    'ps --quiet') ;;
    'info --format '*) echo "$node" ;;
    *) printf 'docker of the node: %s\n' "$*" >>"$state/unexpected"; exit 97 ;;
    esac
}

answer() {
    case $* in
    'version --output json') echo '{"commit":"","minikubeVersion":"v1.39.0"}' ;;
    'profile list --light --output json')
        config='{"Driver":"docker","KubernetesConfig":{"ContainerRuntime":"docker"},"Nodes":[{"Name":""}]}'
        echo "{\"invalid\":[],\"valid\":[{\"Name\":\"minikube\",\"Active\":true,\"Config\":$config}]}"
        ;;
    'image ls --format json --profile minikube')
        list=$(images | sed 's/^\(.*\) \(.*\) sha256:\(.*\)$/{"id":"\3","repoTags":["docker.io\/library\/\1:\2"],"repoDigests":[],"size":"1"}/')
        printf '[%s]\n' "$(printf '%s' "$list" | paste -s -d ,)"
        ;;
    'image load '*) cp "$3" "$node/files/${3##*/}" && load "$3" ;;
    'cp '*) cp "$2" "$node/files/${3##*/}" ;;
    'image rm '*)
        shift 2
        for name; do
            case $name in --profile) break ;; esac
            rm -f "$node/tags/$(printf '%s' "$name" | tr / %)"
        done
        ;;
    'ssh --profile minikube -- '*)
        script=$(printf '%s' "$5" | sed "s#/var/lib/minikube/images#$node/files#g; s#/var/lib/minikube#$node/files#g")
        sh -c "$script"
        ;;
    *) printf 'minikube: %s\n' "$*" >>"$state/unexpected"; exit 97 ;;
    esac
}

# Runs the faults of a time for this call. Their text can end the call, with `exit`.
faults() {
    when=$1
    shift
    for fault in "$state"/node-faults/*; do
        [ -f "$fault" ] || continue
        { IFS= read -r pattern; IFS= read -r time; IFS= read -r text; } <"$fault"
        # shellcheck disable=SC2254
        case $* in $pattern) [ "$time" != "$when" ] || eval "$text" ;; esac
    done
}

case ${0##*/} in docker) on_node "$@"; exit ;; esac
printf '%s\n' "$*" >>"$state/minikube-calls"
faults before "$@"
answer "$@"
code=$?
faults after "$@"
exit $code
