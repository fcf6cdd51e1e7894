"""Images for tests: a folder with a list of one's own, and its view."""

from local_aws.images.image import Image, read, write
from local_aws.images.view import view_of

ABOUT = {"python": "3.11", "complete": False, "entry_point": [], "serve": None}


def image(folder, *packages, **about) -> Image:
    """Return an image of some packages."""
    write(folder / "image", "\n".join(packages), {**ABOUT, **about})
    return read(folder / "image")


def view(folder, *packages, **about):
    """Return the view of an image of some packages."""
    return view_of(folder / "state", image(folder, *packages, **about))
