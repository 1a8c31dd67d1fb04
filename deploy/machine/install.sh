#!/bin/bash
# Brings this machine to where `make run` or `make test` can start: Debian's packages, then .venv from requirements.lock.
# Asks nothing, does only what is missing, and needs 0.1 s when nothing is.
#
#   install.sh run|check|test
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly purpose=${1:?run, check or test}
readonly venv=.venv
readonly stamp=$venv/.requirements

# The charts' browser, the letters of charts and documents, and what WeasyPrint draws text with.
run_packages=(chromium fonts-dejavu-core fonts-noto-core libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
# The servers and tools that the tests start, each by itself in a folder of its own.
test_packages=(rabbitmq-server redis-server nginx-light poppler-utils strace)

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
# shellcheck disable=SC2059
progress() { if [[ -t 2 ]]; then printf "$@" >&2; fi; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

missing() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s ' "$package"
    done
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null && { [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null; }
}

# Debian starts a server as soon as it is installed; ours are started by the tests, so nothing may be left running.
install_packages() {
    local guard=/usr/sbin/policy-rc.d made=0 status=0
    if [[ ! -e $guard ]]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$guard" >/dev/null
        as_root chmod 755 "$guard"
        made=1
    fi
    say "Installing from Debian: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@" || status=$?
    if [[ $made -eq 1 ]]; then as_root rm -f "$guard"; fi
    return $status
}

ensure_packages() {
    local wanted=("$@") lacking
    command -v dpkg-query >/dev/null || { say "Not a Debian system: please see that these are there: ${wanted[*]}"; return; }
    lacking=$(missing "${wanted[@]}")
    [[ -n $lacking ]] || return 0
    may_install || stop "Please install these packages first (apt-get install $lacking), or run this as root."
    # shellcheck disable=SC2086
    install_packages $lacking >&2 || stop "Debian's packages could not be installed: $lacking"
}

ensure_python() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || stop "Python 3.11 or newer is needed as python3."
    python3 -c 'import ensurepip, venv' 2>/dev/null || ensure_packages python3-venv
}

install_requirements() {
    local total count=0 line
    total=$(wc -l < requirements.lock)
    $venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps --progress-bar off \
        -r requirements.lock | while read -r line; do
        case $line in
            Collecting* | *"already satisfied"*) count=$((count + 1)); progress '\r%d of %d packages' "$count" "$total" ;;
            Installing*) progress '\n'; say "Unpacking them" ;;
        esac
    done
    $venv/bin/python -m pip check >/dev/null || { $venv/bin/python -m pip check; return 1; }
}

ensure_requirements() {
    local wanted
    wanted=$(sha256sum < requirements.lock)
    [[ -f $stamp && $(<$stamp) == "$wanted" ]] && return
    [[ -x $venv/bin/python ]] || { ensure_python; say "Making $venv"; python3 -m venv $venv; }
    say "Installing Python packages into $venv (half a minute to two minutes, once)"
    install_requirements || stop "The Python packages could not be installed: see above."
    printf '%s\n' "$wanted" > $stamp
}

case $purpose in
    check) ;;
    run) ensure_packages "${run_packages[@]}" ;;
    test) ensure_packages "${run_packages[@]}" "${test_packages[@]}" ;;
    *) stop "Usage: install.sh run|check|test" ;;
esac
ensure_requirements
