#!/bin/bash
# Installs a released autoscaler on this host and starts it. It may run again
# with another release or configuration, which then takes the place of the one
# that is there. Nothing is replaced before everything new is verified.
#
# What to install comes in variables of the shell, which the stack's template
# exports above this text:
#   RELEASE_URL       the archive: s3://, https:// or http://
#   RELEASE_SHA256    its SHA-256, in hexadecimal digits
#   AWS_REGION        the region whose groups are polled
#   CONTROLLER        the stack's name, which the heartbeat bears
#   API_ADDRESS       where the API listens, such as 127.0.0.1:5000
#   ACTUATOR_MODE     observe or desired
#   ACTUATOR_ROLE_ARN the role that the actuator assumes; optional
#   CONFIG_URL, CONFIG_SHA256  keys defaults and groups, as YAML; and ingest,
#                     where other accounts and regions are polled too; optional
#   NATS_URL          a NATS server instead of the embedded one; optional
#   NATS_CREDENTIALS  the parameter of Systems Manager that holds the credentials
#                     file for it; optional
set -Eeuo pipefail
umask 022

# say tells one step to the console, which cloud-init shows, and to the journal
# (journalctl -t autoscaler-setup).
say() {
  printf 'autoscaler-setup: %s\n' "$*"
  if command -v logger >/dev/null 2>&1; then logger -t autoscaler-setup -- "$*" || true; fi
}
fail() {
  say "FAILED: $*"
  trap - ERR
  exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR

# want refuses a variable that has not the form of its extended regular
# expression.
want() {
  [[ ${!1:-} =~ ^($2)$ ]] || fail "$1: want $3, got '${!1:-}'"
}

# fetch downloads a URL to a file. It is patient: a host is made anew where a
# zone fails, and nobody runs this again. What follows the ? may be a signature,
# and is told to nobody.
fetch() {
  local shown=${1%%\?*} try
  for try in {1..10}; do
    say "downloading $shown (try $try of 10)"
    case $1 in
      ssm:*) timeout 60 aws ssm get-parameter --with-decryption --name "${1#ssm:}" --query Parameter.Value --output text >"$2" && return ;;
      s3://*) timeout 600 aws s3 cp --only-show-errors "$1" "$2" && return ;;
      *) curl --fail --silent --show-error --location --connect-timeout 10 --max-time 600 --output "$2" "$1" && return ;;
    esac
    if [[ $try -lt 10 ]]; then sleep $((try * 2)); fi
  done
  fail "$shown cannot be downloaded: is the address right, may this host read it, and is there a way to it?"
}

# verify refuses a file that has another SHA-256.
verify() {
  local got
  got=$(sha256sum <"$2")
  [[ ${got%% *} == "${3,,}" ]] || fail "CHECKSUM MISMATCH of $1: want SHA-256 ${3,,}, got ${got%% *}; nothing was installed"
  say "SHA-256 of $1 is as wanted"
}

# quoted gives a text as YAML.
quoted() { printf "'%s'" "${1//\'/\'\'}"; }

: "${CONFIG_URL:=}" "${CONFIG_SHA256:=}" "${ACTUATOR_ROLE_ARN:=}" "${NATS_URL:=}" "${NATS_CREDENTIALS:=}"
url='(s3|https|http)://[^[:space:]]+'
want RELEASE_URL "$url" 'an address s3://, https:// or http://'
want RELEASE_SHA256 '[0-9a-fA-F]{64}' '64 hexadecimal digits'
want CONFIG_URL "($url)?" 'an address s3://, https:// or http://, or nothing'
if [[ -n $CONFIG_URL ]]; then want CONFIG_SHA256 '[0-9a-fA-F]{64}' '64 hexadecimal digits'; fi
want AWS_REGION '[a-z0-9-]+' 'a region'
want CONTROLLER '[A-Za-z0-9-]+' "the stack's name"
want ACTUATOR_MODE 'observe|desired' 'observe or desired'
want ACTUATOR_ROLE_ARN '(arn:[^[:space:]]+)?' 'the ARN of a role, or nothing'
want API_ADDRESS '[^[:space:]]*:[0-9]+' 'HOST:PORT'
want NATS_URL '([a-z]+://[^[:space:]"%$\\]+)?' 'an address such as nats://10.0.0.5:4222, or nothing'
want NATS_CREDENTIALS '(/[A-Za-z0-9_./-]+)?' 'the name of a parameter such as /autoscaler/nats, or nothing'
export AWS_DEFAULT_REGION=$AWS_REGION
for tool in curl gzip install sha256sum systemctl tar timeout; do
  command -v "$tool" >/dev/null || fail "this host has no $tool"
