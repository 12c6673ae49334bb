#!/usr/bin/env bash
# ceph-dev.sh: a Ceph object store of one's own on 127.0.0.1 (mon, osd, radosgw: real ones), for development and tests.
# In seconds, without systemd; root is only needed to install Debian's packages (16.2 in Debian 12).
#   ceph-dev.sh install          Debian's packages, where they are missing
#   ceph-dev.sh up [--while PID] starts it, makes it at first; with --while it is wiped once that process has ended
#   ceph-dev.sh down             stops it; the data stay
#   ceph-dev.sh kill9            stops it as a power failure would
#   ceph-dev.sh status           what runs; exits with 3 where something does not
#   ceph-dev.sh wipe             stops it and deletes its data
#   ceph-dev.sh env              how it is reached, as the lines of a shell
#   ceph-dev.sh admin ARGS...    radosgw-admin
# Several run side by side, each with a CEPH_DEV_DIR and ports of its own:
#   CEPH_DEV_DIR      data directory, everything is under it   (default /tmp/ceph-dev-UID; keep it short: socket paths < 108)
#   CEPH_DEV_STORE    bluestore (keeps data over down and kill -9; default) | memstore (remade empty by each up)
#   CEPH_DEV_PORT     S3 port      (default 18000)  } a bluestore directory keeps the ports of its first up
#   CEPH_DEV_MON_PORT monitor port (default 13300)  }
#   CEPH_DEV_ACCESS / CEPH_DEV_SECRET        keys of the user `dev` made at first up (devaccess / devsecret)
#   CEPH_DEV_SIZE     bytes of the bluestore file (sparse, default 20 GiB) or of memstore (default 4 GiB)
#   CEPH_DEV_FRONTEND more words for the beast frontend, e.g. "ssl_endpoint=127.0.0.1:18443 ssl_certificate=/x/server.pem"
#   CEPH_DEV_RGW_CONF more lines for the [client.rgw] section
#   CEPH_DEV_ROOT     where the packages were unpacked with `dpkg -x` (no root needed); unset: they are installed
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
D=$(realpath -m "${CEPH_DEV_DIR:-${TMPDIR:-/tmp}/ceph-dev-$(id -u)}")
STORE=${CEPH_DEV_STORE:-bluestore} PORT=${CEPH_DEV_PORT:-18000} MONPORT=${CEPH_DEV_MON_PORT:-13300} FSID=
ROOT=${CEPH_DEV_ROOT:-} LIB=/usr/lib/$(uname -m)-linux-gnu ROOTCONF=
if [ -n "$ROOT" ]; then
  ROOT=$(realpath "$ROOT")
  export PATH=$ROOT/usr/bin:$PATH LD_LIBRARY_PATH=$ROOT$LIB/ceph:$ROOT$LIB PYTHONPATH=$ROOT/usr/lib/python3/dist-packages
  ROOTCONF="osd class dir = $ROOT$LIB/rados-classes
erasure code dir = $ROOT$LIB/ceph/erasure-code
plugin dir = $ROOT$LIB/ceph"
fi
WANTPORT=$PORT WANTMON=$MONPORT
KIND=; [ -f "$D/ids" ] && read -r PORT MONPORT FSID KIND < "$D/ids"
ACCESS=${CEPH_DEV_ACCESS:-devaccess} SECRET=${CEPH_DEV_SECRET:-devsecret}
export CEPH_CONF=$D/ceph.conf
unset CEPH_ARGS CEPH_KEYRING || true
case "${1:-}" in up | status | admin) command -v radosgw ceph-mon ceph-osd ceph >/dev/null || { echo "ceph-dev: Ceph is not installed; run: $0 install" >&2; exit 4; } ;; esac
T0=$(date +%s%N)
say() { echo "ceph-dev [$(( ($(date +%s%N)-T0)/1000000 )) ms] $*"; }
die() { echo "ceph-dev: $*" >&2; exit 1; }

