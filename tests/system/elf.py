"""Just enough of ELF (64 bits, little-endian) to see how a program was built and linked."""
import struct
from dataclasses import dataclass, field
from pathlib import Path

PT_DYNAMIC, PT_GNU_STACK, PT_GNU_RELRO, PT_LOAD = 2, 0x6474E551, 0x6474E552, 1
SHT_DYNSYM, SHT_NOTE = 11, 7
DT_FLAGS, DT_FLAGS_1, DT_RPATH, DT_RUNPATH, DT_TEXTREL = 30, 0x6FFFFFFB, 15, 29, 22
DF_BIND_NOW, DF_1_NOW, DF_1_PIE = 8, 1, 0x08000000
PF_X, PF_W = 1, 2
NT_GNU_PROPERTY_TYPE_0, X86_FEATURE_1_AND = 5, 0xC0000002


@dataclass
class Elf:
    path: Path
    bytes: bytes = b""
    segments: list = field(default_factory=list)   # (type, flags)
    dynamic: dict = field(default_factory=dict)
    imports: set = field(default_factory=set)      # names of symbols that other files define
    x86_features: int = 0                          # 1: indirect branch tracking, 2: shadow stack

    def __post_init__(self):
        raw = self.bytes = Path(self.path).read_bytes()
        assert raw[:6] == b"\x7fELF\x02\x01", "not a 64-bit little-endian ELF file"
        program_at, section_at = struct.unpack_from("<QQ", raw, 32)
        program_size, programs, section_size, sections = struct.unpack_from("<HHHH", raw, 54)
        for i in range(programs):
            kind, flags, at, _, _, size = struct.unpack_from("<IIQQQQ", raw, program_at + i * program_size)
            self.segments.append((kind, flags))
            if kind == PT_DYNAMIC:
                self.dynamic = dict(struct.unpack_from("<qQ", raw, at + k) for k in range(0, size, 16))
        headers = [struct.unpack_from("<IIQQQQIIQQ", raw, section_at + i * section_size) for i in range(sections)]
        for _, kind, _, _, at, size, link, *_ in headers:
            if kind == SHT_DYNSYM:
                self._read_symbols(at, size, headers[link][4])
            elif kind == SHT_NOTE:
                self._read_notes(raw[at : at + size])

    def _read_symbols(self, at, size, names):
        for place in range(at, at + size, 24):
            name, _, _, section, _, _ = struct.unpack_from("<IBBHQQ", self.bytes, place)
            if section == 0:
                self.imports.add(self.bytes[names + name : self.bytes.index(b"\0", names + name)].decode())

    def _read_notes(self, note):
        while len(note) >= 16:
            name_size, size, kind = struct.unpack_from("<III", note)
            begin = 12 + (name_size + 3) // 4 * 4
            content = note[begin : begin + size]
            while kind == NT_GNU_PROPERTY_TYPE_0 and len(content) >= 12:
                property, length, value = struct.unpack_from("<III", content)
                if property == X86_FEATURE_1_AND:
                    self.x86_features = value
                content = content[8 + (length + 7) // 8 * 8 :]
            note = note[begin + (size + 7) // 8 * 8 :]
