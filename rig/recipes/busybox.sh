#!/bin/bash
# Builds a static busybox against musl: Debian's own builds lack adduser and addgroup, which Alpine's users expect.
#   in:  DOWNLOADS (busybox source, musl-dev and musl-tools packages), WORK (scratch), OUT (the program)
set -euo pipefail

rm -rf "$WORK"
mkdir -p "$WORK/musl" "$WORK/src"
for package in musl musl-dev musl-tools; do
    dpkg-deb -x "$DOWNLOADS/${package}"_*_amd64.deb "$WORK/musl"
done

# The compiler wrapper and its specs hold absolute paths of an installed package; ours lives in the cache.
musl="$WORK/musl/usr"
sed -i "s|/usr/|$musl/|g" "$musl/lib/x86_64-linux-musl/musl-gcc.specs"
specs="$musl/lib/x86_64-linux-musl/musl-gcc.specs"
printf '#!/bin/sh\nexec gcc "$@" -specs "%s"\n' "$specs" >"$WORK/musl-gcc"
chmod +x "$WORK/musl-gcc"

# musl ships no kernel headers: borrow the system's.
headers="$musl/include/x86_64-linux-musl"
for name in linux asm-generic mtd; do
    ln -sfn "/usr/include/$name" "$headers/$name"
done
ln -sfn /usr/include/x86_64-linux-gnu/asm "$headers/asm"

tar -xf "$DOWNLOADS"/busybox_*.orig.tar.bz2 -C "$WORK/src" --strip-components=1
cd "$WORK/src"
export KCONFIG_NOTIMESTAMP=1 SOURCE_DATE_EPOCH=1
make -s defconfig HOSTCC=gcc >/dev/null
# tc does not compile against current kernel headers.
sed -i -e 's/^# CONFIG_STATIC is not set$/CONFIG_STATIC=y/' -e 's/^CONFIG_TC=y$/# CONFIG_TC is not set/' .config
yes '' 2>/dev/null | make -s oldconfig HOSTCC=gcc >/dev/null || true
make -s -j"$(nproc)" CC="$WORK/musl-gcc" HOSTCC=gcc busybox
help=$(./busybox adduser --help 2>&1)
[[ $help == *'Create a system user'* ]]
mv busybox "$OUT.tmp"
mv "$OUT.tmp" "$OUT"
rm -rf "$WORK"
