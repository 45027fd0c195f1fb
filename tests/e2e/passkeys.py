"""A device with passkeys, made of Chromium's own virtual authenticator."""

from playwright.sync_api import CDPSession, Page


class Device:
    """Keeps passkeys and says yes for its owner, until `refuse()`."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        answer = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.key = {"authenticatorId": answer["authenticatorId"]}

    def count(self) -> int:
        """How many passkeys it keeps."""
        return len(self.session.send("WebAuthn.getCredentials", self.key)["credentials"])

    def lie_still(self, *, still: bool = True) -> None:
        """The owner does not touch the device, or touches it again."""
        self.session.send("WebAuthn.setAutomaticPresenceSimulation", self.key | {"enabled": not still})

    def refuse(self) -> None:
        """From now on the owner does not prove herself."""
        self.session.send("WebAuthn.setUserVerified", self.key | {"isUserVerified": False})
