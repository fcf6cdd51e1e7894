"""A visit to the page on which a model is tried: what people do there, and what they see."""

import base64

from playwright.sync_api import Browser

from tests.page_server import KEY


class Visit:
    """One visit to a page in a fresh browser context, whose errors are collected."""

    def __init__(self, chromium: Browser, address: str, **context):
        self.context = chromium.new_context(**{"reduced_motion": "reduce", **context})
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self._note(line))
        self.page.goto(address)

    def _note(self, line) -> None:
        # The browser's own line about an answer that is an error.
        if line.type == "error" and not line.text.startswith("Failed to load resource"):
            self.errors.append(line.text)

    def choose(self, name: str, type: str, data: bytes) -> None:
        """Choose a file by the picker, and wait until it is shown or refused."""
        self.page.set_input_files("#file", {"name": name, "mimeType": type, "buffer": data})
        self.page.wait_for_selector("#chosen > *, #fault .fault")

    def ask(self, key: str = KEY) -> None:
        """Type a key and ask."""
        self.page.fill("#key", key)
        self.page.click("#ask")

    def answer(self) -> str:
        """Return the texts of the answer, once it is there."""
        self.page.wait_for_selector("#answer > *")
        return self.page.inner_text("#result")

    def fault(self) -> str:
        """Return the text of the fault, once it is there."""
        self.page.wait_for_selector("#fault .fault")
        return self.page.inner_text("#fault")

    def fault_now(self) -> str:
        """Return the text of the fault, empty where there is none."""
        return self.page.inner_text("#fault")

    def rows(self, title: str) -> list[list[str]]:
        """Return the texts of a table's rows, by its title."""
        rows = self.page.query_selector_all(f'[aria-label="{title}"] tbody tr')
        return [[cell.text_content() for cell in row.query_selector_all("th, td")] for row in rows]

    def transfer(self, name: str, type: str, data: bytes):
        """Return a DataTransfer with a file, as a drop or a paste brings it."""
        return self.page.evaluate_handle(
            """([name, type, data]) => {
                const moved = new DataTransfer();
                moved.items.add(new File([fromBase64(data)], name, { type }));
                return moved;
            }""",
            [name, type, base64.b64encode(data).decode()],
        )
