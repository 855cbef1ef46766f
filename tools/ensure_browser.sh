#!/bin/sh
# A real browser for the tests of pages: the one that KSTEP_CHROMIUM names, Debian's Chromium, or Debian's installed now.
set -eu
browser=${KSTEP_CHROMIUM:-/usr/bin/chromium}
[ -x "$browser" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Chromium for the tests of pages …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-cjk poppler-utils >/dev/null
else
    echo "No Chromium at $browser: the tests of pages will say that they are skipped. Install chromium, or set KSTEP_CHROMIUM."
fi
