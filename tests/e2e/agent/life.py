#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of a patch: fetched, verified, applied, watched, committed, replaced, rolled back, taken
back, revoked, never again after a crash. The kernel is made of folders (agent_in_folder.c)."""
import json
import os
import pathlib
import sys
import tempfile

from machine import BUILD_ID, OTHER_BUILD_ID, Desk, Machine, shop

SUTURE, FETCH, AGENT, REAL_AGENT = (pathlib.Path(word).resolve() for word in sys.argv[1:5])


class Scene:
    """A repository with one patch, served, and a machine that trusts it."""

    def __init__(self, folder):
        self.desk = Desk(SUTURE, folder / "desk")
        self.machine = Machine(FETCH, AGENT, folder / "machine")

    def __enter__(self):
        self.desk.init()
        self.desk.sign("root1", "root2", "release")
        self.desk.offer("one", cves=["CVE-2026-0001"])
        self.server = shop.Server(self.desk.repo).__enter__()
        self.machine.trust(self.desk.repo, self.server.url)
        return self

    def __exit__(self, *ignored):
        self.server.__exit__()

    def update(self, status=0, fetch=0):
        self.machine.fetch(status=fetch)
        return self.machine.apply(status=status)

    def state(self, name):
        return self.machine.lives()[name]["state"]

    def after(self, seconds):
        self.machine.write("proc/uptime", f"{100 + seconds}.00 0.00\n")

    def commit(self):
        self.after(16 * 60)
        self.machine.apply()
        expect(self.state("one"), "applied-committed")

    def cut_and_boot(self, name, status=0):
        """The power goes, and comes back."""
        self.machine.boot(name)
        self.after(0)
        self.machine.apply("--boot", status=status)

    def policy(self, **values):
        self.machine.write("var/lib/suture/policy.json", json.dumps(
            {"pin": None, "blocked": [], "delay_hours": 0, **values}))


def expect(found, wanted):
    if found != wanted:
        raise shop.Failed(f"found {found!r}, wanted {wanted!r}")


def a_patch_is_applied_and_committed_after_healthy_minutes(s):
    s.update()
    expect(s.machine.loaded(), ["suture_one"])
    expect(s.state("one"), "applied-probation")
    status = s.machine.status()
    expect(status["protection"]["state"], "ok")
    expect(status["protection"]["cves"], ["CVE-2026-0001"])
    expect(status["freshness"]["state"], "ok")
    expect(status["coverage"], {"state": "ok", "newest": 1, "until": 0})
    expect(status["update"], None)
    s.after(14 * 60)
    s.machine.apply()
    expect(s.state("one"), "applied-probation")
    s.after(15 * 60)
    s.machine.apply()
    expect(s.state("one"), "applied-committed")
    expect([e["event"] for e in s.machine.history()], ["applied", "committed"])


def a_newer_patch_replaces_the_older(s):
    s.update()
    s.desk.offer("two", cves=["CVE-2026-0001", "CVE-2026-0002"])
    s.update()
    expect(s.machine.loaded(), ["suture_two"])
    expect([s.state("one"), s.state("two")], ["replaced", "applied-probation"])
    expect(s.machine.status()["protection"]["level"], 2)


def a_boot_that_went_down_with_it_is_the_last(s):
    s.update()
    s.machine.boot("second")
    s.machine.apply("--boot", status=6)
    expect(s.state("one"), "crashed-previously")
    s.update(status=6)
    expect(s.machine.loaded(), [])
    expect(s.machine.status()["protection"]["state"], "problem")
    s.machine.apply("--now", status=6)
    expect(s.machine.loaded(), [])
    s.desk.offer("two")
    s.update()
    expect(s.machine.loaded(), ["suture_two"])


def a_power_cut_soon_after_a_boot_takes_no_committed_patch_off(s):
    s.update()
    s.commit()
    s.cut_and_boot("second")
    s.cut_and_boot("third")  # the second was still on probation with it
    expect(s.machine.loaded(), ["suture_one"])
    expect((s.state("one"), s.machine.lives()["one"]["unclean_ends"]), ("applied-probation", 1))
    expect(s.machine.status()["protection"]["state"], "ok")
    if "did not end in good order" not in s.machine.status()["protection"]["reason"]:
        raise shop.Failed(s.machine.status())
    expect([e["event"] for e in s.machine.history()][-2:], ["unclean-end", "applied"])
    s.commit()
    expect(s.machine.status()["protection"]["reason"], None)
    for name in ("fourth", "fifth"):  # healthy minutes begin the count anew
        s.cut_and_boot(name)
    expect(s.machine.loaded(), ["suture_one"])


def a_committed_patch_that_takes_the_machine_down_does_so_twice_and_no_more(s):
    s.update()
    s.commit()
    s.cut_and_boot("second")
    s.cut_and_boot("third")
    s.cut_and_boot("fourth", status=6)
    expect(s.machine.loaded(), [])
    expect(s.state("one"), "crashed-previously")
    expect(s.machine.status()["protection"]["state"], "problem")
    s.update(status=6)
    s.cut_and_boot("fifth", status=6)
    expect(s.machine.loaded(), [])


def an_orderly_shutdown_does_not_make_an_unclean_end_good(s):
    s.update()
    s.commit()
    s.cut_and_boot("second")
    s.cut_and_boot("third")
    s.machine.apply("--end")
    s.cut_and_boot("fourth")
    expect(s.machine.loaded(), ["suture_one"])
    s.cut_and_boot("fifth", status=6)
    expect(s.machine.loaded(), [])


def a_committed_patch_that_the_machine_goes_down_with_while_it_is_loaded_is_not_loaded_again(s):
    s.update()
    s.commit()
    s.machine.write("kernel", "die")
    s.cut_and_boot("second", status=99)
    s.machine.write("kernel", "")
    s.cut_and_boot("third", status=6)
    expect(s.machine.loaded(), [])
    expect(s.state("one"), "crashed-previously")


def a_power_cut_during_a_change_leaves_the_committed_patch(s):
    s.update()
    s.commit()
    s.cut_and_boot("second")  # on probation, as 'two' is loaded
    s.desk.offer("two")
    s.machine.fetch()
    s.machine.write("kernel", "die")
    s.machine.apply(status=99)
    s.machine.write("kernel", "")
    s.cut_and_boot("third", status=6)
    expect(s.machine.loaded(), ["suture_one"])
    expect(s.state("two"), "crashed-previously")


def an_orderly_shutdown_is_no_crash(s):
    s.update()
    s.machine.apply("--end")
    s.machine.boot("second")
    s.machine.apply("--boot", status=10)
    expect(s.machine.loaded(), [])
    expect(s.state("one"), "held")
    s.update()
    expect(s.machine.loaded(), ["suture_one"])


def an_orderly_shutdown_is_one_whatever_the_configuration(s):
    s.update()
    config = s.machine.path("etc/suture/suture.conf")
    before = config.read_text()
    config.write_text("no sense\n")
    s.machine.apply("--end")
    config.write_text(before)
    s.machine.boot("second")
    s.machine.apply("--boot", status=10)
    expect(s.state("one"), "held")


def the_early_unit_applies_what_was_committed(s):
    s.update()
    s.after(16 * 60)
    s.machine.apply()
    s.machine.boot("second")
    s.after(0)
    s.machine.apply("--boot")
    expect(s.machine.loaded(), ["suture_one"])
    expect(s.state("one"), "applied-probation")


def the_early_unit_leaves_another_kernel_alone(s):
    s.update()
    s.after(16 * 60)
    s.machine.apply()
    from machine import notes
    s.machine.write("sys/kernel/notes", notes(OTHER_BUILD_ID))
    s.machine.boot("second")
    s.machine.apply("--boot")
    expect(s.machine.loaded(), [])
    s.update()
    expect(s.machine.status()["coverage"]["state"], "none")


def trouble_takes_the_patch_back_and_the_older_returns(s):
    s.update()
    s.after(16 * 60)
    s.machine.apply()
    s.desk.offer("two")
    s.machine.write("kernel", "oops")
    s.update()
    expect(s.machine.loaded(), ["suture_two"])
    s.machine.write("kernel", "")
    s.machine.apply(status=6)
    expect(s.machine.loaded(), ["suture_one"])
    expect(s.state("two"), "taken-back")
    s.update(status=6)
    expect(s.machine.loaded(), ["suture_one"])
    if "kernel died" not in s.machine.lives()["two"]["reason"]:
        raise shop.Failed(s.machine.lives()["two"]["reason"])


def a_warning_takes_a_new_patch_back_and_not_one_that_was_committed(s):
    s.update()
    s.commit()
    s.cut_and_boot("second")
    s.machine.write("proc/sys/kernel/tainted", "512\n")  # some driver's
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_one"])
    s.commit()
    s.machine.write("proc/sys/kernel/tainted", "0\n")
    s.desk.offer("two")
    s.update()
    s.machine.write("proc/sys/kernel/tainted", "512\n")
    s.machine.apply(status=6)
    expect((s.machine.loaded(), s.state("two")), (["suture_one"], "taken-back"))


def an_oops_takes_a_committed_patch_back_as_well(s):
    s.update()
    s.commit()
    s.cut_and_boot("second")
    s.machine.write("proc/sys/kernel/tainted", "128\n")
    s.machine.apply(status=6)
    expect((s.machine.loaded(), s.state("one")), ([], "taken-back"))


def trouble_with_the_first_patch_leaves_none(s):
    s.machine.write("kernel", "oops")
    s.update()
    s.machine.apply(status=6)
    expect(s.machine.loaded(), [])
    expect(s.state("one"), "taken-back")
    expect(s.machine.status()["protection"]["state"], "problem")


def a_revoked_patch_goes_and_the_one_before_returns(s):
    s.update()
    s.after(16 * 60)
    s.machine.apply()
    s.desk.offer("two")
    s.update()
    s.desk.run("repo", "revoke", s.desk.repo, "two", "--reason", "eats files")
    s.desk.release()
    s.update()
    expect(s.machine.loaded(), ["suture_one"])
    expect(s.machine.lives()["two"]["state"], "revoked")
    expect(s.machine.lives()["two"]["reason"], "eats files")


def a_revoked_patch_goes_also_in_the_mode_that_applies_nothing(s):
    s.update()
    s.desk.run("repo", "revoke", s.desk.repo, "one", "--reason", "eats files")
    s.desk.release()
    s.machine.write("proc/cmdline", "quiet suture.mode=no-apply\n")
    s.update()
    expect(s.machine.loaded(), [])


def a_pin_goes_back_and_says_what_opens_again(s):
    s.update()
    s.after(16 * 60)
    s.machine.apply()
    s.desk.offer("two", cves=["CVE-2026-0001", "CVE-2026-0002"])
    s.update()
    s.policy(pin={"level": 1, "build_id": BUILD_ID})
    s.machine.apply(status=10)
    expect(s.machine.loaded(), ["suture_one"])
    expect(s.machine.status()["debt"], ["CVE-2026-0002"])
    s.policy(pin={"level": 0, "build_id": BUILD_ID})
    s.machine.apply(status=10)
    expect(s.machine.loaded(), [])
    expect(sorted(s.machine.status()["debt"]), ["CVE-2026-0001", "CVE-2026-0002"])
    s.policy()
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])


def a_pin_to_what_the_kernel_refuses_keeps_what_is_there(s):
    s.update()
    s.desk.offer("two")
    s.update()
    s.policy(pin={"level": 1, "build_id": BUILD_ID})
    s.machine.write("kernel", "refuse")
    s.machine.apply(status=6)
    expect(s.machine.loaded(), ["suture_two"])
    s.machine.write("kernel", "")
    s.machine.apply(status=10)
    expect(s.machine.loaded(), ["suture_one"])


def what_is_blocked_delayed_or_not_rolled_out_waits(s):
    s.update()
    s.desk.offer("two", rollout="0%@0")
    s.update(status=10)
    expect(s.machine.status()["update"]["reason"],
           "its rollout has not come to this machine yet")
    s.desk.run("repo", "rollout", s.desk.repo, "two", "--ring", "stable", "100%@0")
    s.desk.release()
    s.policy(delay_hours=24)
    s.update(status=10)
    expect(s.machine.loaded(), ["suture_one"])
    s.policy(blocked=[s.machine.lives()["two"]["module_sha256"]])
    s.machine.apply(status=10)
    expect(s.machine.loaded(), ["suture_one"])
    s.policy()
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])


def by_hand_only_means_by_hand_only(s):
    s.machine.trust(s.desk.repo, s.server.url, apply="manual")
    s.update(status=10)
    expect(s.machine.loaded(), [])
    s.machine.apply("--now")
    expect(s.machine.loaded(), ["suture_one"])


def the_kill_switch_stops_each_half(s):
    s.machine.write("proc/cmdline", "suture.mode=no-refresh\n")
    s.machine.fetch(status=10)
    expect(s.machine.path("var/lib/suture-fetch/incoming").exists(), False)
    s.machine.write("proc/cmdline", "suture.mode=no-apply\n")
    s.update(status=10)
    expect(s.machine.loaded(), [])
    s.machine.write("proc/cmdline", "\n")
    s.update()
    expect(s.machine.loaded(), ["suture_one"])
    s.machine.write("proc/cmdline", "suture.mode=stop\n")
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_one"])


def what_somebody_took_off_stays_off_until_asked(s):
    s.update()
    s.machine.boot("first")  # empties the kernel, keeps the boot's id
    s.machine.apply(status=10)
    expect(s.machine.loaded(), [])
    s.machine.apply(status=10)
    expect(s.machine.loaded(), [])
    s.machine.apply("--now")
    expect(s.machine.loaded(), ["suture_one"])


def somebody_elses_livepatch_is_not_replaced_unasked(s):
    s.machine.write("sys/kernel/livepatch/kpatch_other/enabled", "1\n")
    s.update(status=10)
    expect(s.machine.loaded(), ["kpatch_other"])
    s.machine.apply("--now")
    expect(s.machine.loaded(), ["suture_one"])


def a_kernel_that_refuses_keeps_the_old_patch(s):
    s.update()
    s.desk.offer("two")
    s.machine.write("kernel", "refuse")
    s.update(status=6)
    expect(s.machine.loaded(), ["suture_one"])
    expect(s.state("two"), "failed")
    expect(s.machine.status()["protection"]["state"], "problem")
    s.machine.write("kernel", "")
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])


def an_interrupt_says_nothing_against_the_patch(s):
    s.update()
    s.desk.offer("two")
    s.machine.write("kernel", "interrupt")
    s.update(status=130)
    expect((s.state("two"), s.machine.loaded()), ("verified", ["suture_one"]))
    s.machine.write("kernel", "")
    s.machine.apply()
    expect(s.machine.loaded(), ["suture_two"])


def a_file_that_changed_on_disk_is_not_loaded(s):
    s.machine.trust(s.desk.repo, s.server.url, apply="manual")
    s.update(status=10)
    path = next(s.machine.path("var/lib/suture/patches").glob("*.ko"))
    good = path.read_bytes()
    path.write_bytes(good + b"!")
    s.machine.apply("--now", "--boot", status=10)
    expect(s.machine.loaded(), [])
    s.machine.apply("--now")  # the fetcher's copy is good
    expect(s.machine.loaded(), ["suture_one"])
    expect(path.read_bytes(), good)


def a_committed_file_that_changed_is_not_loaded_and_heals(s):
    s.update()
    s.after(16 * 60)
    s.machine.apply()
    path = next(s.machine.path("var/lib/suture/patches").glob("*.ko"))
    good = path.read_bytes()
    path.write_bytes(good[:100])
    s.machine.apply()
    expect(s.state("one"), "applied-committed")  # healed, and still known as what it is
    expect(path.read_bytes(), good)
    path.write_bytes(good[:100])
    s.machine.boot("second")
    s.after(0)
    for _ in range(2):
        s.machine.apply("--boot", status=6)
        expect(s.machine.loaded(), [])
    life = s.machine.lives()["one"]
    expect((life["state"], life["failures"]), ("failed", 2))
    if "SHA-256 differs" not in life["reason"]:
        raise shop.Failed(life["reason"])
    s.update()
    expect(s.machine.loaded(), ["suture_one"])


def the_way_back_waits_for_no_hours(s):
    s.update()
    s.after(16 * 60)
    s.machine.apply()
    s.desk.offer("two")
    s.update()
    s.machine.trust(s.desk.repo, s.server.url, apply="manual")
    s.policy(pin={"level": 1, "build_id": BUILD_ID})
    s.machine.apply(status=10)
    expect(s.machine.loaded(), ["suture_one"])


def a_crash_is_remembered_whatever_other_kernels_there_were(s):
    s.update()
    s.machine.boot("second")
    s.machine.apply("--boot", status=6)
    crashed = s.machine.lives()["one"]
    folder = s.machine.path("var/lib/suture/patches")
    for number in range(100):
        other = {**crashed, "sha256": f"{number:064x}", "build_id": "00" * 20, "committed": True,
                 "state": "verified", "name": f"other-{number}", "changed": number + 1,
                 "offered": False, "module_sha256": f"{number:064x}"}
        (folder / f"{number:064x}.life").write_text(json.dumps(other))
    for _ in range(2):
        s.machine.apply(status=6)
        expect(s.machine.loaded(), [])
    lives = s.machine.lives()
    expect(lives["one"]["state"], "crashed-previously")
    expect(sorted(int(name[6:]) for name in lives if name != "one"), list(range(36, 100)))


def after_a_crash_the_one_before_is_fetched(s):
    s.desk.offer("two")
    s.update()
    expect(s.machine.loaded(), ["suture_two"])
    s.machine.boot("second")
    s.machine.apply("--boot", status=6)
    s.machine.fetch()
    s.machine.apply(status=6)
    expect(s.machine.loaded(), ["suture_one"])


def before_a_patch_the_machine_says_how_it_is(s):
    s.machine.write("kernel", "die")
    s.update(status=99)
    status = s.machine.status()  # what the server hears, should nothing come any more
    expect((status["protection"]["state"], status["coverage"]["newest"]), ("none", 1))
    expect(s.state("one"), "loading")


def a_store_that_an_older_version_began_is_told_what_it_began_with(s):
    begun = s.machine.path("var/lib/suture/trust/begun")
    s.update()
    digest = begun.read_text()
    begun.unlink()
    s.machine.apply()
    expect(begun.read_text(), digest)
    s.desk.run("repo", "renew", s.desk.repo, "root")
    s.desk.sign("root1", "root2")
    s.desk.publish()
    s.update()
    begun.unlink()  # a root followed the first one: the administrator's word counts
    s.machine.apply()
    expect(begun.read_text(), digest)


def with_another_fingerprint_nothing_new_is_applied_and_nothing_taken_off(s):
    s.update()
    s.commit()
    s.machine.trust(s.desk.repo, s.server.url, apply="manual")
    s.desk.offer("two")
    s.update(status=10)
    expect(s.machine.loaded(), ["suture_one"])
    expect(len(list(s.machine.path("var/lib/suture/patches").glob("*.ko"))), 2)  # verified, waiting
    s.machine.configure(repo=s.server.url, root_fingerprint="0" * 64)
    for words in ((), ("--now",)):
        s.machine.apply(*words, status=9)
        expect(s.machine.loaded(), ["suture_one"])
    s.cut_and_boot("second", status=10)
    s.machine.apply(status=9)
    expect(s.machine.loaded(), ["suture_one"])


def advice_without_a_server_is_nobodys(s):
    s.update()
    for advice in ({"pin": 0}, {"ring": "edge"}):
        s.machine.write("var/lib/suture-fetch/advice.json", json.dumps(advice))
        s.machine.apply()
        expect(s.machine.loaded(), ["suture_one"])
        expect(s.machine.status()["ring"], "stable")


def the_real_agent_loads_nothing_below_a_folder(s):
    s.machine.agent = str(REAL_AGENT)
    s.update(status=6)
    expect(s.machine.loaded(), [])
    expect(s.state("one"), "failed")


def two_refreshes_ask_only_for_what_changed(s):
    # A second that is not over yet is not remembered.
    os.utime(s.desk.repo / "timestamp.json", (1700000000, 1700000000))
    s.machine.fetch()
    asked = []

    class Counting(shop.Quiet):
        def do_GET(self):
            asked.append((self.path.rsplit("/", 1)[1], "If-Modified-Since" in self.headers))
            super().do_GET()

    with shop.Server(s.desk.repo, Counting) as server:
        s.machine.trust(s.desk.repo, server.url)
        s.machine.fetch()
    expect(asked, [("2.root.json", False), ("timestamp.json", True)])


def main():
    tests = [f for name, f in globals().items()
             if callable(f) and getattr(f, "__module__", "") == "__main__" and
             name not in ("main", "expect", "Scene")]
    wanted = sys.argv[5:]
    shop.in_memory()
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "desk").mkdir()
            (folder / "machine").mkdir()
            with Scene(folder) as scene:
                test(scene)
        print("ok", test.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    main()
