"""The house keeps its own rules: names, mirrored tests, empty packages, floors of dependencies."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path.relative_to(ROOT)
    for package in ("server", "signaling")
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py"
)
FORBIDDEN = {"utils", "common", "helpers", "base", "manager", "service", "misc"}

# Module: why it has no test file of its own.
SHOWN_ELSEWHERE = {
    "server/__main__.py": "two lines; every journey starts it",
    "server/backup/actions/restoring.py": "tests/server/commands/test_backup.py, by the commands",
    "server/backup/postgresql_copy.py": "tests/server/commands/test_backup.py, with a database of each kind",
    "server/backup/sqlite_copy.py": "tests/server/commands/test_backup.py and tests/faults/test_backup.py",
    "server/backup/store.py": "tests/server/commands/test_backup.py reads what it keeps",
    "server/machines/actions/directory.py": "tests/server/test_own_machine.py, by people who enter",
    "server/machines/actions/membership.py": "tests/server/test_own_machine.py, by machines that come and go",
    "server/machines/store/events.py": "tests/server/machines/actions/test_events.py",
    "server/mail/lmtp.py": "tests/server/test_replying.py, by LMTP",
    "server/mentorships/actions/replies.py": "tests/server/test_replying.py, by LMTP",
    "server/drill_process.py": "tests/server/test_drills.py starts it",
    "server/admin/queries/counts.py": "tests/server/test_measuring.py shows them",
    "server/log_format.py": "names only; tests/server/test_logs.py",
    "server/web/measurer.py": "tests/server/test_measuring.py, by processes for pages",
    "server/web/metrics.py": "tests/server/test_measuring.py reads them as Prometheus does",
    "server/api/rules/adding.py": "tests/server/api/pages/test_people.py and test_mentorships.py meet each refusal",
    "server/api/rules/resources.py": "fields; tests/server/api/pages/test_openapi.py holds each answer against them",
    "server/api/rules/periods.py": "tests/server/api/pages/test_counts.py",
    "server/api/rules/tokens.py": "tests/server/api/pages/test_tokens.py",
    "server/api/store/tokens.py": "tests/server/api/pages/test_tokens.py",
    "server/api/store/external_ids.py": "tests/server/api/pages/test_people.py and test_mentorships.py",
    "server/api/store/people.py": "tests/server/api/pages/test_people.py",
    "server/api/store/mentorships.py": "tests/server/api/pages/test_mentorships.py",
    "server/api/queries/people.py": "tests/server/api/pages/test_people.py",
    "server/api/queries/mentorships.py": "tests/server/api/pages/test_mentorships.py",
    "server/api/queries/sessions.py": "tests/server/api/pages/test_sessions.py",
    "server/api/queries/counts.py": "tests/server/api/pages/test_counts.py",
    "server/api/queries/tokens.py": "tests/server/api/pages/test_tokens.py",
    "server/api/actions/tokens.py": "tests/server/api/pages/test_tokens.py",
    "server/api/actions/reading.py": "tests/server/api/pages/test_people.py",
    "server/api/actions/adding.py": "tests/server/api/pages/test_people.py and test_mentorships.py",
    "server/api/pages/operations.py": "tests/server/api/pages, by every operation",
    "server/api/pages/problems.py": "tests/server/api/pages, by every refusal",
    "server/people/rules/external_ids.py": "tests/server/api/pages/test_people.py, by somebody erased",
    "server/calls/actions/ended.py": "tests/server/webhooks/actions/test_sending.py",
    "server/webhooks/store/hooks.py": "tests/server/webhooks/actions/test_sending.py",
    "server/webhooks/store/queue.py": "tests/server/webhooks/actions/test_sending.py",
    "server/webhooks/queries/hooks.py": "tests/server/webhooks/actions/test_sending.py",
    "server/webhooks/actions/hooks.py": "tests/server/webhooks/actions/test_sending.py and the one of the page",
    "server/app.py": "made and served by tests/server/web and by every journey",
    "server/routes.py": "tests/server/web/test_routes.py, by the visitors of a running site",
    "server/web/keys.py": "names only",
    "server/commands/parsers.py": "tests/server/test_cli.py asks each command for its help",
    "server/catchups/rules/invitations.py": "fields only",
    "server/catchups/queries/together.py": "tests/server/catchups/pages/test_together.py",
    "server/catchups/rules/breaks.py": "tests/server/catchups/actions/test_routines.py enters breaks of each kind",
    "server/catchups/queries/common_times.py": "tests/server/availability/queries/test_free_times.py, on the pages",
    "server/availability/store/sharing.py": "tests/server/availability/pages/test_sharing.py",
    "server/availability/actions/sharing.py": "tests/server/availability/pages/test_sharing.py",
    "server/catchups/rules/email_context.py": "fields only; the store's test reads them",
    "server/calls/rules/errors.py": "tests/server/test_errors.py looks at every refusal",
    "server/catchups/rules/errors.py": "tests/server/test_errors.py looks at every refusal",
    "server/people/rules/errors.py": "tests/server/test_errors.py looks at every refusal",
    "server/catchups/changes/ledger.py": "tests/server/catchups/queries/test_ledger.py, by the actions that choose",
    "server/catchups/changes/saving.py": "tests/server/catchups/actions, by each verb",
    "server/people/rules/visitors.py": "fields only",
    "server/db/tables.py": "compared with the migrations in test_schema.py",
    "server/catchups/store/catchups.py": "its access is tried by the actions' tests, from both sides",
    "server/catchups/store/appointments.py": "tests/server/catchups/actions/test_feed.py",
    "server/catchups/store/ledger.py": "tests/server/catchups/queries/test_ledger.py",
    "server/catchups/store/ledger_check.py": "tests/server/catchups/actions/test_ledger.py",
    "server/calls/store/media_checks.py": "tests/server/calls/actions/test_media_check.py",
    "server/people/store/links.py": "tests/server/people/actions/test_links.py",
    "server/catchups/store/offers.py": "tests/server/catchups/actions/test_offers.py",
    "server/catchups/store/pauses.py": "tests/server/catchups/actions/test_answers.py",
    "server/catchups/store/mutes.py": "tests/server/catchups/actions/test_mutes.py",
    "server/catchups/store/routines.py": "tests/server/catchups/actions/test_routines.py",
    "server/catchups/queries/routine.py": "tests/server/catchups/actions/test_routines.py",
    "server/availability/store/breaks.py": "tests/server/catchups/actions/test_routines.py",
    "server/catchups/store/own_choices.py": "tests/server/catchups/actions/test_consents.py",
    "server/people/store/people.py": "tests/server/people/actions/test_people.py",
    "server/calls/store/reports.py": "tests/server/calls/actions/test_reports.py",
    "server/admin/pages/live_endings.py": "tests/server/admin/pages/test_live.py",
    "server/admin/rules/needs_hand.py": "numbers only",
    "server/people/rules/nudges.py": "tests/server/admin/actions/test_nudges.py",
    "server/calls/store/connection_samples.py": "tests/server/calls/actions/test_entering.py",
    "server/calls/store/sessions.py": "tests/server/calls/actions/test_entering.py",
    "server/availability/queries/hours.py": "tests/server/availability/pages/test_hours.py",
    "server/calls/queries/booking_phone.py": "tests/server/calls/pages/test_phone_number.py and test_phone_consent.py",
    "server/calls/queries/call_time.py": "tests/server/calls/actions/test_more_time.py",
    "server/catchups/changes/resting.py": "tests/server/admin/actions/test_mentorships.py and those of the two",
    "server/mentorships/actions/emails.py": "tests/server/mentorships/actions/test_messages.py and test_resting.py",
    "server/mentorships/actions/reading.py": "tests/server/mentorships/actions/test_messages.py",
    "server/mentorships/emails.py": "tests/server/mentorships/actions/test_messages.py and test_resting.py",
    "server/mentorships/posting.py": "tests/server/mentorships/actions/test_messages.py",
    "server/mentorships/queries/home.py": "tests/server/mentorships/pages/test_home.py",
    "server/mentorships/pages/nudges.py": "tests/server/mentorships/pages/test_home.py",
    "server/mentorships/pages/situation.py": "tests/server/mentorships/pages/test_home.py",
    "server/mentorships/queries/situations.py": "tests/server/mentorships/actions/test_situations.py",
    "server/mentorships/actions/guides.py": "tests/server/mentorships/pages/test_guides.py",
    "server/mentorships/actions/last_agenda.py": "tests/server/mentorships/actions/test_courses.py",
    "server/mentorships/actions/parting.py": "tests/server/mentorships/actions/test_courses.py",
    "server/mentorships/queries/course.py": "tests/server/mentorships/actions/test_courses.py reads it after each verb",
    "server/mentorships/queries/guides.py": "tests/server/mentorships/pages/test_guides.py",
    "server/mentorships/queries/keepsake.py": "tests/server/mentorships/actions/test_courses.py",
    "server/mentorships/queries/review.py": "tests/server/mentorships/actions/test_reviews.py reads it after each verb",
    "server/mentorships/store/reviews.py": "tests/server/mentorships/actions/test_reviews.py",
    "server/mentorships/store/courses.py": "tests/server/mentorships/actions/test_courses.py",
    "server/mentorships/store/farewells.py": "tests/server/mentorships/actions/test_courses.py",
    "server/mentorships/store/guides.py": "tests/server/mentorships/pages/test_guides.py",
    "server/mentorships/store/shared.py": "tests/server/mentorships/actions/test_courses.py",
    "server/schemes/actions/library.py": "tests/server/schemes/pages/test_library.py",
    "server/schemes/pages/cards.py": "tests/server/schemes/pages/test_library.py",
    "server/schemes/queries/library.py": "tests/server/schemes/pages/test_library.py",
    "server/schemes/store/library.py": "tests/server/schemes/pages/test_library.py",
    "server/mentorships/store/nudges.py": "tests/server/mentorships/actions/test_nudges.py",
    "server/mentorships/store/situations.py": "tests/server/mentorships/actions/test_situations.py",
    "server/mentorships/queries/thread.py": "tests/server/mentorships/actions/test_messages.py",
    "server/mentorships/store/messages.py": "tests/server/mentorships/actions/test_messages.py",
    "server/mentorships/store/readers.py": "tests/server/mentorships/actions/test_messages.py",
    "server/guests/access.py": "tests/server/guests/actions/test_guest.py",
    "server/guests/contact.py": "tests/server/guests/test_calendar.py",
    "server/guests/emails.py": "tests/journeys/test_guest_seat.py, which reads what is sent",
    "server/guests/saving.py": "tests/server/guests/actions, by each verb",
    "server/guests/store/reminders.py": "tests/server/guests/test_calendar.py",
    "server/guests/store/seats.py": "tests/server/guests/actions, by each verb",
    "server/guests/queries/seat.py": "tests/server/guests/pages",
    "server/introductions/actions/emails.py": "tests/server/introductions/actions, which read what is sent",
    "server/introductions/emails.py": "tests/server/introductions/actions, which read what is sent",
    "server/introductions/saving.py": "tests/server/introductions/actions, by each verb",
    "server/introductions/queries/introduction.py": "tests/server/introductions/actions, which read it after each verb",
    "server/introductions/queries/lines.py": "tests/server/introductions/pages/test_introduction.py",
    "server/introductions/queries/three.py": "tests/server/introductions/pages/test_three.py",
    "server/introductions/store/answers.py": "tests/server/introductions/actions/test_answering.py",
    "server/introductions/store/blocks.py": "tests/server/introductions/actions/test_answering.py",
    "server/introductions/store/introductions.py": "tests/server/introductions/actions, by each verb",
    "server/introductions/store/words.py": "tests/server/introductions/actions/test_proposing.py",
    "server/room/pages/items.py": "tests/server/mentorships/pages/test_home.py",
    "server/room/emails.py": "tests/server/room/actions/test_records.py",
    "server/room/queries/records.py": "tests/server/room/actions/test_records.py and the one of the record's page",
    "server/room/store/records.py": "tests/server/room/actions/test_records.py",
    "server/calls/queries/booking_reports.py": "tests/server/calls/pages/test_report.py",
    "server/calls/queries/media_check.py": "tests/server/calls/pages/test_media_check.py",
    "server/catchups/queries/catchup.py": "tests/server/catchups/pages/test_catchup.py",
    "server/catchups/queries/booking_news.py": "tests/server/catchups/pages/test_booking_events.py",
    "server/catchups/queries/booking_events.py": "tests/server/catchups/pages/test_booking_events.py",
    "server/people/queries/catchup_home.py": "tests/server/people/pages/test_home.py",
    "server/people/store/passkeys.py": "tests/server/people/actions/test_passkeys.py",
    "server/people/queries/passkeys.py": "tests/server/people/actions/test_passkeys.py and the one of its page",
    "server/people/actions/mentorships.py": "tests/server/admin/actions/test_mentorships.py",
    "server/people/store/accounts.py": "tests/server/admin/actions/test_accounts.py",
    "server/people/queries/looks.py": "tests/server/people/actions/test_audit.py and the one of its page",
    "server/admin/queries/overview.py": "tests/server/admin/pages/test_figures.py",
    "server/admin/store/history.py": "tests/server/admin/queries/test_history.py, by random filters",
    "server/admin/actions/exporting.py": "tests/server/admin/pages/test_history_export.py",
    "server/admin/pages/history_columns.py": "tests/server/admin/pages/test_history_export.py",
    "server/admin/queries/doubles.py": "tests/server/admin/actions/test_doubles.py and those of the pages",
    "server/admin/store/doubles.py": "tests/server/admin/actions/test_doubles.py",
    "server/admin/store/joining.py": "tests/server/admin/actions/test_merging.py",
    "server/admin/store/merging.py": "tests/server/admin/actions/test_merging.py",
    "server/people/store/merged.py": "tests/server/admin/actions/test_merging.py",
    "server/admin/queries/accounts.py": "tests/server/admin/actions/test_accounts.py and the one of its page",
    "server/admin/queries/imports.py": "tests/server/admin/actions/test_importing.py",
    "server/people/emails.py": "tests/server/people/actions/test_emails.py and those of each feature's emails",
    "server/people/store/imports.py": "tests/server/admin/actions/test_importing.py",
    "server/admin/queries/start.py": "tests/server/admin/pages/test_start.py",
    "server/admin/queries/audit.py": "tests/server/admin/pages/test_audit.py",
    "server/people/queries/own_data.py": "tests/server/people/pages/test_me.py and the one of the feed's page",
    "server/people/queries/sign_ins.py": "tests/server/people/pages/test_sign_ins.py",
    "server/catchups/queries/choices.py": "tests/server/catchups/pages/test_choices.py and test_choices_files.py",
    "server/catchups/queries/offer_forms.py": "the tests of the five pages, such as test_move.py",
    "server/catchups/pages/form_fields.py": "tests/server/catchups/pages/test_new_offer.py tries each field",
    "server/calls/queries/lobby.py": "tests/server/mentorships/pages/test_home.py, and journeys",
    "server/calls/pages/media_check_origins.py": "tests/server/web/test_access.py makes it say something",
    "server/calls/pages/media_check_form.py": "tests/server/calls/pages/test_media_check.py sends what is not taken",
    "server/mail/kept_emails.py": "tests/faults/test_erasure.py, with emails of a running server",
    "server/privacy/store/places.py": "tests/server/privacy/actions/test_erasing.py",
    "server/privacy/store/others_words.py": "tests/server/privacy/actions/test_erasing.py",
    "server/privacy/queries/archive.py": "tests/server/privacy/pages/test_archive.py",
    "server/privacy/queries/own_erasure.py": "tests/server/privacy/pages/test_own_erasure.py",
    "server/privacy/store/erasure_requests.py": "tests/server/privacy/actions/test_erasure_requests.py",
    "server/privacy/store/retention.py": "tests/server/privacy/actions/test_retention.py",
    "server/privacy/queries/retention.py": "tests/server/privacy/actions/test_retention.py",
    "server/privacy/store/erased.py": "tests/server/privacy/actions/test_erasing.py",
    "server/privacy/queries/person_data.py": "tests/server/privacy/pages/test_person_data.py",
    "server/page_process.py": "tests/server/test_page_processes.py starts it",
    "server/web/downloads.py": "tests/server/room/pages/test_files.py and those of messages",
    "server/web/main_process.py": "tests/server/test_page_processes.py, from the other side",
    "server/serving.py": "tests/faults/test_restart.py, and tests/server/test_cli.py starts and ends it",
    "server/room/rules/content.py": "tests/server/room/rules/test_edits.py makes it",
    "server/room/actions/files.py": "tests/server/room/pages/test_files.py",
    "server/room/queries/files.py": "tests/server/room/pages/test_files.py",
    "server/room/store/files.py": "tests/server/room/pages/test_files.py",
    "server/room/actions/reflections.py": "tests/server/room/pages/test_reflection.py",
    "server/room/queries/reflections.py": "tests/server/room/pages/test_reflection.py",
    "server/room/store/reflections.py": "tests/server/room/pages/test_reflection.py",
    "server/room/store/contents.py": "tests/server/room/actions/test_editing.py",
    "server/room/queries/contents.py": "tests/server/room/actions/test_editing.py and pages/test_content.py",
    "server/matching/emails.py": "the journey of matching, which reads what is sent",
    "server/matching/actions/emails.py": "the journey of matching, which reads what is sent",
    "server/matching/actions/matching.py": "tests/server/matching/actions/test_runs.py",
    "server/matching/actions/pair_rules.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/actions/saving.py": "tests/server/matching/actions, by each verb",
    "server/matching/pages/match.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/pages/result.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/queries/match.py": "tests/server/matching/actions/test_answering.py",
    "server/matching/queries/matching.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/queries/result.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/rules/pair_rules.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/rules/runs.py": "tests/server/matching/actions/test_runs.py",
    "server/matching/store/first_calls.py": "tests/server/matching/actions/test_answering.py",
    "server/matching/store/kept_results.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/store/pair_rules.py": "tests/server/matching/pages/test_matching.py",
    "server/matching/store/proposals.py": "tests/server/matching/actions, by each verb",
    "server/matching/store/runs.py": "tests/server/matching/actions/test_runs.py",
    "server/matching_process.py": "tests/server/test_matching_runs.py",
    "server/schemes/store/forgetting.py": "tests/server/matching/actions/test_proposing.py",
    "server/matching/rules/model.py": "fields; tests/server/matching/rules/test_scores.py looks at the terms",
    "server/matching/rules/stop_words.py": "words only; tests/server/matching/rules/test_words.py",
    "server/matching/solving/common_counts.py": "tests/server/matching/solving/test_pairs.py",
    "server/matching/solving/outcome.py": "tests/server/matching/solving/test_matching.py, of people drawn at random",
    "server/matching/solving/problem.py": "tests/server/matching/solving/test_costs.py",
    "server/matching/solving/word_points.py": "tests/server/matching/solving/test_pairs.py",
    "server/schemes/emails.py": "tests/server/schemes/actions/test_sign_ups.py and the scanner",
    "server/schemes/actions/emails.py": "tests/server/schemes/actions/test_sign_ups.py",
    "server/schemes/actions/saving.py": "tests/server/schemes/actions, by each verb",
    "server/schemes/actions/schemes.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/pages/members.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/pages/membership.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/pages/public.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/pages/settings.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/pages/sign_up.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/pages/sign_up_form.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/queries/own.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/queries/public.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/store/memberships.py": "tests/server/schemes/actions/test_memberships.py",
    "server/schemes/store/schemes.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/schemes/store/sign_ups.py": "tests/server/schemes/actions/test_memberships.py",
    "server/schemes/store/topics.py": "tests/server/schemes/pages/test_taking_part.py",
    "server/privacy/actions/unconfirmed.py": "tests/server/schemes/actions/test_sign_ups.py",
    "signaling/hub/counts.py": "tests/server/test_measuring.py",
    "signaling/hub/directory.py": "fields only",
    "signaling/hub/finding.py": "tests/signaling/hub/test_hub.py and test_remote_relay.py",
    "signaling/hub/remote_relays.py": "tests/signaling/hub/test_remote_relay.py",
    "signaling/hub/reporting.py": "tests/signaling/hub/test_hub.py",
    "signaling/hub/serving_relay.py": "fields only",
    "signaling/hub/errors.py": "tests/signaling/hub/test_hub.py raises it",
    "signaling/hub/open_sockets.py": "tests/signaling/hub/test_hub.py opens them",
    "signaling/room/events.py": "fields only",
    "signaling/news.py": "fields only",
    "signaling/worker/heartbeats.py": "tests/signaling/worker/test_main.py hears them",
    "signaling/worker/relay_process.py": "tests/signaling/worker/test_main.py speaks to it as a hub does",
    "signaling/seat.py": "fields only",
}


def mirror(module: Path) -> Path:
    return ROOT / "tests" / module.parent / f"test_{module.name}"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_each_module_has_its_test_or_a_reason(module: Path) -> None:
    assert mirror(module).exists() != (str(module) in SHOWN_ELSEWHERE)


def test_reasons_are_for_modules_that_exist() -> None:
    assert set(SHOWN_ELSEWHERE) <= {str(module) for module in MODULES}


def test_no_module_is_a_drawer() -> None:
    assert [module for module in MODULES if module.stem in FORBIDDEN] == []


def test_no_two_types_share_a_name() -> None:
    """In server and signaling together, but for private ones."""
    trees = [ast.parse((ROOT / module).read_text()) for module in MODULES]
    names = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1 and not name.startswith("_")] == []


def test_packages_are_empty() -> None:
    packages = [path for package in ("server", "signaling") for path in (ROOT / package).rglob("__init__.py")]
    assert [path for path in packages if path.read_text().strip()] == []


def test_files_fit_in_the_head() -> None:
    files = [*(ROOT / "static/js").rglob("*.js"), *(ROOT / "signaling").rglob("*.py")]
    assert [path.name for path in files if len(path.read_text().splitlines()) > 250] == []


def test_an_id_in_an_address_is_read_in_one_place() -> None:
    pages = (ROOT / "server").rglob("*.py")
    assert [path.name for path in pages if 'match_info["id"]' in path.read_text()] == ["forms.py"]


def test_dependencies_have_their_floors() -> None:
    """W10: below these, known holes are open."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    floors = {re.match(r"[a-z0-9-]+", line)[0]: line for line in declared}
    assert floors["aiohttp"].startswith("aiohttp>=3.13.4")
    assert floors["aioice"].startswith("aioice>=0.13.0")
    assert floors["aiortc"].startswith("aiortc>=1.16")


def test_each_dependency_has_its_reason() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    reasons = (ROOT / "docs/dependencies.md").read_text()
    assert [line for line in declared if f"| {re.match(r'[a-z0-9-]+', line)[0]} |" not in reasons] == []


def test_exceptions_to_the_linter_carry_a_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("server", "signaling", "migrations")
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"# (noqa|type: ignore)[^ ]*(: [A-Z0-9, ]+)?\s*$", line)
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("layer", "contract"),
    [
        ("pages", "Pages call actions and queries, which call the stores"),
        ("queries", "Queries read for one page, and know neither actions nor requests"),
        ("rules", "The rules are pure"),
        ("store", "Stores are SQL only"),
    ],
)
def test_the_import_rules_name_every_feature(layer: str, contract: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [named] = [set(each["source_modules"]) for each in contracts if each["name"] == contract]
    assert {f"server.{folder.parent.name}.{layer}" for folder in (ROOT / "server").glob(f"*/{layer}/")} <= named
