# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A Hub on 127.0.0.1 that the real huggingface_hub client cannot tell from the one it knows.

It keeps everything in memory, speaks the routes that pushing and loading use, answers mistakes as the Hub does, and
fails when told to: `hub.fail("PUT", "/lfs/", status=503)`. Small files are committed in line, those of `lfs_from` bytes
and more go through the LFS protocol (tell the client HF_HUB_DISABLE_XET=1).
"""

import base64
import hashlib
import json
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from .card_rules import complaints_about

DATE = "2026-11-21T00:00:00.000Z"
WRITE, READ, STRANGER = "hf_aWriteTokenOfAda", "hf_aReadTokenOfAda", "hf_aWriteTokenOfBob"
OWNERS = {WRITE: "ada", READ: "ada", STRANGER: "bob"}
KINDS = {"models": "model", "spaces": "space", "datasets": "dataset"}


@dataclass
class Commit:
    """A state of a repository: the bytes of each file."""

    id: str
    title: str
    files: dict[str, bytes]
    large: set[str]


@dataclass
class Repository:
    """Branches, and all commits, newest last."""

    private: bool
    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def at(self, revision: str) -> Commit | None:
        return self.commits.get(self.branches.get(revision, revision))

    def add(self, branch: str, title: str, files: dict[str, bytes], large: set[str]) -> Commit:
        commit = Commit(hashlib.sha1(uuid.uuid4().bytes).hexdigest(), title, files, large)
        self.commits[commit.id], self.branches[branch] = commit, commit.id
        return commit


@dataclass
class Fault:
    """What goes wrong, and how often: a status, the connection in the middle of the body (`cut`), a body (`data`).

    `seconds` is how long the answer takes.
    """

    method: str
    path: str
    status: int
    cut: bool
    left: int
    headers: dict[str, Any]
    data: bytes | None = None
    seconds: float = 0.0


class Hub:
    """What the server knows; tests look into it and break it."""

    def __init__(self, lfs_from: int = 20_000) -> None:
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.blobs: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.lfs_from = lfs_from
        self.lock = threading.RLock()
        self.url = ""
        self.store_url = ""  # the Hub's large files lie on another host

    def fail(
        self,
        method: str,
        path: str,
        *,
        status: int = 500,
        cut: bool = False,
        times: int = 1,
        data: bytes | None = None,
        seconds: float = 0.0,
        **headers: str,
    ) -> None:
        """Let the next `times` requests that match go wrong; `Retry_After="0"` sends that header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append(Fault(method, path, status, cut, times, named, data, seconds))

    def fault_for(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.left and fault.method == method and re.search(fault.path, path):
                    fault.left -= 1
                    return fault
        return None

    def files(self, name: str, revision: str = "main", kind: str = "model") -> dict[str, bytes]:
        """The files of a repository."""
        commit = self.repositories[kind, name].at(revision)
        assert commit is not None, f"{name} has no {revision}"
        return commit.files

    def asked(self, method: str, path: str) -> int:
        """How many requests matched."""
        return sum(1 for one, where in self.requests if one == method and re.search(path, where))


class HttpError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and a body written apart would wait 40 ms for each other
    hub: Hub
    ROUTES = (
        ("GET", r"/api/whoami-v2", "whoami"),
        ("POST", r"/api/repos/create", "create"),
        ("POST", r"/api/validate-yaml", "validate"),
        ("GET", r"/api/(\w+)/([^/]+/[^/]+)(?:/revision/([^/]+))?", "info"),
        ("GET", r"/api/(\w+)/([^/]+/[^/]+)/tree/([^/]+)(?:/(.*))?", "tree"),
        ("GET", r"/api/(\w+)/([^/]+/[^/]+)/refs", "refs"),
        ("GET", r"/api/(\w+)/([^/]+/[^/]+)/commits/([^/]+)", "history"),
        ("POST", r"/api/(\w+)/([^/]+/[^/]+)/branch/([^/]+)", "branch"),
        ("POST", r"/api/(\w+)/([^/]+/[^/]+)/preupload/([^/]+)", "preupload"),
        ("POST", r"/api/(\w+)/([^/]+/[^/]+)/commit/([^/]+)", "commit"),
        ("POST", r"/(?:(spaces|datasets)/)?([^/]+/[^/]+)\.git/info/lfs/objects/batch", "batch"),
        ("PUT", r"/lfs/(\w+)", "store"),
        ("POST", r"/lfs/verify", "verify"),
        ("GET", r"/lfs/(\w+)", "large"),
        ("GET", r"/(?:(spaces|datasets)/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", "resolve"),
    )

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""

    def answer_request(self) -> None:
        method, path = self.command, unquote(urlsplit(self.path).path)
        self.hub.requests.append((method, path))
        self.body = b""
        fault = self.hub.fault_for(method, path)
        length = int(self.headers.get("Content-Length") or 0)
        if fault and fault.cut and method in ("PUT", "POST"):
            self.rfile.read(length // 2)
            self.hang_up()
            return
        self.body = self.rfile.read(length) if length else self.read_chunks()
        self.cut = bool(fault and fault.cut)
        try:
            if fault and fault.seconds:
                time.sleep(fault.seconds)
            if fault and fault.data is not None:
                self.send(fault.status, data=fault.data, **fault.headers)
                return
            if fault and not fault.cut:
                self.send(fault.status, {"error": f"told to fail with {fault.status}"}, **fault.headers)
                return
            for verb, pattern, name in self.ROUTES:
                found = re.fullmatch(pattern, path)
                if found and verb == ("GET" if method == "HEAD" else method):
                    with self.hub.lock:
                        answer = getattr(self, name)(*found.groups())
                    answer()
                    return
            raise HttpError(404, f"no route {method} {path}")
        except HttpError as error:
            headers: dict[str, Any] = {"X-Error-Code": error.code} if error.code else {}
            self.send(error.status, {"error": str(error)}, X_Error_Message=str(error), **headers)

    def handle(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has given up waiting
            super().handle()

    do_GET = do_HEAD = do_POST = do_PUT = answer_request  # noqa: N815

    def read_chunks(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return b""
        parts = []
        while size := int(self.rfile.readline().strip(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def send(self, status: int, value: Any = None, data: bytes | None = None, **headers: str) -> None:
        content = json.dumps(value).encode() if data is None else data
        self.send_response(status)
        headers = {name.replace("_", "-"): each for name, each in headers.items()}
        headers.setdefault("Content-Type", "application/json")
        headers.setdefault("Content-Length", str(len(content)))
        for name, each in headers.items():
            self.send_header(name, each)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if self.cut else content)
        if self.cut:
            self.wfile.flush()
            self.hang_up()

    def then(self, status: int, value: Any = None, data: bytes | None = None, **headers: str) -> Any:
        return lambda: self.send(status, value, data, **headers)

    # Who asks for what

    @property
    def token(self) -> str | None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return given or None

    @property
    def user(self) -> str | None:
        if self.token is None:
            return None
        if self.token not in OWNERS:
            raise HttpError(401, "Invalid credentials in Authorization header")
        return OWNERS[self.token]

    def repository(self, kind: str, name: str, *, write: bool = False) -> Repository:
        found = self.hub.repositories.get((kind, name))
        mine = name.partition("/")[0] == self.user
        if write and self.user is None:
            raise HttpError(401, "Invalid username or password.")
        if found is None or (found.private and not mine):
            raise HttpError(401 if self.user is None else 404, "Repository not found", "RepoNotFound")
        if write and (not mine or self.token == READ):
            raise HttpError(403, "You don't have the rights: this needs a token with write access to this repository.")
        return found

    def commit_at(self, repository: Repository, revision: str) -> Commit:
        commit = repository.at(unquote(revision))
        if commit is None:
            raise HttpError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return commit

    # Routes

    def whoami(self) -> Any:
        if self.user is None:
            raise HttpError(401, "Invalid username or password.")
        role = "read" if self.token == READ else "write"
        return self.then(200, {"type": "user", "name": self.user, "orgs": [], "auth": {"accessToken": {"role": role}}})

    def create(self) -> Any:
        asked = json.loads(self.body)
        if self.user is None:
            raise HttpError(401, "Invalid username or password.")
        owner, kind = asked.get("organization") or self.user, asked.get("type", "model")
        name = f"{owner}/{asked['name']}"
        url = f"{self.hub.url}/{'' if kind == 'model' else kind + 's/'}{name}"
        if owner != self.user or self.token == READ:
            raise HttpError(403, f"You don't have the rights to create a {kind} under the namespace {owner!r}.")
        if (kind, name) in self.hub.repositories:
            return self.then(409, {"error": "You already created this repo", "url": url})
        visible = asked.get("visibility", "private" if asked.get("private") else "public")
        extra = {key: asked[key] for key in ("sdk",) if key in asked}
        made = self.hub.repositories[kind, name] = Repository(private=visible == "private", extra=extra)
        made.add("main", "initial commit", {".gitattributes": b"*.safetensors filter=lfs\n"}, set())
        return self.then(200, {"url": url, "name": name, "id": name})

    def validate(self) -> Any:
        asked = json.loads(self.body)
        return self.then(200, {"errors": complaints_about(asked["content"], asked.get("repoType")), "warnings": []})

    def info(self, plural: str, name: str, revision: str | None) -> Any:
        repository = self.repository(KINDS[plural], name)
        commit = self.commit_at(repository, revision or "main")
        siblings = [{"rfilename": path} for path in commit.files]
        facts = {"id": name, "modelId": name, "sha": commit.id, "private": repository.private, "siblings": siblings}
        return self.then(200, facts | {"tags": [], "downloads": 0, "likes": 0, "lastModified": DATE})

    def tree(self, plural: str, name: str, revision: str, folder: str | None) -> Any:
        commit = self.commit_at(self.repository(KINDS[plural], name), revision)
        inside = [path for path in commit.files if not folder or path.startswith(f"{folder}/")]
        return self.then(200, [self.entry(commit, path) for path in inside])

    def entry(self, commit: Commit, path: str) -> dict[str, Any]:
        data = commit.files[path]
        entry = {"type": "file", "path": path, "size": len(data), "oid": git_id(data)}
        if path in commit.large:
            entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return entry

    def refs(self, plural: str, name: str) -> Any:
        branches = self.repository(KINDS[plural], name).branches.items()
        listed = [{"name": each, "ref": f"refs/heads/{each}", "targetCommit": where} for each, where in branches]
        return self.then(200, {"branches": listed, "tags": [], "converts": []})

    def history(self, plural: str, name: str, revision: str) -> Any:
        repository = self.repository(KINDS[plural], name)
        self.commit_at(repository, revision)
        newest_first = reversed(repository.commits.values())
        return self.then(
            200, [{"id": c.id, "title": c.title, "message": "", "date": DATE, "authors": []} for c in newest_first]
        )

    def branch(self, plural: str, name: str, revision: str) -> Any:
        repository = self.repository(KINDS[plural], name, write=True)
        if revision in repository.branches:
            raise HttpError(409, "Reference already exists")
        repository.branches[revision] = self.commit_at(repository, "main").id
        return self.then(200, {})

    def preupload(self, plural: str, name: str, revision: str) -> Any:
        repository = self.repository(KINDS[plural], name, write=True)
        before = self.commit_at(repository, revision)
        files = []
        for each in json.loads(self.body)["files"]:
            large = each["size"] >= self.hub.lfs_from
            known = before.files.get(each["path"])
            oid = None if known is None else hashlib.sha256(known).hexdigest() if large else git_id(known)
            files.append(
                {"path": each["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, "oid": oid}
            )
        return self.then(200, {"files": files})

    def batch(self, plural: str | None, name: str) -> Any:
        self.repository(KINDS[plural or "models"], name, write=True)
        objects = []
        for each in json.loads(self.body)["objects"]:
            actions = {
                "upload": {"href": f"{self.hub.url}/lfs/{each['oid']}"},
                "verify": {"href": f"{self.hub.url}/lfs/verify"},
            }
            objects.append(each if each["oid"] in self.hub.blobs else each | {"actions": actions})
        return self.then(200, {"transfer": "basic", "objects": objects})

    def store(self, oid: str) -> Any:
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise HttpError(400, f"the {len(self.body)} bytes that came are not {oid}")
        self.hub.blobs[oid] = self.body
        return self.then(200, {})

    def verify(self) -> Any:
        known = json.loads(self.body)["oid"] in self.hub.blobs
        return self.then(200 if known else 404, {})

    def commit(self, plural: str, name: str, revision: str) -> Any:
        repository = self.repository(KINDS[plural], name, write=True)
        before = self.commit_at(repository, revision)
        files, large, title, parent = dict(before.files), set(before.large), "", None
        for line in filter(None, self.body.split(b"\n")):
            step = json.loads(line)
            value = step["value"]
            if step["key"] == "header":
                title, parent = value["summary"], value.get("parentCommit")
            elif step["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
                large.discard(value["path"])
            elif step["key"] == "lfsFile":
                if value["oid"] not in self.hub.blobs:
                    raise HttpError(400, f"LFS object {value['oid']} was never uploaded")
                files[value["path"]] = self.hub.blobs[value["oid"]]
                large.add(value["path"])
            elif step["key"] == "deletedFile":
                files.pop(value["path"])
            else:
                raise HttpError(400, f"a commit knows no {step['key']}")
        if parent and parent != before.id:
            raise HttpError(412, "A commit has happened since. Please refresh and try again.")
        made = repository.add(unquote(revision), title, files, large)
        url = f"{self.hub.url}/{'' if plural == 'models' else plural + '/'}{name}/commit/{made.id}"
        return self.then(200, {"success": True, "commitOid": made.id, "commitUrl": url})

    def resolve(self, plural: str | None, name: str, revision: str, path: str) -> Any:
        commit = self.commit_at(self.repository(KINDS[plural or "models"], name), revision)
        if path not in commit.files:
            raise HttpError(404, f"{path} does not exist on {revision!r}", "EntryNotFound")
        data = commit.files[path]
        headers: dict[str, Any] = {"X_Repo_Commit": commit.id}
        if path in commit.large:
            oid = hashlib.sha256(data).hexdigest()
            linked: dict[str, Any] = {"X_Linked_Size": str(len(data)), "X_Linked_Etag": f'"{oid}"'}
            return self.then(302, {}, **headers, **linked, Location=f"{self.hub.store_url}/lfs/{oid}")
        return self.part(data, git_id(data), headers)

    def large(self, oid: str) -> Any:
        return self.part(self.hub.blobs[oid], oid, {})

    def part(self, data: bytes, etag: str, headers: dict[str, str]) -> Any:
        """All of a file, or the part that `Range` asks for."""
        headers = headers | {"ETag": f'"{etag}"', "Accept_Ranges": "bytes", "Content_Type": "application/octet-stream"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked:
            return self.then(200, data=data, **headers)
        start, end = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        if start >= len(data):
            return self.then(416, {"error": "Range Not Satisfiable"}, Content_Range=f"bytes */{len(data)}")
        return self.then(206, data=data[start : end + 1], Content_Range=f"bytes {start}-{end}/{len(data)}", **headers)


def git_id(data: bytes) -> str:
    """The id that git gives to a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@contextmanager
def serve(**settings: Any) -> Iterator[Hub]:
    """A Hub that runs while the block does."""
    hub = Hub(**settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub, "cut": False}))
    server.daemon_threads = True
    hub.url, hub.store_url = (f"http://{host}:{server.server_port}" for host in ("127.0.0.1", "localhost"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
