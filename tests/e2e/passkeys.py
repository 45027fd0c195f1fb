"""A device with passkeys, made of Chromium's own virtual authenticator."""

from playwright.sync_api import CDPSession, Page


class Device:
    """Keeps passkeys and says yes for its owner, until `refuse()`."""

    def __init__(self, page: Page) -> None:
        self.page = page
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

    def wait_to_be_asked(self) -> None:
        """From the next page on it answers when somebody presses, and not as soon as a field could offer it."""
        self.page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")

    def refuse(self) -> None:
        """From now on the owner does not prove herself."""
        self.session.send("WebAuthn.setUserVerified", self.key | {"isUserVerified": False})
