#!/bin/bash
# Brings this machine to where `make run` or `make test` can start: Debian's packages, then .venv from requirements.lock.
# Asks nothing, does only what is missing, and needs 0.1 s when nothing is.
#
#   install.sh run|check|test|compose
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly purpose=${1:?run, check, test or compose}
readonly venv=.venv
readonly stamp=$venv/.requirements

# The letters of charts and documents, and what WeasyPrint draws text with.
run_packages=(fonts-dejavu-core fonts-noto-core libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
# The servers and tools that the tests start, each by itself in a folder of its own, and the browser they look with.
test_packages=(chromium rabbitmq-server redis-server nginx-light prometheus prometheus-alertmanager
    prometheus-node-exporter prometheus-blackbox-exporter poppler-utils strace)
# A Docker engine that the test of the stack in containers starts by itself, and what its base images are made with.
compose_packages=(docker.io docker-compose debootstrap iptables iproute2)

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# Runs a command whose output matters only if it fails; meanwhile a terminal shows how many of its lines match.
counting() { # PATTERN WORDS COMMAND…
    local pattern=$1 words=$2 count=0 line log status=0
    shift 2
    log=$(mktemp)
    "$@" 2>&1 | tee "$log" | while IFS= read -r line; do
        [[ $line =~ $pattern ]] || continue
        count=$((count + 1))
        if [[ -t 2 ]]; then printf '\r%d %s' "$count" "$words" >&2; fi
    done || status=$?
    if [[ -t 2 ]]; then printf '\n' >&2; fi
    if [[ $status -ne 0 ]]; then tail -n 40 "$log" >&2; fi
    rm -f "$log"
    return $status
}

missing() {
    local there
    there=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') || true
    comm -23 <(printf '%s\n' "$@" | sort) <(sort <<< "$there") | tr '\n' ' '
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null && { [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null; }
}

# Debian starts a server as soon as it is installed; ours are started by the tests, so nothing may be left running.
install_packages() {
    local guard=/usr/sbin/policy-rc.d status=0
    if [[ ! -e $guard ]]; then
        # shellcheck disable=SC2064
        trap "as_root rm -f $guard" EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$guard" >/dev/null
        as_root chmod 755 "$guard"
    fi
    say "Installing from Debian: $*"
    counting '^(Get|Hit)' 'lists of packages read' as_root apt-get -q update &&
        counting '^(Get|Unpacking|Setting up)' 'steps done' as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -q -y --no-install-recommends install "$@" || status=$?
    return $status
}

ensure_packages() {
    local wanted=("$@") lacking
    command -v dpkg-query >/dev/null || { say "Not a Debian system: please see that these are there: ${wanted[*]}"; return; }
    lacking=$(missing "${wanted[@]}")
    [[ -n $lacking ]] || return 0
    may_install || stop "Please install these packages first (apt-get install $lacking), or run this as root."
    # shellcheck disable=SC2086
    install_packages $lacking || stop "Debian's packages could not be installed: $lacking"
}

ensure_python() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || stop "Python 3.11 or newer is needed as python3."
}

# The lock is complete: nothing is left to be resolved.
install_requirements() {
    counting '^Collecting|already satisfied' "of $(wc -l < requirements.lock) packages" \
        $venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps -r requirements.lock &&
        $venv/bin/python -m pip check
}

ensure_requirements() {
    local wanted
    wanted=$(sha256sum < requirements.lock)
    if [[ -f $stamp && $(<$stamp) == "$wanted" ]]; then return; fi
    ensure_python
    [[ -x $venv/bin/python ]] || { say "Making $venv"; python3 -m venv $venv; }
    say "Installing Python packages into $venv (half a minute to two minutes, once)"
    install_requirements >&2 || stop "The Python packages could not be installed: see above."
    printf '%s\n' "$wanted" > $stamp
}

needed=()
[[ -x $venv/bin/python ]] || python3 -c 'import ensurepip, venv' 2>/dev/null || needed+=(python3-venv)
case $purpose in
    check) ;;
    run) needed+=("${run_packages[@]}") ;;
    test) needed+=("${run_packages[@]}" "${test_packages[@]}") ;;
    compose) needed+=("${compose_packages[@]}") ;;
    *) stop "Usage: install.sh run|check|test|compose" ;;
esac
[[ ${#needed[@]} -eq 0 ]] || ensure_packages "${needed[@]}"
ensure_requirements
