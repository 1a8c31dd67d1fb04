#!/bin/bash
# Makes the files in secrets/ that docker-compose.local.yml mounts; what is there already stays as it is.
# POSTGRES_PASSWORD, REDIS_PASSWORD, BOT_TOKEN, EMAIL_USERNAME, EMAIL_PASSWORD, their EMAIL_FALLBACK_… counterparts,
# DKIM_PRIVATE_KEY, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, GRAFANA_ADMIN_PASSWORD and PGADMIN_PASSWORD may come
# from the environment.
set -euo pipefail
cd "$(dirname "$0")/.."

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

keep() { # NAME VALUE
    [[ -e secrets/$1 ]] || printf '%s' "$2" > "secrets/$1"
}

# The containers' users have numbers that this machine does not know: the files are for all, their folder for you.
mkdir -p -m 700 secrets
umask 022

keep postgres-password "${POSTGRES_PASSWORD:-$(random)}"
keep database-url "postgresql://repitbot:$(< secrets/postgres-password)@postgres:5432/repitbot"
rabbitmq_password=$(random)
keep rabbitmq-url "amqp://repitbot:$rabbitmq_password@rabbitmq:5672/%2F"
keep rabbitmq.conf "default_user = repitbot
default_pass = $rabbitmq_password
"
redis_password=${REDIS_PASSWORD:-$(random)}
keep redis-url "redis://:$redis_password@redis:6379/0"
keep redis.conf "requirepass $redis_password
save \"\"
maxmemory 128mb
maxmemory-policy allkeys-lru
"
keep jwt-secret-key "$(random)$(random)"
keep bot-token "${BOT_TOKEN:-1000000001:local-mailbox-bot}"
keep telegram-webhook-secret "$(random)"
keep email-username "${EMAIL_USERNAME:-}"
keep email-password "${EMAIL_PASSWORD:-}"
keep email-fallback-username "${EMAIL_FALLBACK_USERNAME:-}"
keep email-fallback-password "${EMAIL_FALLBACK_PASSWORD:-}"
keep dkim-private-key "${DKIM_PRIVATE_KEY:-}"
# Whoever has them from an earlier version has them empty: then there was no S3 server here to ask for them.
[[ -s secrets/aws-access-key-id ]] || rm -f secrets/aws-access-key-id secrets/aws-secret-access-key
keep aws-access-key-id "${AWS_ACCESS_KEY_ID:-$(random)}"
keep aws-secret-access-key "${AWS_SECRET_ACCESS_KEY:-$(random)}"
keep grafana-admin-password "${GRAFANA_ADMIN_PASSWORD:-$(random)}"
keep pgadmin-password "${PGADMIN_PASSWORD:-$(random)}"
