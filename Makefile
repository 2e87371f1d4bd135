# `make up` brings up two nodes and all they need in containers; everything else is `./vintem`.

PROFILE ?=
compose = COMPOSE_PROFILES=$(PROFILE) docker compose

.DEFAULT_GOAL := help
.PHONY: help run test up down clean

help:
	@echo "make run       ./vintem run: without containers"
	@echo "make test      ./vintem test"
	@echo "make up        two nodes, PostgreSQL, Redis, a mailbox and a proxy in containers"
	@echo "               PROFILE=observability: Elasticsearch, Kibana and APM Server, too"
	@echo "make down      stops and removes the containers; the data stay"
	@echo "make clean     and the data, the images and the secrets in .env"

run:
	./vintem run

test:
	./vintem test

up: .env
	$(compose) up --build --detach --wait
	@echo "Vintém: http://localhost:8080/app, user admin; its password is in .env"
	@echo "mails:  http://localhost:8025"

down: .env
	COMPOSE_PROFILES=observability docker compose down

clean: .env
	COMPOSE_PROFILES=observability docker compose down --volumes --rmi all
	rm -f .env

# Secrets that all containers share; readable by their owner alone.
secret = $$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
.env:
	@umask 077 && { \
	    echo "VINTEM_SECRET=$(secret)$(secret)"; \
	    echo "VINTEM_BANK_SECRET=$(secret)"; \
	    echo "VINTEM_ADMIN_PASSWORD=$(secret)"; \
	    echo "VINTEM_DB_PASSWORD=$(secret)"; \
	} > $@
	@echo "made .env with new secrets"
