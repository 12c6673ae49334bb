#!/usr/bin/env bash
# spark-dev.sh: a Spark of one's own on 127.0.0.1 (a standalone master with its REST port, and a worker: real ones), for development
# and tests. In seconds, without root; it needs Java 17.
#   spark-dev.sh up [--while PID]     starts what does not run; with --while it is wiped once that process has ended
#   spark-dev.sh down                 stops it; logs and recovery files stay
#   spark-dev.sh kill9 master|worker  ends one of them as a power failure would; `up` starts it again
#   spark-dev.sh status               what runs; exits with 3 where something does not
#   spark-dev.sh wipe                 stops it and deletes its files
#   spark-dev.sh env                  how it is reached, as the lines of a shell
# Several run side by side, each with a SPARK_DEV_DIR and ports of its own:
#   SPARK_HOME                a Spark 3.5; unset: 3.5.3 is downloaded once, with what S3A needs (400 MB, checked by its sums)
#   SPARK_DEV_CACHE           where the downloaded one is kept   (default ~/.cache/kubemetrics)
#   SPARK_DEV_DIR             everything else is under it        (default /tmp/spark-dev-UID)
#   SPARK_DEV_PORT            the master's port    (default 7077)    SPARK_DEV_REST_PORT       its REST port      (default 6066)
#   SPARK_DEV_UI_PORT         the master's pages   (default 8080)    SPARK_DEV_WORKER_UI_PORT  the worker's pages (default 8081)
#   SPARK_DEV_CORES           cores that the worker gives away, more than there are: a driver holds one while it waits (default 4)
#   SPARK_DEV_MEMORY          memory that it gives away          (default 6g)
#   SPARK_DEV_RECOVERY        FILESYSTEM: a restarted master knows its drivers (default); NONE: it does not, as Spark is shipped
#   SPARK_DEV_DIST    where Spark is downloaded from             (default: Apache's archive)
#   SPARK_DEV_MAVEN   the Maven repository that S3A comes from   (no default: without it there is no s3a://, which is said)
#   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY  what the worker, and so every driver and executor, signs S3A requests with
set -euo pipefail
D=$(realpath -m "${SPARK_DEV_DIR:-${TMPDIR:-/tmp}/spark-dev-$(id -u)}")
PORT=${SPARK_DEV_PORT:-7077} REST_PORT=${SPARK_DEV_REST_PORT:-6066} UI_PORT=${SPARK_DEV_UI_PORT:-8080} WORKER_UI_PORT=${SPARK_DEV_WORKER_UI_PORT:-8081}
RECOVERY=${SPARK_DEV_RECOVERY:-FILESYSTEM}
VERSION=3.5.3 CACHE=${SPARK_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubemetrics}
T0=$(date +%s%N)
say() { echo "spark-dev [$(( ($(date +%s%N)-T0)/1000000 )) ms] $*"; }
die() { echo "spark-dev: $*" >&2; exit "${CODE:-1}"; }

