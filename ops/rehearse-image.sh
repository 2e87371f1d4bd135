#!/bin/bash
# Builds the image without Docker: follows the Dockerfile line by line in empty roots, as root, then
# starts what came out as the image's user and asks it. For machines without a container engine, and
# to see what a change of the Dockerfile does.
#
#   ops/rehearse-image.sh [folder]      a new folder, 3 GB; without one, a temporary one
#
# Needs debootstrap, a JDK 25 in JAVA_HOME, curl. Of the base images only their kind is real: a
# minimal Debian, and for the build one with this machine's JDK. What it does not show: layers and
# their sizes, the engine's isolation, other processors, compose.yaml.
set -euo pipefail

home=$(cd "$(dirname "$0")/.." && pwd -P)
work=${1:-$(mktemp -d)}
suite=bookworm
bound=()
started=

say() { echo "rehearsal: $*" >&2; }

die() {
    say "$*"
    exit 1
}

finish() {
    if [ -n "$started" ] && kill -0 "$started" 2>/dev/null; then
        kill "$started"
        wait "$started" || true
    fi
    for ((i = ${#bound[@]} - 1; i >= 0; i--)); do
        umount "${bound[i]}" || umount --lazy "${bound[i]}"
    done
    [ -n "${1:-}" ] || case $work in /tmp/*) rm -rf --one-file-system "$work" ;; esac
}
keep=${1:-}
trap 'finish "$keep"' EXIT

bind() {
    mkdir -p "$2"
    mount --bind "$1" "$2"
    bound+=("$2")
}

[ "$(id -u)" = 0 ] || die "making roots takes root"
command -v debootstrap >/dev/null || die "there is no debootstrap: apt-get install debootstrap"
[ -x "${JAVA_HOME:-}/bin/jlink" ] || die "JAVA_HOME names no JDK"
mkdir -p "$work"

# A stage: its root, and what its next command begins with.
declare -A roots
root='' user='' folder='' variables=() healthcheck='' entrypoint='' command=''

base() {
    local image=$1
    if [ ! -d "$work/base" ]; then
        say "making a minimal Debian…"
        debootstrap --variant=minbase --include=ca-certificates "$suite" "$work/base" \
            >"$work/debootstrap.log"
        # As this machine reaches its packages.
        cp -a /etc/apt/. "$work/base/etc/apt/"
        [ ! -e /usr/share/keyrings ] || cp -a /usr/share/keyrings "$work/base/usr/share/"
    fi
    cp -a "$work/base" "$root"
    user=root folder=/ healthcheck='' entrypoint='' command=''
    variables=("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    case $image in
    eclipse-temurin:25-jdk)
        mkdir -p "$root/opt/java"
        cp -a "$(readlink -f "$JAVA_HOME")" "$root/opt/java/openjdk"
        variables=("JAVA_HOME=/opt/java/openjdk" "PATH=/opt/java/openjdk/bin:${variables[0]#PATH=}")
        ;;
    "debian:$suite-slim") ;;
    *) die "nobody told me what $image is" ;;
    esac
    bind /proc "$root/proc"
    bind /dev "$root/dev"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
}

# In the root, as the user, with nothing of this machine's environment.
inside() {
    local at
    at=$(chroot "$root" getent passwd "$user" | cut -d: -f6)
    # The `init` of the engine is left out; `exec` hands signals on.
    exec chroot --userspec="$user:" "$root" /usr/bin/env -i "HOME=$at" "${variables[@]}" \
        "${more[@]}" /bin/sh -c "cd '$folder' && exec \"\$@\"" sh "$@"
}
more=()

run() {
    while [[ $1 == --mount=* ]]; do
        local target=${1##*target=}
        target=${target%% *}
        # The engine's cache for downloads is this machine's.
        bind "${HOME}/${target##*/}" "$root$target"
        set -- "${1#* }"
    done
    say "RUN $1"
    (inside /bin/sh -c "$1")
}

# What .dockerignore keeps out is not there.
allowed() {
    local path=$1
    while [ "$path" != . ]; do
        ! grep -qxF "!$path" "$home/.dockerignore" || return 0
        path=$(dirname "$path")
    done
    die "COPY $1: .dockerignore keeps it out"
}

copy() {
    local from=$home words=() to
    for word in $1; do
        case $word in
        --from=*) from=${roots[${word#--from=}]} ;;
        --*) die "nobody told me what COPY $word is" ;;
        *) words+=("$word") ;;
        esac
    done
    to=${words[-1]}
    unset 'words[-1]'
    [[ $to == /* ]] || to=$folder/$to
    for source in "${words[@]}"; do
        [ "$from" != "$home" ] || allowed "$source"
        if [ -d "$from/$source" ]; then
            mkdir -p "$root$to"
            cp -a "$from/$source/." "$root$to/"
        else
            case $to in */ | */.) mkdir -p "$root$to" ;; *) mkdir -p "$root$(dirname "$to")" ;; esac
            cp -a "$from/$source" "$root$to"
        fi
        say "COPY $source"
    done
}

# A JSON array of strings without escapes.
words() { echo "$1" | tr -d '[],"' ; }

step() {
    local name=${1%% *} rest=${1#* }
    case $name in
    FROM)
        read -r image _ stage <<<"$rest"
        root=$work/root-${stage:-final}
        roots[${stage:-final}]=$root
        base "$image"
        ;;
    RUN) run "$rest" ;;
    COPY) copy "$rest" ;;
    ENV) for word in $rest; do variables+=("$word"); done ;;
    WORKDIR)
        folder=$rest
        mkdir -p "$root$folder"
        ;;
    USER) user=$rest ;;
    HEALTHCHECK) healthcheck=$(words "${rest#*CMD }") ;;
    ENTRYPOINT) entrypoint=$(words "$rest") ;;
    CMD) command=$(words "$rest") ;;
    EXPOSE | VOLUME) ;;
    *) die "nobody told me what $name is" ;;
    esac
}

