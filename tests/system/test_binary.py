"""The program as it ships is hardened, and tells nothing of the machine that built it."""
import platform
import re
import shutil
import subprocess

import elf
import pytest
from program import PROGRAM, ROOT


@pytest.fixture(scope="module")
def program():
    return elf.Elf(PROGRAM)


def test_addresses_are_random(program):
    assert program.bytes[16:18] == b"\x03\x00", "not position independent"
    assert program.dynamic[elf.DT_FLAGS_1] & elf.DF_1_PIE


def test_nothing_is_written_after_the_start_that_is_called(program):
    assert elf.PT_GNU_RELRO in [kind for kind, _ in program.segments]
    assert program.dynamic[elf.DT_FLAGS] & elf.DF_BIND_NOW and program.dynamic[elf.DT_FLAGS_1] & elf.DF_1_NOW, "symbols are bound lazily"
    assert elf.DT_TEXTREL not in program.dynamic


def test_no_memory_is_writable_and_executable(program):
    for kind, flags in program.segments:
        if kind in (elf.PT_LOAD, elf.PT_GNU_STACK):
            assert not (flags & elf.PF_W and flags & elf.PF_X)
    assert elf.PT_GNU_STACK in [kind for kind, _ in program.segments]


def test_libraries_are_found_in_the_system_only(program):
    assert elf.DT_RPATH not in program.dynamic and elf.DT_RUNPATH not in program.dynamic


def test_stack_and_copies_are_checked(program):
    assert "__stack_chk_fail" in program.imports
    assert [name for name in program.imports if name.endswith("_chk")], "no function of a fortified libc"
    assert b"std::__glibcxx_assert_fail" in program.bytes or "_ZSt21__glibcxx_assert_failPKciS0_S0_" in program.imports


@pytest.mark.skipif(platform.machine() != "x86_64", reason="control-flow enforcement is of x86")
def test_control_flow_is_marked(program):
    assert program.x86_features & 3 == 3, "indirect branch tracking and shadow stack"
    endbr64 = b"\xf3\x0f\x1e\xfa"
    assert program.bytes.count(endbr64) > 1000


def test_no_path_of_the_build_stands_in_it(program):
    build = re.escape(str(ROOT).encode())
    assert not re.search(build, program.bytes)
    sources = re.findall(rb"(?<![.\w])/[\x21-\x7e]+\.(?:cpp|hpp|h|cc)\b", program.bytes)
    assert not [path for path in sources if not path.startswith(b"/usr/include/")], sources[:5]


@pytest.mark.skipif(shutil.which("ccache") is None, reason="without a compiler cache it would compile everything anew")
def test_another_folder_builds_the_same_bytes(tmp_path):
    """The whole tree in a folder of another name and depth, built by the README's preset."""
    clone = tmp_path / "a folder of another name" / "wbverify"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns("build", ".git", "__pycache__", "tests"))
    for step in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "--target", "wbverify"]):
        done = subprocess.run(step, cwd=clone, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (clone / "build/release/wbverify").read_bytes() == (ROOT / "build/release/wbverify").read_bytes()
