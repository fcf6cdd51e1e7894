"""A folder that `docker build` would be given, as a manifest brings it to the local AWS."""

import base64
import io
import json
import tarfile

from local_aws.images.pushes import CONTEXT


def manifest(dockerfile, **files):
    """Return the manifest of an image that is built of a Dockerfile and files, by name to text.

    A file whose text begins with `#!` may be run.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, text in {"Dockerfile": dockerfile, **files}.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(text.encode()), 0o755 if text[:2] == "#!" else 0o644
            tar.addfile(member, io.BytesIO(text.encode()))
    return with_annotations({CONTEXT: base64.b64encode(archive.getvalue()).decode()})


def with_annotations(annotations):
    """Return a manifest that says this about its image."""
    about = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}
    return json.dumps({**about, **({"annotations": annotations} if annotations else {})})