while IFS= read -r line; do
    step "$line"
done < <(sed -e '/^#/d' -e '/^$/d' "$home/Dockerfile" | sed -e ':a' -e '/\\$/{N;s/\\\n *//;ba}')

[ "$user" != root ] || die "it would run as root"
port=$(shuf -i 20000-50000 -n 1)
more=("VINTEM_PORT=$port" VINTEM_ADMIN_PASSWORD=a-password-for-rehearsals)
begun=$(date +%s%N)
# shellcheck disable=SC2086
(inside $entrypoint $command) >"$work/run.log" 2>&1 &
started=$!
# shellcheck disable=SC2086
until (inside $healthcheck) 2>/dev/null; do
    kill -0 "$started" 2>/dev/null || die "it ended: $(cat "$work/run.log")"
    [ $(($(date +%s%N) - begun)) -lt 60000000000 ] || die "no health: $(cat "$work/run.log")"
    sleep 0.1
done
say "healthy after $((($(date +%s%N) - begun) / 1000000)) ms, as $(ps -o user= -p "$started")"

# The embedded database, fonts and pictures work there: a charge, its boleto as PDF.
at=http://127.0.0.1:$port
token=$(curl -fsS "$at/token" -d username=admin -d password=a-password-for-rehearsals |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
file=$(printf 'name,governmentId,email,debtAmount,debtDueDate,debtId\nJoão,52998224725,j@example.com,10.50,2030-10-12,rehearsed\n' |
    curl -fsS "$at/billing/files" -H "Authorization: Bearer $token" -H 'Content-Type: text/csv' \
        --data-binary @- | sed 's/.*"id":"\([^"]*\)".*/\1/')
for _ in $(seq 100); do
    charge=$(curl -fsS "$at/charges?debt_id=rehearsed" -H "Authorization: Bearer $token" |
        sed -n 's/.*"items":\[{"id":"\([^"]*\)".*/\1/p')
    [ -z "$charge" ] || break
    sleep 0.1
done
[ -n "$charge" ] || die "file $file was not imported"
curl -fsS "$at/charges/$charge/boleto.pdf" -H "Authorization: Bearer $token" -o "$work/boleto.pdf"
head -c 5 "$work/boleto.pdf" | grep -q '%PDF-' || die "the boleto is no PDF"
more=()
# shellcheck disable=SC2086
(inside ${entrypoint} audit) | tail -1 | grep -q 'in order' || die "the books are not in order"

kill "$started"
status=0
wait "$started" || status=$?
started=
[ "$status" = 143 ] || die "told to stop, it ended with $status: $(cat "$work/run.log")"
! pgrep -f "^$root|/data/vintem/postgres" >/dev/null || die "its database is still there"
say "stopped by a signal, and its database with it"
du -shx "$root/opt/vintem-java" "$root/app/target/vintem.jar" "$root/app/target/vintem.aot" \
    "$root/home/vintem" "$root" 2>/dev/null | sed "s#$root#  #" >&2
say "done"
