# A docker client whose engine and registry are folders below $state, which a line before this text sets.
#
# Images are those of the classic store: the ID is the digest of the configuration, which names the digests of two
# layers: an empty one for the base image, and the build context. The same context and labels give the same ID. Files
# that others read are written under another name and renamed, so a process that is killed leaves no half of one.
#
#   engine/tags/REFERENCE        the ID of the image that has the reference; `/` in it is written as `%`
#   engine/images/ID/            `inspect`, and the files of the archive
#   registry/tags/REFERENCE      the digest of the manifest that has the reference
#   registry/manifests/DIGEST    the manifest
#   faults/NAME                  three lines: a pattern for the arguments, `before` or `after`, and shell text to run
#   calls                        the arguments of each call, a line each
#   unexpected                   those of the calls that are not known here

PATH=/usr/bin:/bin
export LC_ALL=C
engine=$state/engine
registry=$state/registry
# The digest of 1,024 zero bytes, which is an empty tar.
base_layer=5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef

# Sets $file to the name of the file for a reference.
file_of() {
    file=
    rest=$1
    case ${rest##*/} in *:* | *@*) ;; *) rest=$rest:latest ;; esac
    while :; do
        case $rest in
        */*) file=$file${rest%%/*}%; rest=${rest#*/} ;;
        *) file=$file$rest; return ;;
        esac
    done
}

# Sets $name to the reference of a file.
name_of() {
    name=
    rest=${1##*/}
    while :; do
        case $rest in
        *%*) name=$name${rest%%\%*}/; rest=${rest#*\%} ;;
        *) name=$name$rest; return ;;
        esac
    done
}

# Sets $image to the ID of the image with a reference or an ID; fails if there is none.
image_of() {
    case $1 in
    sha256:*) image=${1#sha256:} ;;
    *)
        file_of "$1"
        [ -f "$engine/tags/$file" ] || return 1
        read -r image <"$engine/tags/$file"
        ;;
    esac
    [ -d "$engine/images/$image" ]
}

# Writes a line to a file, all or nothing.
put() {
    printf '%s\n' "$2" >"$state/temporary.$$" && mv -f "$state/temporary.$$" "$1"
}

# What follows is the work of the engine, which a signal to the client does not end.
at_work() {
    trap '' INT TERM HUP
}

# Prints an error, and fails.
fail() {
    printf '%s\n' "$1" >&2
    return 1
}

no_such_image() {
    fail "Error response from daemon: No such image: $1"
}