# a daemon is ours and alive: not a zombie, and its command line names our conf (guards against a reused pid)
alive() { # NAME; prints the pid
  local p; p=$(cat "$D/$1.pid" 2>/dev/null) && [ -n "$p" ] || return 1
  tr '\0' ' ' 2>/dev/null < "/proc/$p/cmdline" | grep -qF -- "$D/ceph.conf" || return 1
  [ "$(sed 's/.*) //' "/proc/$p/stat" 2>/dev/null | cut -c1)" != Z ] || return 1
  echo "$p"
}
stop() { # SIGNAL: radosgw first, then osd, mon last (an osd told to stop first reports to its mon)
  local n p i
  for n in client.rgw osd.0 mon.a; do
    if p=$(alive $n); then
      kill "-$1" "$p" 2>/dev/null || true
      for ((i = 0; i < 250; i++)); do alive $n >/dev/null || break; sleep 0.02; done
      if alive $n >/dev/null; then kill -KILL "$p" 2>/dev/null || true; sleep 0.2; say "$n needed SIGKILL"; fi
    fi
    rm -f "$D/$n.pid" "$D/$n.asok"
  done
}
taken() { (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free() { # VARIABLE PORT FRESH: that nobody else has the port
  local other=$(($2 + 1)); while taken "$other"; do other=$((other + 1)); done
  local hint="or set another, as CEPH_DEV_$1=$other"; [ -n "$3" ] || hint="or wipe $D, which keeps the ports of its first up"
  ! taken "$2" || { echo "ceph-dev: port $2 of 127.0.0.1 is taken by something else; end that, $hint." >&2; exit 5; }
}
answers() { # prints the status line of GET / on the S3 port
  taken "$PORT" || return 1
  local l=; exec 9<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&9; IFS= read -r -t 5 l <&9 || true; exec 9>&-
  [ -n "$l" ] && echo "${l%$'\r'}"
}
conf() {
  cat > "$D/ceph.conf" <<E
[global]
fsid = $FSID
mon host = v2:127.0.0.1:$MONPORT
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
ms bind msgr1 = false
# No cephx. radosgw asks for a "secure" mon connection by default, which cannot be without cephx: it would hang 300 s.
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
ms mon client mode = crc
run dir = $D
admin socket = $D/\$name.asok
log file = $D/\$name.log
pid file = $D/\$name.pid
crash dir = $D/crash
log max recent = 500
debug rocksdb = 0
$ROOTCONF
# one osd, one copy, one placement group for each pool
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
# The default of 1 s costs 15 s of a cold start: each of six pools takes several map changes.
paxos propose interval = 0.01
paxos min wait = 0.01
[mon.a]
mon data = $D/mon.a
[osd]
osd objectstore = $STORE
osd data = $D/osd.\$id
osd memory target = 1073741824
bluestore block size = ${CEPH_DEV_SIZE:-21474836480}
bluestore fsck on mkfs = false
bdev aio poll ms = 10
memstore device bytes = ${CEPH_DEV_SIZE:-4294967296}
[client.rgw]
# Without tcp_nodelay every GET and listing on a kept connection waits for a delayed ACK: 44 ms instead of 2.
rgw frontends = beast endpoint=127.0.0.1:$PORT tcp_nodelay=1 ${CEPH_DEV_FRONTEND:-}
rgw thread pool size = 64
rgw enable usage log = false
rgw dynamic resharding = false
${CEPH_DEV_RGW_CONF:-}
[client.admin]
log file = /dev/null
admin socket =
E
}
up() {
  if alive mon.a >/dev/null && alive osd.0 >/dev/null && alive client.rgw >/dev/null && answers >/dev/null; then
    say "already up: http://127.0.0.1:$PORT"; return; fi
  [ -z "$KIND" ] || [ "$KIND" = "$STORE" ] || die "$D holds a $KIND store, not $STORE; wipe it first"
  stop TERM                                              # a half-running store
  [ "$STORE" = memstore ] && rm -f "$D/ready"
  local fresh=; [ -f "$D/ready" ] || fresh=1             # the first up never finished: start over
  [ -z "$fresh" ] || { PORT=$WANTPORT MONPORT=$WANTMON FSID=$(cat /proc/sys/kernel/random/uuid); }
  free PORT "$PORT" "$fresh"; free MON_PORT "$MONPORT" "$fresh"
  mkdir -p "$D/crash"
  conf
  if [ -n "$fresh" ]; then
    rm -rf "$D/mon.a" "$D/osd.0" "$D/monmap"; mkdir -p "$D/mon.a" "$D/osd.0"
    local osd; osd=$(cat /proc/sys/kernel/random/uuid)
    monmaptool --create --clobber --fsid "$FSID" --addv a "[v2:127.0.0.1:$MONPORT]" "$D/monmap" >/dev/null
    ceph-mon --mkfs -i a --monmap "$D/monmap" -c "$D/ceph.conf"
    ceph-mon -i a -c "$D/ceph.conf"
    timeout 30 ceph -c "$D/ceph.conf" osd new "$osd" >/dev/null || die "the mon does not answer; see $D/mon.a.log"
    ceph-osd -i 0 --mkfs --osd-uuid "$osd" -c "$D/ceph.conf" 2>"$D/mkfs.err" || { cat "$D/mkfs.err" >&2; die "osd mkfs failed"; }
    echo "$PORT $MONPORT $FSID $STORE" > "$D/ids"
    say "made a $STORE store in $D"
  else
    ceph-mon -i a -c "$D/ceph.conf"
  fi
  ceph-osd -i 0 -c "$D/ceph.conf" 2>"$D/osd.err" || { cat "$D/osd.err" >&2; die "osd failed"; }
  radosgw -n client.rgw -c "$D/ceph.conf"
  local i; for ((i = 0; i < 1200; i++)); do
    answers >/dev/null && break
    # It goes on as a process of its own, whose pid file comes a moment after the call has returned: none is not yet dead.
    [ -s "$D/client.rgw.pid" ] || [ $i -ge 400 ] || { sleep 0.05; continue; }
    alive client.rgw >/dev/null || { tail -5 "$D/client.rgw.log" >&2; die "radosgw died; see $D/client.rgw.log"; }
    sleep 0.05; done
  answers >/dev/null || die "radosgw does not answer; see $D/client.rgw.log"
  if [ -n "$fresh" ]; then
    radosgw-admin -c "$D/ceph.conf" user create --uid=dev --display-name=dev --access-key="$ACCESS" --secret-key="$SECRET" \
      >"$D/user-dev.json" 2>"$D/user-dev.err" || { cat "$D/user-dev.err" >&2; die "user create failed"; }
    touch "$D/ready"
  fi
  say "up: http://127.0.0.1:$PORT (S3, path style), user dev"
}
wipe() {
  stop KILL
  rm -rf "$D/mon.a" "$D/osd.0" "$D/crash" "$D"/*.log "$D"/*.err "$D"/{monmap,ids,ready,ceph.conf,user-dev.json}
  rmdir "$D" 2>/dev/null || true
}
wipe_after() { # PID: whoever started this may be killed before it wipes
  (trap '' HUP INT TERM; while kill -0 "$1" 2>/dev/null; do sleep 0.5; done; wipe) </dev/null >/dev/null 2>&1 &
  disown
}
install() {
  local p missing=()
  for p in ceph-mon ceph-osd radosgw ceph-common; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || { say "everything is installed"; return; }
  [ "$(id -u)" = 0 ] || die "not root; run: sudo apt-get install -y --no-install-recommends ${missing[*]}"
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}
case "${1:-}" in
  install) install ;;
  up) up; [ "${2:-}" != --while ] || wipe_after "${3:?--while needs a process id}" ;;
  down) stop TERM; say down ;;
  kill9) stop KILL; say killed ;;                        # for tests of an unclean end
  wipe) wipe; say wiped ;;
  status) rc=0
    for n in mon.a osd.0 client.rgw; do
      if p=$(alive $n); then echo "$n pid $p rss $(awk '/VmRSS/{print int($2/1024)}' "/proc/$p/status") MiB"; else echo "$n not running"; rc=3; fi
    done
    if s=$(answers); then echo "s3 http://127.0.0.1:$PORT $s"; else echo "s3 does not answer"; rc=3; fi
    exit $rc ;;
  env) cat <<E
export RGW_API_ENDPOINT=http://127.0.0.1:$PORT ACCESSKEY=$ACCESS SECRETKEY=$SECRET
export AWS_ENDPOINT_URL=http://127.0.0.1:$PORT AWS_ACCESS_KEY_ID=$ACCESS AWS_SECRET_ACCESS_KEY=$SECRET AWS_DEFAULT_REGION=default
E
    ;;
  admin) shift; exec radosgw-admin -c "$D/ceph.conf" "$@" ;;
  *) sed -n '2,/^set /{s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
