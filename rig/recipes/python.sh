#!/bin/bash
# Lays out a slim Debian root with CPython in /usr/local, the way python:3.13-slim has it, and packs it as one layer.
# Debian's own build of CPython is moved there; the files that Debian bends to its policy come from the upstream tarball.
#   in:  DOWNLOADS (Debian's packages, upstream tarball), PACKAGES (apt's list of sources), APT_ACCESS (apt's settings
#        that reach them), MIRROR, SECURITY_MIRROR (may be empty), CA_BUNDLE, WORK (scratch), OUT (the tar)
set -euo pipefail

export SOURCE_DATE_EPOCH=1 LC_ALL=C
rm -rf "$WORK"
root="$WORK/root"
mkdir -p "$WORK"/{debian,upstream}

unwanted=()
for path in doc/* man/* info/* locale/* lintian/* linda/* groff/*; do
    unwanted+=("--dpkgopt=path-exclude=/usr/share/$path")
done
mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
    --include=ca-certificates,netbase,tzdata,libexpat1,libssl3t64,libsqlite3-0,libffi8,libreadline8t64,libncursesw6,libuuid1,libbz2-1.0,liblzma5,zlib1g \
    "${unwanted[@]}" --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --aptopt="$APT_ACCESS" trixie "$root" "$PACKAGES"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap"
if [[ -s $APT_ACCESS ]]; then
    install -m 644 "$APT_ACCESS" "$root/etc/apt/apt.conf.d/90machine"
fi

# The settings that Debian's container images carry: no services, nothing kept that apt can fetch again.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mv "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/docker"
cat >"$root/etc/apt/apt.conf.d/docker-clean" <<'FILE'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
Apt::AutoRemove::SuggestsImportant "false";
FILE
rm -f "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/sources.list
cat >"$root/etc/apt/sources.list.d/debian.sources" <<FILE
Types: deb
URIs: $MIRROR
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
FILE
if [[ -n $SECURITY_MIRROR ]]; then
    cat >>"$root/etc/apt/sources.list.d/debian.sources" <<FILE

Types: deb
URIs: $SECURITY_MIRROR
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
FILE
fi

for package in python3.13 python3.13-minimal libpython3.13-minimal libpython3.13-stdlib libpython3.13-dev; do
    dpkg-deb -x "$DOWNLOADS/${package}"_*_amd64.deb "$WORK/debian"
done
tar -xf "$DOWNLOADS"/python3.13_*.orig.tar.xz -C "$WORK/upstream" --strip-components=1 --wildcards \
    '*/Lib/site.py' '*/Lib/sysconfig/*' '*/Lib/ensurepip/*'

local="$root/usr/local"
lib="$local/lib/python3.13"
mkdir -p "$local"/{bin,lib,include}
cp -a "$WORK/debian/usr/lib/python3.13" "$local/lib/"
cp -a "$WORK/debian/usr/include/python3.13" "$local/include/"
cp "$WORK/debian/usr/include/x86_64-linux-gnu/python3.13/pyconfig.h" "$local/include/python3.13/pyconfig.h"
install -m 755 "$WORK/debian/usr/bin/python3.13" "$local/bin/python3.13"
install -m 755 "$WORK/debian/usr/bin/pydoc3.13" "$local/bin/pydoc3.13"
sed -i '1s|^#!.*|#!/usr/local/bin/python3.13|' "$local/bin/pydoc3.13"
cp -a "$WORK/upstream/Lib/." "$lib/"
rm -rf "$lib"/{EXTERNALLY-MANAGED,sitecustomize.py,_distutils_system_mod.py,LICENSE.txt} "$lib"/config-3.13-*/*.a
find "$lib" -depth -type d \( -name test -o -name tests \) -exec rm -rf {} +
sed -i -E \
    -e "s#/usr/lib/x86_64-linux-gnu#/usr/local/lib#g; s#/usr/(include|bin/python|lib/python)#/usr/local/\1#g" \
    -e "s#'/usr(/bin|/lib|)'#'/usr/local\1'#; s#('WHEEL_PKG_DIR': )'[^']*'#\1''#" \
    "$lib"/_sysconfigdata__*.py
# site is frozen into Debian's program and looks for dist-packages.
mkdir -p "$lib/site-packages"
ln -s site-packages "$lib/dist-packages"
ln -s python3.13 "$local/bin/python3"
ln -s python3.13 "$local/bin/python"
ln -s pydoc3.13 "$local/bin/pydoc3"
ln -s pydoc3.13 "$local/bin/pydoc"

# Authorities that only this machine trusts go where update-ca-certificates keeps them.
cp "$CA_BUNDLE" "$root/tmp/host.crt"
chroot "$root" /usr/local/bin/python3.13 -I -B - <<'CODE'
import os
import re
def certificates(path):
    text = open(path, encoding="utf-8", errors="replace").read()
    return re.findall(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----", text)
known = {"".join(c.split()) for c in certificates("/etc/ssl/certs/ca-certificates.crt")}
extra = [c for c in certificates("/tmp/host.crt") if "".join(c.split()) not in known]
for number, certificate in enumerate(extra, 1):
    with open(f"/usr/local/share/ca-certificates/machine-{number}.crt", "w") as file:
        file.write(certificate + "\n")
if extra:
    # uv brings its own authorities unless told to use the system's.
    os.makedirs("/etc/uv", exist_ok=True)
    with open("/etc/uv/uv.toml", "w") as file:
        file.write("system-certs = true\n")
CODE
rm "$root/tmp/host.crt"
chroot "$root" update-ca-certificates >/dev/null 2>&1

chroot "$root" /usr/local/bin/python3.13 -B -m ensurepip --default-pip >/dev/null 2>&1
chroot "$root" /usr/local/bin/pip --version >/dev/null

find "$root/usr/local" -depth -type d -name __pycache__ -exec rm -rf {} +
rm -rf "$root"/var/cache/debconf/*-old "$root"/var/log/{apt,dpkg.log,bootstrap.log,alternatives.log} \
    "$root"/var/lib/apt/lists/* "$root"/root/.cache "$root"/etc/{hostname,resolv.conf,machine-id} "$root"/var/cache/ldconfig/aux-cache
find "$root/dev" "$root/run" "$root/tmp" -mindepth 1 -delete

tar --create --file "$OUT.tmp" --directory "$root" --sort=name --mtime=@0 --numeric-owner --format=gnu .
mv "$OUT.tmp" "$OUT"
rm -rf "$WORK"