inspect_images() {
    list=
    missing=
    for reference; do
        if ! image_of "$reference"; then
            missing="${missing}Error response from daemon: No such image: $reference
"
            continue
        fi
        tags=
        for entry in "$engine"/tags/*; do
            [ -f "$entry" ] && read -r of <"$entry" && [ "$of" = "$image" ] || continue
            name_of "$entry"
            tags=$tags${tags:+,}\"$name\"
        done
        digests=
        for entry in "$engine/images/$image"/digest.*; do
            [ -f "$entry" ] && read -r of <"$entry" && digests=$digests${digests:+,}\"$of\"
        done
        read -r rest <"$engine/images/$image/inspect"
        list="$list${list:+,}{\"Id\":\"sha256:$image\",\"RepoTags\":[$tags],\"RepoDigests\":[$digests],$rest"
    done
    printf '[%s]\n' "$list"
    [ -z "$missing" ] || { printf '%s' "$missing" >&2; return 1; }
}

# Sets $text to a text for JSON; what needs care does not occur in labels.
json() {
    case $1 in
    *[\"\\]*) printf 'a label that needs escapes: %s\n' "$1" >>"$state/unexpected"; exit 97 ;;
    esac
    text=\"$1\"
}

# Makes an image from a folder. Its labels are JSON, its user is that of the Dockerfile.
build() {
    labels=
    names=
    output=
    folder=
    while [ $# -gt 0 ]; do
        case $1 in
        --label)
            json "${2%%=*}"; label=$text
            json "${2#*=}"; labels=$labels${labels:+,}$label:$text
            shift ;;
        --tag) names="$names $2"; shift ;;
        --output) output=$2; shift ;;
        --file | --target | --build-arg | --secret) shift ;;
        --*) ;;
        *) folder=$1 ;;
        esac
        shift
    done
    user=
    while read -r word rest; do
        case $word in
        FROM) base=${rest%% *} ;;
        USER) user=$rest ;;
        esac
    done <"$folder/Dockerfile"
    printf '%s\n' '#1 [internal] load build definition from Dockerfile' '#1 DONE 0.0s' "#4 [1/2] FROM $base" \
        '#4 CACHED' '#5 [2/2] COPY . .' '#5 DONE 0.1s' >&2
    new=$state/image.$$
    mkdir -p "$new/1" "$new/0"
    tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --file "$new/1/layer.tar" \
        --directory "$folder" . || return 1
    sum=$(sha256sum <"$new/1/layer.tar")
    layers="[\"sha256:$base_layer\",\"sha256:${sum%% *}\"]"
    config="{\"User\":\"$user\",\"Cmd\":[\"true\"],\"Labels\":{$labels}}"
    described="\"config\":$config,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":$layers}"
    described="{\"architecture\":\"amd64\",\"os\":\"linux\",$described}"
    sum=$(printf %s "$described" | sha256sum)
    image=${sum%% *}
    at_work
    if [ ! -d "$engine/images/$image" ]; then
        mv "$new/1" "$new/$image.1"
        mv "$new/0" "$new/$image.0"
        cp "$state/empty.tar" "$new/$image.0/layer.tar"
        printf %s "$described" >"$new/$image.json"
        paths="\"$image.0/layer.tar\",\"$image.1/layer.tar\""
        printf '%s\n' "{\"Config\":\"$image.json\",\"RepoTags\":null,\"Layers\":[$paths]}" >"$new/manifest"
        rest="\"Architecture\":\"amd64\",\"Os\":\"linux\",\"Size\":10240,\"Config\":$config"
        printf '%s\n' "$rest,\"RootFS\":{\"Type\":\"layers\",\"Layers\":$layers}}" >"$new/inspect"
        mv -T "$new" "$engine/images/$image"
    else
        rm -r "$new"
    fi
    for name in $names; do
        file_of "$name"
        put "$engine/tags/$file" "$image"
    done
    output=${output#*name=}
    [ -z "$output" ] || push_attested "${output%%,*}"
}

# Pushes the image with $image under a reference, with an attestation, and keeps the index as an image of the engine, as
# the containerd store does.
push_attested() {
    put_manifest
    attestation="{\"digest\":\"sha256:$base_layer\",\"annotations\":{\"vnd.docker.reference.digest\":\"sha256:$digest\""
    attestation="$attestation,\"vnd.docker.reference.type\":\"attestation-manifest\"}}"
    manifest="{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:$digest\"},$attestation]}"
    put_manifest_text
    if [ ! -d "$engine/images/$digest" ]; then
        cp -r "$engine/images/$image" "$state/image.$$"
        mv -T "$state/image.$$" "$engine/images/$digest"
    fi
    file_of "$1"
    put "$registry/tags/$file" "$digest"
    put "$engine/tags/$file" "$digest"
}

# Gives the registry the manifest of the image with $image; sets $digest to its digest.
put_manifest() {
    manifest="{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:$image\"},\"layers\":[]}"
    put_manifest_text
}

# Gives the registry $manifest; sets $digest to its digest.
put_manifest_text() {
    sum=$(printf %s "$manifest" | sha256sum)
    digest=${sum%% *}
    printf %s "$manifest" >"$state/manifest.$$" && mv -f "$state/manifest.$$" "$registry/manifests/$digest"
}

# Writes images to standard output as an archive.
save() {
    list=
    for reference; do
        shift
        image_of "$reference" || { no_such_image "$reference"; return; }
        read -r manifest <"$engine/images/$image/manifest"
        list=$list${list:+,}$manifest
        set -- "$@" --directory "$engine/images/$image" "$image.json" "$image.0" "$image.1"
    done
    mkdir "$state/save.$$"
    printf '[%s]\n' "$list" >"$state/save.$$/manifest.json"
    tar --create --file - "$@" --directory "$state/save.$$" manifest.json
    code=$?
    rm -r "$state/save.$$"
    return $code
}

# Gives an image a reference.
tag() {
    at_work
    image_of "$1" || { no_such_image "$1"; return; }
    file_of "$2"
    put "$engine/tags/$file" "$image"
}

# Removes a reference, and the image if it was the last one.
untag() {
    at_work
    image_of "$1" || { no_such_image "$1"; return; }
    rm -f "$engine/tags/$file"
    printf 'Untagged: %s\n' "$1"
    for entry in "$engine"/tags/*; do
        [ -f "$entry" ] && read -r of <"$entry" && [ "$of" = "$image" ] && return
    done
    mv "$engine/images/$image" "$state/removed.$$"
    rm -r "$state/removed.$$"
    printf 'Deleted: sha256:%s\n' "$image"
}

# Prints the tags of a repository.
list_tags() {
    file_of "$1:"
    for entry in "$engine/tags/$file"*; do
        [ -f "$entry" ] && printf '%s\n' "${entry##*:}"
    done
    return 0
}

push() {
    at_work
    image_of "$1" || { fail "An image does not exist locally with the tag: ${1%:*}"; return; }
    printf 'The push refers to repository [%s]\n' "${1%:*}"
    put_manifest
    put "$registry/tags/$file" "$digest"
    file_of "${1%:*}@$digest"
    put "$engine/images/$image/digest.$file" "${1%:*}@sha256:$digest"
    printf '%s: digest: sha256:%s size: 100\n' "${1##*:}" "$digest"
}

# Sets $digest to the digest that the registry has under a reference, by its tag or by its digest.
digest_of() {
    case $1 in
    *@sha256:*) digest=${1##*:} ;;
    *)
        file_of "$1"
        [ -f "$registry/tags/$file" ] || return 1
        read -r digest <"$registry/tags/$file"
        ;;
    esac
    [ -f "$registry/manifests/$digest" ]
}

# Prints the manifest with $digest.
manifest() {
    read -r text <"$registry/manifests/$digest"
    printf '%s' "$text"
}

imagetools() {
    case $1 in
    --raw) digest_of "$2" || { fail "ERROR: $2: not found"; return; }; manifest ;;
    --format) digest_of "$3" || { fail "ERROR: $3: not found"; return; }; printf '{"digest":"sha256:%s"}\n' "$digest" ;;
    --prefer-index=false)
        digest_of "$4" || { fail "ERROR: $4: not found"; return; }
        file_of "$3"
        put "$registry/tags/$file" "$digest"
        ;;
    esac
}

inspect_manifest() {
    while :; do case $1 in --*) shift ;; *) break ;; esac; done
    digest_of "$1" || { fail "no such manifest: $1"; return; }
    printf '{"Ref":"%s","Descriptor":{"digest":"sha256:%s"},"SchemaV2Manifest":%s}\n' "$1" "$digest" "$(manifest)"
}

answer() {
    case $* in
    'version --format {{json .}}') echo '{"Client":{"Version":"26.1.5"},"Server":{"Version":"26.1.5"}}' ;;
    'buildx version') echo 'github.com/docker/buildx v0.16.2 34c195271a3f8dc64814db71438dc50dd41d7e3e' ;;
    'buildx inspect') printf 'Name:   default\nDriver: docker\n' ;;
    'info --format {{json .DriverStatus}}') echo '[["Backing Filesystem","extfs"]]' ;;
    'info --format {{json .ClientInfo}}') echo '{"Plugins":[],"Warnings":null}' ;;
    'info --format {{json .RegistryConfig}}') echo '{"IndexConfigs":{}}' ;;
    'context show') echo default ;;
    'context inspect --format '*) echo unix:///var/run/docker.sock ;;
    'image inspect '*) shift 2; inspect_images "$@" ;;
    'image ls --format {{.Tag}} '*) list_tags "$4" ;;
    'image rm --no-prune '*) untag "$4" ;;
    'history --no-trunc --format {{json .}} '*) echo '{"CreatedBy":"COPY . . # buildkit"}' ;;
    'ps --all '* | 'volume ls '*) ;;
    'buildx build '*) shift 2; build "$@" ;;
    'buildx imagetools inspect '* | 'buildx imagetools create '*) shift 3; imagetools "$@" ;;
    'manifest inspect '*) shift 2; inspect_manifest "$@" ;;
    'save '*) shift; save "$@" ;;
    'tag '*) tag "$2" "$3" ;;
    'push '*) push "$2" ;;
    *) printf '%s\n' "$*" >>"$state/unexpected"; exit 97 ;;
    esac
}

# Runs the faults of a time for this call. Their text can end the call, with `exit`.
faults() {
    when=$1
    shift
    for fault in "$state"/faults/*; do
        [ -f "$fault" ] || continue
        { IFS= read -r pattern; IFS= read -r time; IFS= read -r text; } <"$fault"
        # shellcheck disable=SC2254
        case $* in $pattern) [ "$time" != "$when" ] || eval "$text" ;; esac
    done
}

printf '%s\n' "$*" >>"$state/calls"
faults before "$@"
answer "$@"
code=$?
faults after "$@"
exit $code
