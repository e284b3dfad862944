# For the commands in this folder: headings, and packages that a fresh Debian machine lacks.

say() { printf '\n== %s\n' "$1"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    echo "$0: '$*' needs root or sudo" >&2
    exit 1
  fi
}

# Nothing without packages.
install_packages() {
  [ "$#" -gt 0 ] || return 0
  say "Installing $*"
  as_root apt-get update -qq
  # The packages would start servers of the system at once, which nothing here uses.
  local policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then policy=; else
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    # shellcheck disable=SC2064
    trap "as_root rm -f '$policy'" EXIT
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  if [ -n "$policy" ]; then as_root rm -f "$policy"; trap - EXIT; fi
}

# Where the library is that shows a program another time. Empty without the package of that name.
libfaketime() { compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -n 1; }
