# make            what there is to make
# make report COHORT=1     everything else follows from the params

.DEFAULT_GOAL := help
.SUFFIXES:
.SECONDARY:
SHELL := /bin/sh
PYTHON ?= python3
PYTHON_HERE := cd notebooks && PYTHONDONTWRITEBYTECODE= exec ../.venv/bin/python
# A command that is ended by the system (134 aborted, 137 killed, 139 crashed; 127 where a thread got no memory) cannot say
# so itself.
RUN = ($(PYTHON_HERE) -m followup.commands $(1)) || { code=$$?; [ $$code -ne 127 ] && [ $$code -lt 131 ] || \
	echo "It was ended from outside, or there was too little memory (code $$code); what is published stands. Run it again, with fewer other programs or with -j1." >&2; exit $$code; }
IN_LAB = cd notebooks && PYTHONDONTWRITEBYTECODE= exec ../.venv-lab/bin/python -m followup.commands $(1)
HERE := PYTHONDONTWRITEBYTECODE= .venv/bin/python
# Names of cohorts are data: they reach commands through the environment alone, and no recipe holds one. Here it is only
# asked whether there is such a file; each command looks for itself which cohorts there are.
NEEDS = $(if $(filter %.yaml,$(wildcard params/$(value COHORT).yaml)),$(2),which-cohort/$(1))
COHORTS_KNOWN = for file in params/*.yaml; do name=$${file\#params/}; name=$${name%.yaml}; \
	case $$name in (*[!a-z0-9-]*|-*) ;; (*) names=$$names$${names:+ }$$name;; esac; done; printf '%s' "$$names"
# Whether a report is stale is told by the content of all that it is made from (0 it stands, 1 it is stale), never by dates.
REPORT = ($(PYTHON_HERE) -S followup/store/freshness.py "$$CHOSEN_COHORT") || \
	{ [ $$? -eq 1 ] && { $(call RUN,report -- "$$CHOSEN_COHORT"); }; }
unexport NOTEBOOK COHORT COHORTS SCHEDULER COPY FROM QUESTIONNAIRE LANGUAGES FREEZE ANNEX
export CHOSEN_COHORT := $(value COHORT)
export CHOSEN_COHORTS := $(value COHORTS)
export CHOSEN_SCHEDULER := $(value SCHEDULER)
export CHOSEN_COPY := $(value COPY)
export CHOSEN_FROM := $(value FROM)
export CHOSEN_QUESTIONNAIRE := $(value QUESTIONNAIRE)
export CHOSEN_NOTEBOOK := $(value NOTEBOOK)
export CHOSEN_LANGUAGES := $(value LANGUAGES)
export CHOSEN_FREEZE := $(value FREEZE)
export CHOSEN_ANNEX := $(value ANNEX)
export PYTHONHASHSEED := 0

.PHONY: help report reports plan release changes key watch worker compare verify new upgrade codebook pdf word comments lab debug check test test-browser bench growth lock data clean FORCE
FORCE:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-18s %s\n", $$1, $$2}' Makefile
	@echo "cohorts: $$($(COHORTS_KNOWN))"

report: $(call NEEDS,report,.venv/report.ready) ## COHORT=1: the report of one cohort, in its languages (COPY=1: plain files, no links)
	@$(REPORT)
	@cd build && for page in "$$CHOSEN_COHORT"/report.he.html "$$CHOSEN_COHORT"/report.en.html; do [ ! -e "$$page" ] || printf 'build/%s\n' "$$page"; done

pdf: $(call NEEDS,pdf,.venv/paper.ready) ## COHORT=1: the report on paper, and in brief on one page, report.en.pdf, brief.en.pdf and so on (ANNEX=1: with its annex; needs Chromium or Chrome)
	@$(REPORT)
	@$(call RUN,pdf -- "$$CHOSEN_COHORT")

word: $(call NEEDS,word,.venv/paper.ready) ## COHORT=1: the report as Word files, report.he.docx and report.en.docx
	@$(REPORT)
	@$(call RUN,word -- "$$CHOSEN_COHORT")

comments: $(call NEEDS,comments,.venv/paper.ready) ## COHORT=1 FROM=folder: the comments and changes in Word copies that came back, by place
	@$(call RUN,comments -- "$$CHOSEN_COHORT")

verify: $(call NEEDS,verify,.venv/report.ready) ## COHORT=1: whether a report still matches its manifest, and which input changed (FROM=folder: a copy)
	@$(call RUN,verify -- "$$CHOSEN_COHORT")

release: $(if $(filter compare,$(value COHORT)),.venv/report.ready,$(call NEEDS,release,.venv/report.ready)) ## COHORT=1: the report as an edition: recorded, and packed for sending (COHORT=compare: the comparison)
	@$(call RUN,release -- "$$CHOSEN_COHORT")

changes: $(call NEEDS,changes,.venv/report.ready) ## COHORT=1: an inside page of what changed since the last edition (FROM=folder: since a copy that was sent)
	@$(REPORT)
	@$(call RUN,changes -- "$$CHOSEN_COHORT")

key: .venv/report.ready ## where the institute's key is, and whether it fits the editions that were recorded
	@$(call RUN,key)

plan: $(call NEEDS,plan,.venv/report.ready) ## COHORT=4: the plan as a document, before any answer (FREEZE=1: fixed, with its day and digest)
	@$(call RUN,plan -- "$$CHOSEN_COHORT")

reports: .venv/report.ready $(if $(value SCHEDULER),.venv/cluster.ready) ## the reports of all cohorts, or COHORTS="1 3"; -j2: two notebooks at a time
	@$(call RUN,reports)

watch: $(call NEEDS,watch,.venv/report.ready) ## COHORT=1: the report in the browser, renewed at every save of a file that it is made from
	@$(call RUN,watch -- "$$CHOSEN_COHORT")

worker: .venv/cluster.ready ## SCHEDULER=tcp://host:8786: this computer builds cohorts that others send to a Dask scheduler
	@$(PYTHON_HERE) -m dask worker "$$CHOSEN_SCHEDULER" --nthreads 1 --nworkers -1

which-cohort/%:
	@printf 'Say which cohort: make %s COHORT=…  (one of: %s)\n' '$*' "$$($(COHORTS_KNOWN))" >&2; exit 2

compare: .venv/report.ready ## all published reports side by side, in the languages they share
	@$(call RUN,compare)

new: .venv/report.ready ## COHORT=4: params for the next cohort, drafted from the latest (FROM=1: from that one)
	@$(call RUN,new)

upgrade: .venv/report.ready ## params and codebooks of an earlier form rewritten, a copy beside each (COHORT=1: those of one cohort)
	@$(call RUN,upgrade)

codebook: .venv/report.ready ## FROM="end.csv later.csv" QUESTIONNAIRE=name: a codebook drafted from raw exports (LANGUAGES="he en": in both)
	@$(call RUN,codebook)

# Environments: `report` is lean; a cluster and the tests add to it; JupyterLab has its own, beside which it sees the
# packages of the report, and never slows one.
# One is ready when it holds a copy of the lock file as it now is, and its Python is still there.
.venv/report.ready .venv/cluster.ready .venv/paper.ready .venv/test.ready .venv-lab/lab.ready: FORCE
	@{ [ -x $(@D)/bin/python ] && cmp -s requirements.lock $@; } || { \
	command -v $(firstword $(PYTHON)) > /dev/null || { echo 'There is no $(PYTHON) here; Python 3.11 or newer is needed: make PYTHON=python3.12 …' >&2; exit 2; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")' && \
	$(PYTHON) -I notebooks/followup/commands/environment.py $(basename $(@F)); }

.venv-lab/lab.ready: .venv/report.ready

lab: .venv-lab/lab.ready ## JupyterLab on the notebooks, with Hebrew from right to left; sets git up for notebooks
	@$(call IN_LAB,lab)

debug: .venv-lab/lab.ready ## COHORT=1 NOTEBOOK=03_compare: JupyterLab on the notebook where it failed, with its variables
	@$(call IN_LAB,debug)


check: .venv/test.ready ## lint code and notebooks; notebooks hold no outputs, and say all in each language that a cohort has
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(call RUN,check)

test: .venv/test.ready ## every test that needs no browser
	@$(HERE) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --ignore=tests/browser

test-browser: .venv/test.ready ## the pages in a real browser, on screen and on paper (needs Chromium or Chrome; Firefox where it is)
	@for CHOSEN_COHORT in 1 3; do $(REPORT) || exit; done
	@$(HERE) -m pytest --numprocesses auto --dist loadfile tests/browser

bench: .venv/test.ready ## time a report against the naive way and a plain script, the set-up against pip alone, a third wave against two
	@$(HERE) tests/benchmarks/ways_to_build.py
	@$(HERE) tests/benchmarks/set_up.py
	@$(HERE) tests/benchmarks/three_waves.py

growth: .venv/test.ready ## seconds, memory and pages from 40 to a million respondents, from 1 to 60 cohorts; one, two at a time (an hour)
	@$(HERE) tests/benchmarks/growth.py
	@$(HERE) tests/benchmarks/many_cohorts.py

data: .venv/report.ready ## write the synthetic cohorts' raw exports again (same seed, same bytes)
	@$(HERE) data/generate.py

lock: .venv/test.ready ## resolve requirements.lock again from pyproject.toml
	@PATH="$$PWD/.venv/bin:$$PATH" sh tests/lock.sh > requirements.lock.new && mv requirements.lock.new requirements.lock

clean: ## remove everything that was built (environments stay)
	@rm -rf build
