#!/bin/bash
# crictl's two forms of `images`, from what containerd keeps: an image's ID is the digest of the config that its
# manifest names. Manifests are as `ctr` imports them: of one platform.
call() { ctr --address "$CONTAINERD" --namespace k8s.io "$@"; }
list() {
    call images ls | awk 'NR > 1 && $1 !~ /^sha256:/ { print $1, $3 }' | while read -r name digest; do
        config=$(call content get "$digest" | tr -d ' \n' | grep -o '"config":{[^}]*}' | grep -o 'sha256:[0-9a-f]*')
        echo "$name $config"
    done
}
case "$*" in
*"--output json"*)
    printf '{"images":[%s]}\n' "$(list | awk '{ printf "{\"id\":\"%s\",\"repoTags\":[\"%s\"],\"repoDigests\":null}\n", $2, $1 }' | paste -sd ,)" ;;
*) echo "IMAGE  TAG  IMAGE ID  SIZE"; list | sed 's/:\([^: ]*\) /  \1  /; s/$/  1kB/' ;;
esac