# --- a Spark to start -------------------------------------------------------------------------------------------------
# What S3A needs beside Spark as it is published: path in a Maven repository, SHA-256.
s3a_jars() { cat <<'E'
org/apache/hadoop/hadoop-aws/3.3.4/hadoop-aws-3.3.4.jar 53f9ae03c681a30a50aa17524bd9790ab596b28481858e54efd989a826ed3a4a
com/amazonaws/aws-java-sdk-core/1.12.262/aws-java-sdk-core-1.12.262.jar 06fed99f929c389e168278c1b111aaf1afb270d07202fbbce92e73d1e4279678
com/amazonaws/aws-java-sdk-dynamodb/1.12.262/aws-java-sdk-dynamodb-1.12.262.jar 7af4ba06d0d9b3c2ab435089caecd0567810d203aa285f7aa72861f1964d442e
com/amazonaws/aws-java-sdk-kms/1.12.262/aws-java-sdk-kms-1.12.262.jar c00f5ae7b334255f661d85512e7203af9523a04fb65d0c431c2eea2003ed8ae2
com/amazonaws/aws-java-sdk-s3/1.12.262/aws-java-sdk-s3-1.12.262.jar a0cb7580178bc0d4d3558295a5bb890008478da8a6b3241989c71238b0ed3be5
com/amazonaws/aws-java-sdk-sts/1.12.262/aws-java-sdk-sts-1.12.262.jar 659f48d8ebc02025c5042cc4b925f62610e81f334498f1b9e7a271ce20ecbcae
com/amazonaws/jmespath-java/1.12.262/jmespath-java-1.12.262.jar 9001ea993a45d82a2d3086edcbda8a40b4e012d049a70fbf071fd329c0fbd777
org/wildfly/openssl/wildfly-openssl/1.0.7.Final/wildfly-openssl-1.0.7.Final.jar 9f7058778978ec2ad90c7224401a4b0013d93e0dd3fa0f72b25244ffa3507ca8
com/fasterxml/jackson/dataformat/jackson-dataformat-cbor/2.15.2/jackson-dataformat-cbor-2.15.2.jar 57ba89a43e631be2de67aeed846a659b15c6b82b7b254164f61bf3090ccc2ad1
E
}
get() { curl -fsSL --retry 3 -o "$2" "$1" || die "could not download $1; set SPARK_HOME to a Spark 3.5 that is there already"; }
download() { # into a folder beside, and moved to its name when all of it is there and checked
  local name=spark-$VERSION-bin-hadoop3 dist=${SPARK_DEV_DIST:-https://archive.apache.org/dist/spark/spark-$VERSION}
  local maven=${SPARK_DEV_MAVEN:-} path sum
  export SPARK_HOME=$CACHE/$name
  [ ! -d "$SPARK_HOME" ] || return 0
  command -v curl >/dev/null || die "curl is needed to download Spark; install it, or set SPARK_HOME"
  mkdir -p "$CACHE"; new=$(mktemp -d "$CACHE/new.XXXXXX"); trap 'rm -rf "$new"' EXIT
  say "downloading $dist/$name.tgz"
  get "$dist/$name.tgz.sha512" "$new/sum"; get "$dist/$name.tgz" "$new/$name.tgz"
  sum=$(tr -d '\n ' < "$new/sum" | tr 'A-F' 'a-f' | grep -oE '[0-9a-f]{128}' | head -n 1) || die "$dist/$name.tgz.sha512 holds no SHA-512"
  echo "$sum  $new/$name.tgz" | sha512sum --status -c - || die "$name.tgz is not what its SHA-512 says"
  tar -xzf "$new/$name.tgz" -C "$new"
  [ -n "$maven" ] || say "without hadoop-aws, so that s3a:// can't be opened: name a Maven repository as SPARK_DEV_MAVEN, delete $SPARK_HOME and run it again, or put hadoop-aws 3.3.4 and its AWS SDK into $SPARK_HOME/jars"
  [ -z "$maven" ] || while read -r path sum; do
    get "$maven/$path" "$new/$name/jars/${path##*/}"
    echo "$sum  $new/$name/jars/${path##*/}" | sha256sum --status -c - || die "${path##*/} is not what its SHA-256 says"
  done < <(s3a_jars)
  mv -T "$new/$name" "$SPARK_HOME" 2>/dev/null || [ -d "$SPARK_HOME" ]        # another may have been faster
  rm -rf "$new"; trap - EXIT
  say "Spark is in $SPARK_HOME"
}
have_java() {
  { [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; } || command -v java >/dev/null ||
    CODE=4 die "Java is not installed; on Debian: sudo apt-get install openjdk-17-jre-headless"
}
have_spark() {
  [ -n "${SPARK_HOME:-}" ] || download
  [ -x "$SPARK_HOME/bin/spark-class" ] || CODE=4 die "SPARK_HOME is $SPARK_HOME, and there is no bin/spark-class in it"
}

# --- its two daemons --------------------------------------------------------------------------------------------------
runs() { case "$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null)" in "" | Z*) return 1 ;; esac; }   # a zombie does not
MARK=-Dspark.dev.dir=$D                                  # by which a process is known as ours: a pid may be another's by now
alive() { # master|worker; prints the pid
  local p; p=$(cat "$D/$1.pid" 2>/dev/null) && [ -n "$p" ] || return 1
  tr '\0' '\n' 2>/dev/null < "/proc/$p/cmdline" | grep -qxF -- "$MARK" || return 1
  runs "$p" && echo "$p"
}
stop() { # SIGNAL master|worker
  local p i
  if p=$(alive "$2"); then
    kill "-$1" "$p" 2>/dev/null || true
    for ((i = 0; i < 250; i++)); do alive "$2" >/dev/null || break; sleep 0.02; done
    if alive "$2" >/dev/null; then kill -KILL "$p" 2>/dev/null || true; say "the $2 needed SIGKILL"; fi
  fi
  rm -f "$D/$2.pid"
}
stop_all() { # drivers and executors end with their worker; what is left of them is ended here
  stop TERM worker; stop TERM master
  local p i
  for ((i = 0; i < 100; i++)); do
    local left=()
    for p in /proc/[0-9]*; do case "$(readlink "$p/cwd" 2>/dev/null)" in "$D/work/"*) left+=("${p#/proc/}") ;; esac; done
    [ ${#left[@]} -gt 0 ] || return 0
    [ $i -lt 50 ] || kill -KILL "${left[@]}" 2>/dev/null || true
    sleep 0.05
  done
}
taken() { (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free() { # VARIABLE PORT: that nobody else has the port
  local other=$(($2 + 1)); while taken "$other"; do other=$((other + 1)); done
  ! taken "$2" || CODE=5 die "port $2 of 127.0.0.1 is taken by something else; end that, or set another, as SPARK_DEV_$1=$other."
}
page() { # PORT PATH
  taken "$1" || return 1
  exec 9<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&9; timeout 5 cat <&9 || true; exec 9>&-
}
said() { page "$UI_PORT" /json/ 2>/dev/null | sed -n "s/^  \"$1\" : \"\{0,1\}\([A-Za-z0-9]*\).*/\1/p"; }   # status | aliveworkers
start() { # master|worker CLASS ARGUMENTS...
  local name=$1; shift
  setsid "$SPARK_HOME/bin/spark-class" "$@" </dev/null >>"$D/$name.log" 2>&1 &
  echo $! > "$D/$name.pid"                               # spark-class becomes its Java by exec: the pid stays
}
until_ready() { # NAME TEST...: a minute or more, on a machine that has much to do
  local i name=$1; shift
  for ((i = 0; i < 1200; i++)); do
    "$@" && return 0
    [ $i -lt 100 ] || alive "$name" >/dev/null || { tail -5 "$D/$name.log" >&2; die "the $name died; see $D/$name.log"; }
    sleep 0.05
  done
  die "the $name is not ready after a minute; see $D/$name.log"
}
master_ready() { [ "$(said status)" = ALIVE ] && taken "$REST_PORT"; }
worker_ready() { [ "$(said aliveworkers)" = 1 ] && taken "$WORKER_UI_PORT"; }
up() {
  have_java; have_spark
  mkdir -p "$D/work" "$D/recovery"
  # Without SPARK_LOCAL_IP the name of this machine is bound to. A port that is taken is an error, not a reason to take the next one.
  export SPARK_LOCAL_IP=127.0.0.1 SPARK_CONF_DIR=${SPARK_CONF_DIR:-$SPARK_HOME/conf}
  local recovery="-Dspark.deploy.recoveryMode=$RECOVERY -Dspark.deploy.recoveryDirectory=$D/recovery" fresh=
  alive master >/dev/null && alive worker >/dev/null || fresh=1
  if ! alive master >/dev/null; then
    free PORT "$PORT"; free REST_PORT "$REST_PORT"; free UI_PORT "$UI_PORT"
    SPARK_MASTER_OPTS="$MARK -Dspark.port.maxRetries=0 -Dspark.master.rest.enabled=true -Dspark.master.rest.host=127.0.0.1 -Dspark.master.rest.port=$REST_PORT $recovery" \
      start master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$PORT" --webui-port "$UI_PORT"
  fi
  if ! alive worker >/dev/null; then
    free WORKER_UI_PORT "$WORKER_UI_PORT"
    SPARK_WORKER_OPTS="$MARK -Dspark.port.maxRetries=0" \
      start worker org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores "${SPARK_DEV_CORES:-4}" --memory "${SPARK_DEV_MEMORY:-6g}" \
      --work-dir "$D/work" --webui-port "$WORKER_UI_PORT" "spark://127.0.0.1:$PORT"
  fi
  until_ready master master_ready; until_ready worker worker_ready
  [ -n "$fresh" ] && say "up: spark://127.0.0.1:$PORT, submissions to http://127.0.0.1:$REST_PORT, pages at http://127.0.0.1:$UI_PORT" || say "already up: spark://127.0.0.1:$PORT"
}
wipe() {
  stop_all
  rm -rf "$D/work" "$D/recovery" "$D"/{master,worker}.{log,pid}
  rmdir "$D" 2>/dev/null || true
}
wipe_after() { # PID: whoever started this may be killed before it wipes
  setsid "$BASH" "$0" wipe-after "$1" </dev/null >/dev/null 2>&1 &   # away from whoever ends the whole process group
}
case "${1:-}" in
  up) up; [ "${2:-}" != --while ] || wipe_after "${3:?--while needs a process id}" ;;
  down) stop_all; say down ;;
  kill9) case "${2:-}" in master | worker) stop KILL "$2"; say "killed the $2" ;; *) CODE=2 die "kill9 master, or kill9 worker?" ;; esac ;;
  wipe) wipe; say wiped ;;
  wipe-after) while runs "${2:?a process id}"; do sleep 0.5; done; wipe ;;
  status) rc=0
    for n in master worker; do
      if p=$(alive $n); then echo "$n pid $p rss $(awk '/VmRSS/{print int($2/1024)}' "/proc/$p/status") MiB"; else echo "$n not running"; rc=3; fi
    done
    if s=$(said status) && [ -n "$s" ]; then echo "master http://127.0.0.1:$UI_PORT $s, $(said aliveworkers) worker"; else echo "the master does not answer"; rc=3; fi
    exit $rc ;;
  env) cat <<E
export SPARK_HOME=${SPARK_HOME:-$CACHE/spark-$VERSION-bin-hadoop3}
export SPARK_MASTER=spark://127.0.0.1:$PORT SPARK_REST=http://127.0.0.1:$REST_PORT SPARK_UI=http://127.0.0.1:$UI_PORT
E
    ;;
  *) sed -n '2,/^set /{s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
