import gzip
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.core.management import call_command
from django.test import override_settings

from coachnet.lib.static import (
    SCRIPTS,
    STYLES,
    BundledStaticFilesStorage,
    Sources,
    bundle_script,
    bundle_styles,
)

STATIC = Path(settings.BASE_DIR) / "static"


def sources(**files: str) -> Sources:
    """Files in memory; `css__index` stands for css/index.css."""
    memory = InMemoryStorage()
    paths: Sources = {}
    for key, text in files.items():
        folder, name = key.split("__", 1)
        path = f"{folder}/{name.replace('__', '/')}.{folder}"
        memory.save(path, ContentFile(text.encode()))
        paths[path] = (memory, path)
    return paths


def real() -> Sources:
    storage = FileSystemStorage(STATIC)
    return {
        str(file.relative_to(STATIC)): (storage, str(file.relative_to(STATIC)))
        for file in STATIC.rglob("*.*")
    }


def test_styles_become_one_file_with_layers_and_moved_addresses() -> None:
    paths = sources(
        css__index='@layer a, b;\n\n@import "base.css";\n@import "parts/x.css" layer(b);\n',
        css__base='/* Why\n   this. */\np { background: url("../fonts/f.woff2") }\n',
        css__parts__x='b { background: url("../../icons.svg#a") }\n',
    )
    assert bundle_styles(paths, "css/index.css") == (
        '@layer a, b;\n\np { background: url("../fonts/f.woff2") }\n'
        '@layer b {\nb { background: url("../icons.svg#a") }\n}\n'
    )


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"css__index": '@import "gone.css";\n'}, "gone.css"),
        ({"css__index": '@import "a.css";\n', "css__a": '@import "b.css";\n'}, "import of its own"),
    ],
)
def test_styles_that_cannot_be_bundled_say_why(files: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        bundle_styles(sources(**files), "css/index.css")


def test_the_bundled_script_runs_each_module_once_before_those_that_need_it() -> None:
    bundle = bundle_script(
        sources(
            js__app='import "./one.js";\nimport "./two.js";\n',
            js__one='// Says one.\nimport { say } from "./word.js";\n\nsay("one");\n',
            js__two='import { say, times } from "./word.js";\n\nsay(`two ${times()}`);\n',
            js__word='let count = 0;\nconsole.log("word");\nexport function say(text) {\n  count += 1;\n'
            "  console.log(text);\n}\nexport const times = () => count;\n",
        )
    )
    node = shutil.which("node")
    if node:  # the browser journeys run the real bundle; this says earlier and closer what broke
        printed = subprocess.run([node, "-e", bundle], capture_output=True, text=True, check=True)
        assert printed.stdout.split("\n")[:3] == ["word", "one", "two 1"]
    assert "// Says one." not in bundle
    assert "\n " not in bundle
    assert bundle.count("let count") == 1
    assert bundle.index("let count") < bundle.index('say("one")') < bundle.index("say(`two")


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"js__app": 'import "./gone.js";\n'}, "gone.js"),
        ({"js__app": 'import "./a.js";\n', "js__a": 'import "./app.js";\n'}, "cannot import each other"),
        ({"js__app": "export default 1;\n"}, "does not understand"),
        ({"js__app": 'import * as a from "./a.js";\n', "js__a": ""}, "does not understand"),
        ({"js__app": "const a = `${1}`, text = `one\n  two`;\n"}, "does not understand"),
    ],
)
def test_scripts_that_cannot_be_bundled_say_why(files: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        bundle_script(sources(**files))


def test_every_module_and_style_sheet_is_in_its_bundle() -> None:
    script = "".join(bundle_script(real(), name) for name in SCRIPTS)
    styles = "".join(bundle_styles(real(), name) for name in STYLES)
    for file in (STATIC / "js").glob("*.js"):
        if file.name == "describe.js":  # the interface's readable page alone links to it
            continue
        assert f"const module_{file.stem} = " in script, f"no script reaches {file.name}"
    for file in (STATIC / "css").rglob("*.css"):
        if str(file.relative_to(STATIC)) not in STYLES:
            assert file.read_text().strip().splitlines()[-2].strip() in styles, (
                f"no sheet imports {file.name}"
            )


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with everything collected as for production."""
    folder = tmp_path_factory.mktemp("static")
    backend = {"BACKEND": "coachnet.lib.static.BundledStaticFilesStorage"}
    with override_settings(STATIC_ROOT=folder, STORAGES=settings.STORAGES | {"staticfiles": backend}):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def published(collected: Path) -> BundledStaticFilesStorage:
    return BundledStaticFilesStorage(location=collected, base_url="/static/")


def test_published_files_have_hashed_names_and_keep_the_weight_budget(
    published: BundledStaticFilesStorage, collected: Path
) -> None:
    def file(name: str) -> Path:
        return collected / published.url(name).removeprefix("/static/")

    def weight(name: str) -> int:
        content = file(name).read_bytes()
        return len(content) if name.endswith("woff2") else len(gzip.compress(content, 9))

    styles = file("css/index.css")
    assert styles.name != "index.css"
    assert "@import" not in styles.read_text()
    assert file("fonts/hanken-grotesk.woff2").name in styles.read_text()
    assert styles.with_name(styles.name + ".br").exists()
    assert styles.stat().st_size <= 45_000
    page = ["css/index.css", "js/app.js", "django_htmx/htmx-2.min.js", "icons.svg"]
    fonts = ["fonts/hanken-grotesk.woff2", "fonts/familjen-grotesk.woff2"]
    assert all(weight(font) <= 45_000 for font in fonts)
    # The page without network and its script come when a page is already there, so they are weighed apart.
    assert weight("js/offline.js") <= 3_500
    # A first view of 100 kB leaves 17 kB for the page itself; `make bench` weighs both together.
    assert sum(map(weight, [*page, *fonts])) <= 83_000


def test_a_hashed_name_is_looked_up_once(
    published: BundledStaticFilesStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = published.url("icons.svg")
    monkeypatch.setattr(published, "stored_name", lambda name: f"other/{name}")
    assert published.url("icons.svg") == first
    assert published.url("icons.svg", force=True) == "/static/other/icons.svg"
