#!/bin/sh
# Java 17 or newer for the tests of a Spark cluster: the one of JAVA_HOME or of PATH, or Debian's installed now. Fails without.
set -eu
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
version() { "$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'; }
enough() { command -v "$java" >/dev/null && [ "$(version)" -ge 17 ] 2>/dev/null; }
enough && exit 0
if [ -z "${JAVA_HOME:-}" ] && [ "$(id -u 2>/dev/null)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Java for the tests of a Spark cluster …"
    apt-get update -qq
    for age in 17 21; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "openjdk-$age-jre-headless" >/dev/null 2>&1 && break
    done
fi
enough && exit 0
echo "There is no Java 17 or newer, which the tests of a Spark cluster need: install one, or set JAVA_HOME to it." >&2
exit 1
