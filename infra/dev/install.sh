#!/usr/bin/env bash
# Installs, on Debian 12 or later, what this project's tests and benchmarks need beside the .NET 10 SDK. Needs root.
#   install.sh test     a browser and a Ceph for the end-to-end tests, Java for Spark, a font for the PNG charts,
#                       and a C compiler that links the native command
#   install.sh bench    what the benchmarks measure against and with: lbzip2, pandas, seaborn, scipy, wrk, rclone, a Ceph,
#                       and that C compiler
# Running it again changes nothing.
set -euo pipefail
case "${1:-}" in
  test) packages=(chromium fonts-dejavu-core ceph-mon ceph-osd radosgw ceph-common openjdk-17-jre-headless gcc libc6-dev) ;;
  bench) packages=(bzip2 lbzip2 python3-pandas python3-seaborn python3-scipy wrk rclone ceph-mon ceph-osd radosgw ceph-common fonts-dejavu-core gcc libc6-dev) ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

missing=()
for p in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0
[ "$(id -u)" = 0 ] || { echo "install.sh: not root; run: sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2; exit 1; }
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
