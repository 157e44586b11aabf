"""Thunderbird: its calendar and its address book, and invitations from one to another."""

from __future__ import annotations

import desktop
import world
from thunderbird import Thunderbird


class ThunderbirdTest(desktop.Scenarios, desktop.Desktop):
    def start(self, account: world.Account) -> Thunderbird:
        return Thunderbird(self, account)


class ThunderbirdScheduling(desktop.Desktop):
    """Olga invites Ann; both have Thunderbird."""

    def test_an_invitation_is_answered_moved_and_cancelled(self) -> None:
        anns_account = self.new_account()
        address = f"mailto:{anns_account.login}@example.com"
        olga, ann = Thunderbird(self, self.account, "olga"), Thunderbird(self, anns_account, "ann")

        olga.invite(world.event("meeting@test", "Meeting", "20310303T090000Z"), [address])
        self.until_meeting(ann, title="Meeting", start="20310303T090000Z", isInvitation=True,
                           answer=(address, "NEEDS-ACTION"))
        ann.respond("meeting@test", "ACCEPTED")
        self.until_meeting(olga, isInvitation=False, answer=(address, "ACCEPTED"))

        organizer = f"mailto:{self.user}@example.com"
        self.until(ann, ["20310303T090000Z"],
                   lambda: ann.busy_times(organizer, "20310303T000000Z", "20310304T000000Z"))

        olga.move_event("meeting@test", "20310303T140000Z")
        self.until_meeting(ann, start="20310303T140000Z", answer=(address, "NEEDS-ACTION"))
        ann.respond("meeting@test", "DECLINED")
        self.until_meeting(olga, start="20310303T140000Z", answer=(address, "DECLINED"))

        olga.delete_event("meeting@test")
        self.until_meeting(ann, status="CANCELLED")
        ann.delete_event("meeting@test")
        self.until(ann, {}, ann.events)

    def until_meeting(self, program: Thunderbird, answer: tuple[str, str] | None = None, **expected: object) -> None:
        """Waits until it shows that of the meeting."""
        def look() -> dict:
            shown = program.meeting("meeting@test") or {}
            found = {name: shown.get(name) for name in expected}
            return found | ({"answer": shown.get("answers", {}).get(answer[0])} if answer else {})
        self.until(program, expected | ({"answer": answer[1]} if answer else {}), look)
