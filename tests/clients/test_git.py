from __future__ import annotations

import os

import pytest

from gatepost.clients.git import Author, Pushed, Repository
from gatepost.clients.git_history import committed_at, is_ancestor
from gatepost.errors import ConfigError, RefusedError, UpstreamError
from tests.servers.manifests import ManifestsServer, git

ME = Author(name="Bo <b>", email="bo@example.org", at=1_760_000_000)


@pytest.fixture
def server(tmp_path):
    files = {"a.yaml": "one\n", 'dir/we"ird\\ é.yml': "two\n", "run.yaml": "three\n", "notes.txt": "one\n"}
    server = ManifestsServer(tmp_path, files)
    server.person("Link", {}, links={"link.yaml": "a.yaml"})
    git(tmp_path, "clone", "-q", server.url, "other")
    git(tmp_path / "other", "update-index", "--chmod=+x", "run.yaml")
    git(tmp_path / "other", "commit", "-q", "-m", "Make it run")
    git(tmp_path / "other", "push", "-q")
    return server


@pytest.fixture
def clone(server, tmp_path):
    return Repository(url=server.url, path=tmp_path / "scratch.git", env=os.environ)


def test_only_regular_files_with_the_text_and_the_ending_are_found_and_read(clone):
    tip = clone.fetch("main")

    found = clone.grep(tip, ["one", "two"], suffixes=[".yaml", ".yml"])

    assert sorted(found) == ["a.yaml", 'dir/we"ird\\ é.yml']
    assert clone.read(tip, [*found, "link.yaml", "none.yaml"]) == {
        "a.yaml": b"one\n",
        'dir/we"ird\\ é.yml': b"two\n",
    }
    assert clone.grep(tip, ["nothing"], suffixes=[".yaml"]) == []


def test_a_commit_keeps_names_modes_and_every_other_file(server, clone):
    tip = clone.fetch("main")
    edits = {'dir/we"ird\\ é.yml': b"zwei\r\n\x00", "run.yaml": b""}

    made = clone.commit(tip, edits, message="Say it in German\n\nKey: värde\n", author=ME)

    assert clone.push(made, "main") == (Pushed.DONE, "")
    assert server.show('dir/we"ird\\ é.yml') == b"zwei\r\n\x00"
    assert git(server.path, "ls-tree", "main", "run.yaml").startswith("100755")
    assert git(server.path, "diff", "--name-only", tip, made).count("\n") == 2
    assert git(server.path, "log", "-1", "--format=%cn %ct %B", made).startswith("Bo b 1760000000 Say it")
    assert "Key: värde" in server.message()


def test_what_is_no_regular_file_is_not_replaced(clone):
    tip = clone.fetch("main")

    for path in ("link.yaml", "none.yaml", "dir"):
        with pytest.raises(RefusedError, match="not a regular file"):
            clone.commit(tip, {path: b"x"}, message="m", author=ME)


def test_the_slower_push_learns_that_it_raced(server, clone):
    tip = clone.fetch("main")
    mine = clone.commit(tip, {"a.yaml": b"mine\n"}, message="Mine", author=ME)
    theirs = server.person("Theirs", {"a.yaml": "theirs\n"})

    assert clone.push(mine, "main")[0] is Pushed.RACED
    assert server.tip() == theirs
    assert clone.fetch("main") == theirs


def test_a_declined_push_comes_with_the_servers_words(server, clone):
    server.protect()
    made = clone.commit(clone.fetch("main"), {"a.yaml": b"x"}, message="m", author=ME)

    pushed, said = clone.push(made, "main")

    assert pushed is Pushed.DECLINED
    assert "GH013" in said


def test_the_log_of_a_file_goes_back_as_far_as_asked_for(server, clone):
    for number in range(55):
        server.person(f"Note {number}", {"notes.txt": f"one {number}\n"})
    tip = clone.fetch("main")

    assert "Keep manifests here" not in clone.log(tip, path="notes.txt")[-1].message
    assert clone.deepen("main")
    log = clone.log(tip, path="notes.txt")

    assert [log[0].message.strip(), log[-1].message.strip()] == ["Note 54", "Keep manifests here"]
    assert (log[0].author, log[0].at) == ("Ada", 1_750_000_000)
    assert not clone.deepen("main")


def test_a_commit_pushed_later_by_somebody_else_is_known_to_hold_ours(server, clone):
    made = clone.commit(clone.fetch("main"), {"a.yaml": b"x"}, message="m", author=ME)
    clone.push(made, "main")
    later = server.person("Later", {"notes.txt": "x"})

    assert clone.contains("main", tip=made, commit=made)
    assert clone.contains("main", tip=later, commit=made)
    assert not clone.contains("main", tip="0" * 40, commit=made)


def test_the_token_is_in_no_argument_and_goes_to_its_host_only(server, tmp_path):
    clone = Repository(
        url="https://git.example.org/x.git", path=tmp_path / "s", env=os.environ, token="ghs_secret"
    )
    settings = clone._environment()
    elsewhere = Repository(
        url=server.url, path=tmp_path / "t", env=os.environ, token="ghs_secret"
    )._environment()

    assert "http.https://git.example.org/.extraHeader" in settings.values()
    assert not any("ghs_secret" in value for value in elsewhere.values())
    assert not any("extraHeader" in value for value in elsewhere.values())


def test_a_missing_branch_and_a_missing_server_are_said(clone, tmp_path):
    with pytest.raises(ConfigError, match="no branch 'none'"):
        clone.fetch("none")
    with pytest.raises(UpstreamError, match="could not fetch"):
        Repository(url=f"file://{tmp_path}/none.git", path=tmp_path / "n", env=os.environ).fetch("main")


def test_order_and_time_of_source_commits(tmp_path):
    git(tmp_path, "init", "-q", "src")
    source, oids = tmp_path / "src", []
    for at in (1_760_000_000, 1_760_000_060):
        git(source, "commit", "-q", "--allow-empty", "-m", "x", at=at)
        oids.append(git(source, "rev-parse", "HEAD").strip())
    old, new = oids

    assert is_ancestor(source, old, new, env=os.environ) is True
    assert is_ancestor(source, new, old, env=os.environ) is False
    assert is_ancestor(source, old, "0" * 40, env=os.environ) is None
    assert is_ancestor(source, old, "--help", env=os.environ) is None
    assert committed_at(source, new, env=os.environ) == 1_760_000_060
    assert committed_at(source, "0" * 40, env=os.environ) == 0