done
if [[ $RELEASE_URL$CONFIG_URL == *s3://* || -n $NATS_CREDENTIALS ]]; then
  command -v aws >/dev/null || fail 'this host has no aws, which s3:// and NATS_CREDENTIALS need'
fi

binary=/usr/local/bin/autoscaler
unit=/etc/systemd/system/autoscaler.service
config=/etc/autoscaler/autoscaler.yaml
credentials=/etc/autoscaler/nats.creds
work=$(mktemp -d)
trap 'rm -rf "$work" "$binary.new"' EXIT

fetch "$RELEASE_URL" "$work/release.tar.gz"
verify 'the release' "$work/release.tar.gz" "$RELEASE_SHA256"
if [[ -n $CONFIG_URL ]]; then
  fetch "$CONFIG_URL" "$work/config.yaml"
  verify 'the configuration' "$work/config.yaml" "$CONFIG_SHA256"
fi

if [[ -n $NATS_CREDENTIALS ]]; then fetch "ssm:$NATS_CREDENTIALS" "$work/nats.creds"; fi

# Only the two files that are wanted, and only as files.
tar --extract --gzip --file "$work/release.tar.gz" --directory "$work" --strip-components 1 --no-same-owner \
  --wildcards --no-wildcards-match-slash '*/autoscaler' '*/autoscaler.service' || fail 'the archive is no release of the autoscaler'
for file in autoscaler autoscaler.service; do
  [[ -f $work/$file && ! -L $work/$file ]] || fail "the archive's $file is no file"
done
# Beside its place: a temporary directory may forbid to run what is in it, and
# only within one file system is a rename one step.
install -D -m 0755 "$work/autoscaler" "$binary.new"
version=$("$binary.new" version) || fail "the released binary does not run here: is it built for $(uname -m)?"
version=${version%%$'\n'*}
say "the release is $version"

{
  echo "# Written by the user data of $CONTROLLER; it is replaced when that runs again."
  if [[ -z $CONFIG_URL ]] || ! grep -q '^ingest:' "$work/config.yaml"; then
    echo "ingest:"
    echo "  scopes:"
    echo "    $(quoted "$AWS_REGION"): {region: $(quoted "$AWS_REGION")}"
  fi
  echo "actuator:"
  echo "  mode: $ACTUATOR_MODE"
  if [[ -n $ACTUATOR_ROLE_ARN ]]; then
    echo "  scopes:"
    echo "    $(quoted "$AWS_REGION"): {role_arn: $(quoted "$ACTUATOR_ROLE_ARN")}"
  fi
  echo "  heartbeat: {scope: $(quoted "$AWS_REGION"), name: $(quoted "$CONTROLLER")}"
  echo "all:"
  echo "  address: $(quoted "$API_ADDRESS")"
  if [[ -n $NATS_URL ]]; then
    echo "nats:"
    echo "  url: $(quoted "$NATS_URL")"
  fi
  if [[ -n $CONFIG_URL ]]; then
    echo "# From ${CONFIG_URL%%\?*}, SHA-256 ${CONFIG_SHA256,,}:"
    cat "$work/config.yaml"
  fi
} >"$work/autoscaler.yaml"
"$binary.new" check --offline "$work/autoscaler.yaml" || {
  say "the configuration as it was put together:"
  cat -n "$work/autoscaler.yaml"
  fail 'the configuration is refused, see above; nothing was installed'
}

install -D -m 0644 "$work/autoscaler.yaml" "$config.new"
mv -f "$config.new" "$config"
install -D -m 0644 "$work/autoscaler.service" "$unit"
rm -f "$unit.d/nats.conf" "$credentials"
if [[ -n $NATS_URL ]]; then
  mkdir -p "$unit.d"
  {
    echo '[Service]'
    if [[ -n $NATS_CREDENTIALS ]]; then
      # Root's; systemd shows the service a copy of its own.
      install -m 0600 "$work/nats.creds" "$credentials"
      echo "LoadCredential=nats.creds:$credentials"
    fi
    echo 'ExecStart='
    echo "ExecStart=$binary all --config $config --nats-url \"$NATS_URL\"${NATS_CREDENTIALS:+ --nats-creds %d/nats.creds}"
  } >"$unit.d/nats.conf"
fi
mv -f "$binary.new" "$binary"
say "installed $binary, $unit and $config"

systemctl daemon-reload
systemctl enable autoscaler.service
say 'starting autoscaler.service'
systemctl restart autoscaler.service || fail 'autoscaler.service does not start: see journalctl -u autoscaler'

host=${API_ADDRESS%:*}
case $host in '' | 0.0.0.0 | '[::]' | '*') host=127.0.0.1 ;; esac
health=http://$host:${API_ADDRESS##*:}/health
for ((second = 0; second < 60; second++)); do
  if curl --fail --silent --max-time 2 --output /dev/null "$health"; then
    say "$version answers on $health"
    exit 0
  fi
  sleep 1
done
fail "$health does not answer after a minute: see journalctl -u autoscaler"
